"""Actions of the feeds."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit

from .. import store, sync
from . import schema


@toolkit.side_effect_free
def feeds_dataset_show(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """A dataset as the feeds have it.

    :param id: the dataset's id or name
    :returns: ``id``, ``uri`` (its IRI), ``sha256`` (hex, of the N-Triples), ``modified`` (UTC, ISO 8601: when the
        feed's answer last changed), ``ntriples`` (text). The dictionary is for everyone: only public datasets are found.
    :raises ObjectNotFound: for every other dataset, private ones included
    """
    data = _validated(context, data_dict, schema.feeds_dataset_show())
    toolkit.check_access("feeds_dataset_show", context, data_dict)
    sync.catch_up_one(data["id"])
    shown = store.get(data["id"])
    if shown is None:
        raise toolkit.ObjectNotFound("Dataset not found")
    return {
        "id": shown.package_id,
        "uri": shown.uri,
        "sha256": shown.sha256,
        "modified": shown.modified.isoformat(),
        "ntriples": shown.ntriples.decode(),
    }


@toolkit.side_effect_free
def feeds_status(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """How the feeds are doing (sysadmins).

    :param limit: how many failures to list (default 20)
    :returns: ``states`` (number of fragments by state), ``public`` (datasets that should be in the feeds), ``pending``
        (of those, how many are missing or not up to date), ``failures`` (``package_id``, ``reason``, ``modified``)
    """
    data = _validated(context, data_dict, schema.feeds_status())
    toolkit.check_access("feeds_status", context, data_dict)
    return {
        "states": store.states(),
        "public": len(store.public_ids()),
        "pending": len(store.pending()),
        "failures": store.failures(data.get("limit", 20)),
    }


def feeds_render(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Render one dataset now, or queue all that are not up to date (sysadmins).

    :param id: the dataset's id or name; without it everything that is not up to date is left to a job
    :returns: ``queued`` (true for the job) and ``pending`` (datasets still to be rendered)
    :raises ObjectNotFound: for an unknown dataset
    """
    data = _validated(context, data_dict, schema.feeds_render())
    toolkit.check_access("feeds_render", context, data_dict)
    if data.get("id"):
        package = model.Package.get(data["id"])
        if package is None:
            raise toolkit.ObjectNotFound("Dataset not found")
        sync.refresh_one(package.id)
    else:
        sync.enqueue()
    return {"queued": not data.get("id"), "pending": len(store.pending())}


@toolkit.chained_action
def package_owner_org_update(next_action: Any, context: Any, data_dict: dict[str, Any]) -> Any:
    """CKAN's action, after which the feed has the dataset's new publisher (no plugin hook tells of it)."""
    result = next_action(context, data_dict)
    package = None if context.get("defer_commit") else model.Package.get(data_dict.get("id"))
    if package is not None:
        sync.refresh_one(package.id)
    return result


def _validated(context: Any, data_dict: dict[str, Any], rules: Any) -> dict[str, Any]:
    data, errors = toolkit.navl_validate(data_dict, rules, context)
    if errors:
        raise toolkit.ValidationError(errors)
    return data
