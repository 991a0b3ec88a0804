"""Actions: the releases of a file, and what changed from one to another."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk

from ...releases import keep, waiting, work
from .shared import number

MOST = 1000


@tk.side_effect_free
def journey_difference_show(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """What changed between two published releases of a resource's file, row by row.

    :param resource: the resource's id
    :param before: SHA-256 of the earlier release (optional, default: the one before the later)
    :param after: SHA-256 of the later release (optional, default: the last)
    :param limit: how many changes, up to 1000 (optional, default: 100); `offset`: how many to leave out

    :returns: `releases` ([{`sha256`, `name`, `kept`}], oldest first), `before`, `after`, `state` (`none`: there are no two;
      `working`: being worked out, ask again; `made`; `failed`: with `error`), and when made `summary` (`rows_before`,
      `rows_after`, `added`, `removed`, `changed`, `same`, `key`, `columns_added`, `columns_removed`) and `changes`
      ([{`op`: added, removed or changed, `line`, `key`, `values`}]; of a changed row the values that differ as [before, after])
    """
    resource_id = str(tk.get_or_bust(data_dict, "resource"))
    tk.check_access("journey_difference_show", context, {"resource": resource_id})
    releases = keep.kept(resource_id)
    shown: dict[str, Any] = {
        "resource": resource_id,
        "releases": [_release(each) for each in releases],
        "state": "none",
    }
    hashes = [each.sha256 for each in releases]
    if len(hashes) < 2:  # the job that packs the next may not have run yet
        return shown | ({"state": "working"} if waiting.published(resource_id) > 1 else {})
    after = _one_of(hashes, data_dict, "after", hashes[-1])
    earlier = hashes[hashes.index(after) - 1] if hashes.index(after) else hashes[1]
    before = _one_of(hashes, data_dict, "before", earlier)
    limit = min(number(data_dict, "limit", 100), MOST)
    found = work.read(resource_id, before, after, number(data_dict, "offset", 0), limit)
    shown |= {"before": before, "after": after}
    if found is None:
        tk.enqueue_job(work.work_out, [resource_id, before, after], title=f"Journey: what changed in {resource_id}")
        return shown | {"state": "working"}
    summary, changes = found
    if "error" in summary:
        return shown | {"state": "failed", "error": summary["error"]}
    return shown | {"state": "made", "summary": summary, "changes": changes}


def journey_difference_discard(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Remove a kept release, such as one that should not have been public, and what was worked out from it.

    The ledger keeps its checksum. :param resource: the resource's id; :param sha256: of the release

    :returns: `releases`, those that are left
    """
    resource_id = str(tk.get_or_bust(data_dict, "resource"))
    tk.check_access("journey_difference_discard", context, {"resource": resource_id})
    if not keep.forget(resource_id, str(tk.get_or_bust(data_dict, "sha256"))):
        raise tk.ObjectNotFound(tk._("There is no such release."))
    return {"releases": [_release(each) for each in keep.kept(resource_id)]}


def _release(each: keep.Release) -> dict[str, Any]:
    return {"sha256": each.sha256, "name": each.name, "kept": each.kept.isoformat()}


def _one_of(hashes: list[str], data_dict: dict[str, Any], name: str, default: str) -> str:
    asked = str(data_dict.get(name) or default)
    if asked not in hashes:
        raise tk.ValidationError({name: [tk._("There is no such release.")]})
    return asked
