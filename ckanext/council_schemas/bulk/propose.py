"""One dataset's rows against the dataset as it is: what would be sent to CKAN, and what would come of it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from ckan.lib.munge import munge_title_to_name

from . import diff, validate
from .fields import SAVED, Field
from .kit import Kit, names
from .model import CHANGED, NEW, REFUSED, UNCHANGED
from .notation import KEEP, Names

Dict = dict[str, Any]


@dataclass
class Proposal:
    """``action``: as of a step. ``data``: for ``package_patch``, or ``package_create`` of a new one."""

    action: str
    data: Dict = field(default_factory=dict)
    changes: list[Dict] = field(default_factory=list)
    problems: list[Dict] = field(default_factory=list)

    @classmethod
    def refused(cls, *problems: Dict) -> Proposal:
        return cls(REFUSED, problems=list(problems))


def data_of(kit: Kit, rows: Dict, current: Dict, lang: str) -> tuple[Dict, list[Dict]]:
    """What the rows ask ``package_patch`` to do, and the problems of cells that cannot be read. Nothing: no change."""
    own = names((*kit.datasets, *kit.files), [current, *current.get("resources", [])], lang)
    touched = diff.touched(_open(kit.datasets), rows["cells"], diff.cells(kit.datasets, current, own))
    data, problems = diff.patch(touched, rows["cells"], current)
    resources = {one["id"]: one for one in current.get("resources", [])}
    patched = {}
    for each in rows["files"]:
        file, said = _file(kit, each, resources[each["id"]], own)
        problems += said
        if file:
            patched[each["id"]] = resources[each["id"]] | file
    if patched:
        data["resources"] = [patched.get(one["id"], one) for one in current["resources"]]
    return data, problems


def _open(columns: tuple[Field, ...]) -> list[Field]:
    return [each for each in columns if not each.fixed]


def _file(kit: Kit, row: Dict, resource: Dict, own: Any) -> tuple[Dict, list[Dict]]:
    touched = diff.touched(_open(kit.files), row["cells"], diff.cells(kit.files, resource, own))
    data, problems = diff.patch(touched, row["cells"], resource)
    if "url" in data and resource.get("url_type") == "upload":
        problems.append({"code": "file_url", "field": "url"})
    return data, [one | {"file": resource["id"], "file_name": resource.get("name") or ""} for one in problems]


def changed(kit: Kit, rows: Dict, current: Dict, user: Any, lang: str) -> Proposal:
    """A proposal for a dataset that is there."""
    data, problems = data_of(kit, rows, current, lang)
    if problems:
        return Proposal.refused(*problems)
    if not data:
        return Proposal(UNCHANGED)
    candidate = {k: v for k, v in current.items() if k not in ("metadata_modified", "resources")} | deepcopy(data)
    sent = _sent(data, current)
    candidate["resources"] = sent
    shown, errors = validate.validated(user, candidate, current["id"])
    if errors:
        return Proposal.refused(*_problems(kit, errors, rows, sent, lang))
    found = _changes(kit, current, shown, sent, lang)
    conflicts = _conflicts(kit, rows, current, found)
    if conflicts:
        return Proposal(REFUSED, changes=found, problems=conflicts)
    return Proposal(CHANGED if found else UNCHANGED, data, found)


def _conflicts(kit: Kit, rows: Dict, current: Dict, found: list[Dict]) -> list[Dict]:
    """Of the dataset, and of its files: what would change, and was changed on the portal since the sheet was made."""
    own, conflicts = Names(), []
    if any("file" not in one for one in found):
        conflicts += _conflict(rows["cells"], diff.cells(kit.datasets, current, own)[SAVED])
    files = {one["id"]: one for one in current.get("resources", [])}
    for each in rows["files"]:
        if any(one.get("file") == each["id"] for one in found):
            said = _conflict(each["cells"], diff.cells(kit.files, files[each["id"]], own)[SAVED])
            conflicts += [{**one, "file": each["id"], "file_name": files[each["id"]].get("name") or ""} for one in said]
    return conflicts


def _conflict(cells: dict[str, str], saved: str) -> list[Dict]:
    code = diff.moved(cells, saved)
    return [{"code": code, "saved": saved, "field": SAVED}] if code else []


def base(kit: Kit, rows: Dict, current: Dict) -> str:
    """When the dataset was saved, and the fingerprint of all that the rows are about."""
    files = {one["id"]: one for one in current.get("resources", [])}
    marks = [diff.print_of(kit.datasets, current)]
    marks += [diff.print_of(kit.files, files[each["id"]]) for each in rows["files"] if each["id"] in files]
    return f"{current['metadata_modified']} {'-'.join(marks)}"


def _sent(data: Dict, current: Dict) -> list[Dict]:
    """The files that change: CKAN too validates only them."""
    before = {one["id"]: one for one in current.get("resources", [])}
    return [deepcopy(one) for one in data.get("resources", []) if one != before[one["id"]]]


def _changes(kit: Kit, current: Dict, shown: Dict, sent: list[Dict], lang: str) -> list[Dict]:
    own = names((*kit.datasets, *kit.files), [current, shown], lang)
    found: list[Dict] = [
        *diff.changes(kit.datasets, diff.cells(kit.datasets, current, own), diff.cells(kit.datasets, shown, own))
    ]
    before = {one["id"]: one for one in current.get("resources", [])}
    for old, new in ((before[one["id"]], after) for one, after in zip(sent, shown["resources"], strict=True)):
        made = diff.changes(kit.files, diff.cells(kit.files, old, own), diff.cells(kit.files, new, own))
        found += [{**each, "file": old["id"], "file_name": old.get("name") or ""} for each in made]
    return found


def new(kit: Kit, rows: Dict, organization_id: str, user: Any, lang: str) -> Proposal:
    """A proposal for a dataset that is not there yet."""
    filled = [each for each in _open(kit.datasets) if rows["cells"].get(each.name, "").strip() not in ("", KEEP)]
    data, problems = diff.patch(filled, rows["cells"], {})
    if problems:
        return Proposal.refused(*problems)
    data = {"private": True, "owner_org": organization_id, **data, "type": kit.dataset_type}
    data["name"] = data.get("name") or munge_title_to_name(str(data.get("title") or ""))
    shown, errors = validate.validated(user, data)
    if errors:
        return Proposal.refused(*_problems(kit, errors, rows, [], lang))
    own = names(kit.datasets, [shown], lang)
    before = dict.fromkeys((each.name for each in kit.datasets), "")
    return Proposal(NEW, data, [*diff.changes(kit.datasets, before, diff.cells(kit.datasets, shown, own))])


def _problems(kit: Kit, errors: Dict, rows: Dict, sent: list[Dict], lang: str) -> list[Dict]:
    """CKAN's errors by column, with what may have been meant."""
    found = []
    hints = diff.hints(kit.datasets, rows["cells"], lang)
    for name, said in errors.items():
        if name == "resources":
            found += _of_files(said, sent)
            continue
        column = "tag_string" if name == "tags" else name
        messages = validate.sentences(said)
        found.append({"code": "invalid", "field": column, "said": messages, "near": hints.get(column, [])})
    return found


def _of_files(said: Any, sent: list[Dict]) -> list[Dict]:
    return [
        {"code": "invalid", "field": name, "said": validate.sentences(each), "near": [], "file": one["id"],
         "file_name": one.get("name") or ""}
        for one, errors in zip(sent, said, strict=False) if isinstance(errors, dict)
        for name, each in errors.items()
    ]  # fmt: skip
