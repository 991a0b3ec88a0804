"""Actions of the feeds."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit

from .. import changes, current, documents, store, sync, turn
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
        "ntriples": shown.data.decode(),
    }


@toolkit.side_effect_free
def feeds_changes(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """What changed in the feed since a reader last looked, each dataset once and as it is now.

    :param since: the ``next`` of the answer before, or a time (ISO 8601; UTC without zone); without it everything
    :param limit: how many changes at most, 1 to 1000 (default 500)
    :returns: ``changes`` in their order, ``next`` (the token to go on with, now if ``more`` is true, else later). A change
        has ``id``, ``uri``, ``change`` (its number) and either ``withdrawn`` (when it left: deleted, purged, private, draft)
        or ``modified``, ``sha256`` (of the N-Triples), ``formerly`` (earlier URIs), ``dataset``, ``organization``, ``journey``.
    :raises ValidationError: for a ``since`` that is neither, and one that has expired (the whole must be read then)
    """
    data = _validated(context, data_dict, schema.feeds_changes())
    toolkit.check_access("feeds_changes", context, data_dict)
    if current.verified() is None:
        raise toolkit.ValidationError({"changes": [toolkit._("The catalogue is being prepared. Please try again.")]})
    try:
        part = changes.read(data.get("since") or "", data.get("limit", changes.USUAL), documents.SOURCE)
    except (changes.WrongToken, changes.Expired) as error:
        raise toolkit.ValidationError({"since": [changes.explain(error)]}) from error
    return {"changes": [changes.as_dict(change) for change in part.changes], "next": part.next, "more": part.more}


@toolkit.side_effect_free
def feeds_status(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """How the feeds are doing (sysadmins).

    :param limit: how many failures to list (default 20)
    :returns: ``states`` (number of fragments by state), ``public`` (datasets that should be in the feeds), ``pending``
        (of those, how many are missing or not up to date), ``rendering`` (whether a process is at it), ``failures`` (``package_id``, ``reason``, ``modified``)
    """
    data = _validated(context, data_dict, schema.feeds_status())
    toolkit.check_access("feeds_status", context, data_dict)
    return {
        "states": store.states(),
        "public": len(store.public_ids()),
        "pending": len(store.pending()),
        "rendering": turn.is_taken(),
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
