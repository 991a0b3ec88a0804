"""Records: where a dataset comes from, what a steward holds of it, and what is in quarantine."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.logic import validate
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ...harvest import alike, met, overrides, quarantine, run, store
from .. import schema
from .shared import find_node, in_lane, may, plain, progress_of, shown_run, trusted, user_of


@toolkit.side_effect_free
def federation_record_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Where a dataset was harvested from: node, upstream id, page and dates, when, what conversion left out.

    ``overrides`` are the fields that a steward holds, with both values: ``field``, ``here`` (the portal's) and ``feed``
    (the node's). ``met`` are the other nodes that have the same dataset, the nearest to its origin first: node, upstream id, page
    and dates, and ``differences``: ``field``, ``here`` (the values that govern) and ``there``.

    Who may edit the dataset also gets the raw record, and ``alike``: the datasets here that it may be (``name``, ``title``,
    ``nodes``, ``kind``, ``evidence``).

    :param id: the dataset's id or name
    """
    toolkit.check_access("federation_record_show", context, data_dict)
    package = model.Package.get(toolkit.get_or_bust(data_dict, "id"))
    record = store.record_of(package.id) if package else None
    if not record:
        raise toolkit.ObjectNotFound(toolkit._("This dataset was not harvested."))
    record["overrides"], record["met"] = overrides.of(record), met.of(record)
    fields = [
        "overrides",
        "met",
        "node_name",
        "node_title",
        "node_url",
        "upstream_id",
        "upstream_page",
        "upstream_issued",
    ]
    fields += ["upstream_modified", "harvested", "first_harvested", "state", "content_hash", "raw_sha256"]
    if may("package_update", context, {"id": data_dict["id"]}):
        fields += ["raw", "notes", "reason", "run_id", "alike"]
        record["alike"] = alike.of(record["package_id"])
    return plain({key: record[key] for key in fields})


@toolkit.side_effect_free
@validate(schema.run_list)
def federation_quarantine_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Records of a node that the portal's form refused, with the reason and their raw text, the latest first.

    :param id: the node's name or id
    :param limit: most records (20; up to 200)
    :param offset: records to pass over
    """
    toolkit.check_access("federation_quarantine_list", context, data_dict)
    return [plain(row) for row in quarantine.listed(data_dict["id"], data_dict["limit"], data_dict["offset"])]


@validate(schema.retry)
def federation_record_retry(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Try quarantined records again as they came, without reading the feed.

    :param id: the node's name or id
    :param upstream_ids: list of which; all of the node's when left out
    :returns: the run that tried, with its outcomes
    """
    toolkit.check_access("federation_record_retry", context, data_dict)
    node, which = find_node(data_dict["id"]), data_dict["upstream_ids"]
    return shown_run(in_lane(lambda: run.retry(node, which, user_of(context), progress_of(context))), 1000, 0)


@validate(schema.record_split)
def federation_record_split(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say that a node's record is not the dataset that it was taken for: it becomes a dataset of its own (the one that it was before
    it was joined, where there is one), and is matched to none again.

    :param id: the dataset's id or name
    :param node: the node's name or id
    :returns: the run that did it, with its outcome: ``package_id`` is the dataset of its own
    """
    package = _package(data_dict["id"])
    data_dict = {"id": package.id, "node": data_dict["node"]}
    toolkit.check_access("federation_record_split", context, data_dict)
    node = find_node(data_dict["node"])
    return _done(in_lane(lambda: run.split(package.id, node, user_of(context), progress_of(context))))


@validate(schema.record_join)
def federation_record_join(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say that two harvested datasets are the same: the records of the other become ones of this one, and the other is deleted.

    :param id: id or name of the dataset that stays
    :param other: id or name of the other
    :returns: the dataset that stays, as ``federation_record_show``
    """
    kept, taken = _package(data_dict["id"]), _package(data_dict["other"])
    toolkit.check_access("federation_record_join", context, {"id": kept.id, "other": taken.id})
    for done in in_lane(lambda: run.join(kept.id, taken.id, user_of(context), progress_of(context))):
        _done(done)
    return toolkit.get_action("federation_record_show")(trusted(context), {"id": kept.id})


@validate(schema.record_keep_apart)
def federation_record_keep_apart(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say that a harvested dataset is none of those that it may be (``alike`` of ``federation_record_show``): it is matched to none
    again, unless it is joined.

    :param id: the dataset's id or name
    :returns: the dataset, as ``federation_record_show``
    """
    package = _package(data_dict["id"])
    toolkit.check_access("federation_record_keep_apart", context, {"id": package.id})
    alike.keep_apart(package.id)
    model.Session.commit()
    return toolkit.get_action("federation_record_show")(trusted(context), {"id": package.id})


def _done(run_id: str) -> dict[str, Any]:
    """The run of one step, as shown; what went wrong with it is the caller's to know."""
    shown = shown_run(run_id, 1000, 0)
    for outcome in shown["outcomes"]:
        if outcome["status"] not in ("parted", "joined"):
            raise toolkit.ValidationError({"id": [outcome["reason"]]})
    return shown


def _package(name_or_id: str) -> Any:
    package = model.Package.get(name_or_id)
    if package is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no dataset “{name}”.").format(name=name_or_id))
    return package
