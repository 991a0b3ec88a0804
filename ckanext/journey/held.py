"""Files that their check holds back: asked of whatever plugin checks files here, and kept in step with it.

Only who may edit a dataset may see its held files. So it is with what its journey tells of them: `journey_hold` names
them, until they are released, and whoever reads a journey joins it (`MATCH`).
"""

from __future__ import annotations

import logging
from typing import Any

import sqlalchemy as sa
from ckan import model as ckan_model
from ckan.plugins import toolkit as tk

from . import model, rows

log = logging.getLogger(__name__)

# Is it the held file `h` that the file `a`, in its place `io` of the step `s`, is? By its bytes: as this resource's file, or
# one of this dataset that is said to be no resource's. Without a checksum: what is told of it while it is held.
MATCH = """(h.node = io.node AND (h.since IS NULL OR s.recorded >= h.since) AND (a.resource_id = h.resource_id
      OR a.resource_id IS NULL AND (coalesce(a.package_id, s.package_id) = h.package_id
        OR a.package_id IS NULL AND s.package_id IS NULL AND s.stream = h.stream))
  OR h.package_id = coalesce(a.package_id, s.package_id) AND a.sha256 IS NULL AND s.recorded >= h.told
    AND (a.resource_id = h.resource_id OR a.resource_id IS NULL AND lower(io.name) = lower(h.name))
    AND NOT EXISTS (SELECT 1 FROM journey_artefact own WHERE own.id = h.artefact_id AND own.invalidated <= s.recorded))"""

_PUBLIC = sa.text("""
SELECT EXISTS (SELECT 1 FROM journey_artefact WHERE id = :artefact AND kind = 'file')
  AND NOT EXISTS (SELECT 1 FROM journey_hold WHERE artefact_id = :artefact AND since IS NULL)
""")
_CAME = sa.text("""
SELECT sha256 FROM journey_artefact WHERE resource_id = :resource AND kind = 'file' AND generated >= :uploaded
ORDER BY generated LIMIT 1
""")


def checks(package_id: str) -> dict[str, dict[str, Any]]:
    """The checks that hold back files of a dataset, by resource; none where no plugin checks files."""
    try:
        listed = tk.get_action("file_check_list")
    except KeyError:
        return {}
    try:
        found = listed({"ignore_auth": True}, {"package_id": package_id, "held": True})
    except tk.ObjectNotFound:
        return {}
    return {str(item["resource_id"]): item for item in found["results"]}


def was_public(conn: sa.Connection, package_id: str, resource_id: str, sha256: str) -> bool:
    """Whether these bytes have been a resource's public file before."""
    artefact = rows.artefact_id(package_id, "", sha256, resource_id)
    return bool(conn.execute(_PUBLIC, {"artefact": artefact}).scalar())


def key(change: str, check_id: str | None) -> str | None:
    """What makes an event of a hold or a release count once."""
    return f"file-{change}:{check_id}" if check_id else None


def settle() -> int:
    """Tell the ledger of holds and releases that it missed: from before it knew of them, or when it could not be written.

    Returns how many. Events stand in for the signals, with the same keys, so nothing is told twice.
    """
    from . import file_checks

    try:
        unreleased = tk.get_action("file_check_unreleased")
    except KeyError:
        return 0
    conn = ckan_model.Session.connection()
    # Ours first: a file that comes meanwhile is then in the other list, and is not taken for released.
    ours = {row.check_id: dict(row._mapping) for row in conn.execute(sa.select(model.hold)) if row.check_id}
    theirs = {each["check_id"]: each for each in unreleased({"ignore_auth": True}, {})}
    missed = [_with_bytes(conn, theirs[check_id]) for check_id in sorted(theirs.keys() - ours.keys())]
    known = [facts for facts in missed if facts["sha256"]]
    gone = [ours[check_id] for check_id in sorted(ours.keys() - theirs.keys())]
    for facts in known:
        file_checks.held_before(facts)
    for facts in gone:
        file_checks.released(facts["resource_id"], **facts, how="")
    return len(known) + len(gone)


def _with_bytes(conn: sa.Connection, facts: dict[str, Any]) -> dict[str, Any]:
    """A file that was replaced before it was read goes by what the journey received then."""
    values = {"resource": facts["resource_id"], "uploaded": facts["uploaded"] + "+00:00"}
    return facts | {"sha256": facts["sha256"] or conn.execute(_CAME, values).scalar()}
