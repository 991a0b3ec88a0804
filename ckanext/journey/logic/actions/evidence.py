"""Actions of what tools and files told, kept as it came: which events keep it, and its erasure."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk

from ... import access, capture, erasure, signals
from .. import schema
from .proof import stream_of
from .shared import number, validated

Dict = dict[str, Any]


@tk.side_effect_free
def journey_evidence_list(context: Any, data_dict: Dict) -> list[Dict]:
    """Which events keep a PROV file or an OpenLineage report as it came, latest first. For administrators of the organisation.

    :param organization: the organisation's id or name
    :param dataset: only PROV files of this dataset, by id or name (optional)
    :param containing: only those that hold this text, such as a person's name, in whatever case (optional)
    :param limit: at most 1000 (optional, default: 100)

    :returns: list of dicts of id, stream, sequence, type, recorded, package, bytes, erased
    """
    tk.check_access("journey_evidence_list", context, data_dict)
    package = None
    if data_dict.get("dataset"):
        package = model.Package.get(data_dict["dataset"])
        if package is None:
            raise tk.ObjectNotFound(tk._("Dataset not found"))
    stream = str(stream_of({"organization": tk.get_or_bust(data_dict, "organization")}))
    text, limit = str(data_dict.get("containing") or "").strip(), min(number(data_dict, "limit", 100), 1000)
    return erasure.listed(model.Session.connection(), stream, package and package.id, text or None, limit)


def journey_evidence_erase(context: Any, data_dict: Dict) -> Dict:
    """Erase what an event kept as it came, such as a PROV file that names a person. For administrators of the organisation.

    The event stays, with its place and hash; the ledger tells who erased it, in which role, and why, for good. Steps that were
    read from a PROV file stay; a run is shown as its other reports tell it.

    :param event: the event's id, as `journey_evidence_list` gives it
    :param reason: why; it is never erased, so name nobody in it

    :returns: `event`, `sequence`, `bytes` (how many were erased), `told_by` (the id of the event that tells of it), `changed`
      (the datasets whose journeys changed)
    """
    tk.check_access("journey_evidence_erase", context, data_dict)
    data = validated(data_dict, schema.erasure_schema(), context)
    conn = model.Session.connection()
    row = erasure.find(conn, data["event"])
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such event"))
    user_id, role = capture.actor(context, row.stream)
    try:
        told, changed = erasure.erase(conn, row, data["reason"], user_id, role)
    except erasure.NothingToEraseError as error:
        raise tk.ValidationError({"event": [tk._("This event keeps nothing that could be erased")]}) from error
    signals.note(changed)
    model.Session.commit()
    for each in changed:
        access.reindex(each)
    done: Any = told.body
    return {
        "event": done.event,
        "sequence": done.sequence,
        "bytes": done.erased,
        "told_by": told.id,
        "changed": sorted(changed),
    }
