"""Actions: metadata of many datasets out to a spreadsheet, and in from one."""

from __future__ import annotations

import base64
import binascii
import shutil
import tempfile
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ...bulk import export, jobs, people, settings, show, store, upload
from ...bulk.kit import kit
from ...bulk.model import (
    AT_WORK,
    CANCELLED,
    FAILED,
    PLANNED,
    PLANNING,
    QUEUED,
    READY,
    STOPPED,
    WAITING,
    Plan,
    now,
)  # fmt: skip

Dict = dict[str, Any]
MOST = 200
FARTHEST = 1_000_000
FORMATS = ("xlsx", "csv")


@tk.side_effect_free
def council_bulk_export(context: Any, data_dict: Dict) -> Dict:
    """The metadata of datasets that the caller may change, as a spreadsheet.

    Takes ``organization`` (id or name), or ``q`` and ``fq`` as ``package_search`` does, or both; ``type`` (``dataset``),
    ``format`` (``xlsx``, ``csv``), ``files`` (the CSV of files instead of datasets), ``by_name`` (a CSV whose header has
    the fields' names), ``offset`` (of the first dataset: at most ``bulk_max_rows`` are in one sheet). Gives ``count``
    (of all), ``rows``, ``offset``, ``file_name``, ``mimetype`` and ``content`` (base64). Raises ObjectNotFound,
    ValidationError.
    """
    organization = _organization(data_dict)
    tk.check_access("council_bulk_export", context, {"organization": organization})
    user, of = people.person(context), kit(str(data_dict.get("type") or "dataset"))
    form, offset = str(data_dict.get("format") or "xlsx"), _number(data_dict, "offset", 0)
    if form not in FORMATS:
        raise tk.ValidationError({"format": [tk._("There are: {names}").format(names=", ".join(FORMATS))]})
    q, fq = str(data_dict.get("q") or ""), str(data_dict.get("fq") or "")
    ids = export.found(export.Asked(of.dataset_type, organization, q, fq), user)
    part = export.part(ids, offset)
    files = tk.asbool(data_dict.get("files", False))
    if form == "xlsx":
        content = export.workbook(of, part, user)
    else:
        content = export.comma_separated(of, part, user, tk.asbool(data_dict.get("by_name", False)), files)
    group: Any = model.Group.get(organization) if organization else None
    name = "-".join([group.name if group else "portal", *(["files"] if files else []), now().strftime("%Y-%m-%d")])
    return {
        "count": len(ids), "rows": len(part), "offset": offset, "file_name": f"{name}.{form}",
        "mimetype": export.XLSX if form == "xlsx" else export.CSV, "content": base64.b64encode(content).decode(),
    }  # fmt: skip


def council_bulk_plan(context: Any, data_dict: Dict) -> Dict:
    """Read a spreadsheet and begin to find out what it would change. Nothing but the plan is written.

    Takes ``upload`` (a posted file), or ``content`` (base64) with ``file_name``; ``organization`` (only its datasets
    may be changed, and new ones are its own); ``type`` (of the sheet's records; without it as the sheet says, or
    ``dataset``). Gives the plan as ``council_bulk_show``; its rows are looked at by a job. Raises ValidationError,
    with what is wrong with the file under ``upload``.
    """
    organization = _organization(data_dict)
    tk.check_access("council_bulk_plan", context, {"organization": organization})
    user = people.person(context)
    with tempfile.TemporaryDirectory() as folder:
        path, name = _stored(data_dict, Path(folder))
        try:
            plan = upload.take(path, name, user, organization, str(data_dict.get("type") or ""))
        except tk.ValidationError:
            model.Session.rollback()
            raise
    plan.started = now()
    plan_id = plan.id
    model.repo.commit()
    jobs.enqueue(plan_id, jobs.plan)
    return show.plan(_plan(plan_id))


@tk.side_effect_free
def council_bulk_show(context: Any, data_dict: Dict) -> Dict:
    """A plan: state, counts, and a page of its steps with every change, old and new.

    Takes ``id``, ``limit`` (50, at most 200), ``offset``, and ``action`` (new, changed, unchanged, refused) or
    ``state`` (ready, closed, done, refused, failed) of the steps wanted. Raises ObjectNotFound.
    """
    plan = _plan(tk.get_or_bust(data_dict, "id"))
    tk.check_access("council_bulk_show", context, {"id": plan.id})
    which = {key: str(data_dict[key]) for key in ("action", "state") if data_dict.get(key)}
    limit, offset = min(_number(data_dict, "limit", 50), MOST), _number(data_dict, "offset", 0)
    columns = kit(plan.dataset_type)
    steps = [show.step(each, columns) for each in store.page(plan.id, which, limit, offset)]
    return {**show.plan(plan), "steps": steps}


@tk.side_effect_free
def council_bulk_list(context: Any, data_dict: Dict) -> Dict:
    """Plans, the newest first, as ``{"count", "results"}``: an organisation's, or without ``organization`` the caller's own.

    Takes ``organization``, ``limit`` (20, at most 200), ``offset``.
    """
    organization = _organization(data_dict)
    tk.check_access("council_bulk_list", context, {"organization": organization})
    user = people.person(context)
    limit, offset = min(_number(data_dict, "limit", 20), MOST), _number(data_dict, "offset", 0)
    own = (organization, None) if organization else (None, user.id)
    count, found = store.listed(*own, limit, offset)
    return {"count": count, "results": [show.plan(each) for each in found]}


def council_bulk_apply(context: Any, data_dict: Dict) -> Dict:
    """Run a plan that was looked at, or go on with one that was stopped: by a job, with the caller's permissions.

    Takes ``id``. Raises ObjectNotFound, and ValidationError where there is nothing to run.
    """
    plan = _for_change(context, data_dict, "council_bulk_apply")
    ready = store.next_step(plan.id, READY) is not None and store.next_step(plan.id, WAITING) is None
    if plan.state not in (PLANNED, STOPPED, FAILED) or not ready:
        model.Session.rollback()
        raise tk.ValidationError({"id": [tk._("There is nothing to run.")]})
    plan.state, plan.run_by, plan.beat, plan.started, plan.message = QUEUED, people.person(context).id, None, now(), ""
    plan.about = plan.about | {"attempts": 0}
    plan_id = plan.id
    model.repo.commit()
    jobs.enqueue(plan_id, jobs.run)
    return show.plan(_plan(plan_id))


def council_bulk_cancel(context: Any, data_dict: Dict) -> Dict:
    """Stop a plan: one that runs after the dataset it is at (``council_bulk_apply`` goes on), one that does not for good.

    Takes ``id``. Raises ObjectNotFound, and ValidationError where it has ended.
    """
    plan = _for_change(context, data_dict, "council_bulk_cancel")
    if plan.state not in (*AT_WORK, PLANNED, STOPPED):
        model.Session.rollback()
        raise tk.ValidationError({"id": [tk._("This plan has ended.")]})
    plan.state = CANCELLED if plan.state in (PLANNING, PLANNED, STOPPED) else STOPPED
    plan.beat, plan.ended = None, now()
    plan_id = plan.id
    model.repo.commit()
    return show.plan(_plan(plan_id))


def _plan(plan_id: Any) -> Plan:
    found = store.get(str(plan_id))
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such plan."))
    return found


def _for_change(context: Any, data_dict: Dict, action: str) -> Plan:
    """The plan, locked: two people may press a button at once."""
    plan_id = _plan(tk.get_or_bust(data_dict, "id")).id
    tk.check_access(action, context, {"id": plan_id})
    found = store.locked(plan_id)
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no such plan."))
    return found


def _organization(data_dict: Dict) -> str:
    """The id of the organisation that was named, or nothing."""
    given = str(data_dict.get("organization") or "")
    found: Any = model.Group.get(given) if given else None
    if given and (found is None or not found.is_organization or found.state != "active"):
        raise tk.ObjectNotFound(tk._("There is no such organisation."))
    return found.id if found else ""


def _number(data_dict: Dict, key: str, default: int) -> int:
    given = data_dict.get(key)
    try:
        number = default if given in (None, "") else int(given)
    except (TypeError, ValueError):
        number = -1
    if not 0 <= number <= FARTHEST:
        raise tk.ValidationError({key: [tk._("This has to be a number from 0.")]})
    return number


def _stored(data_dict: Dict, folder: Path) -> tuple[Path, str]:
    """The sheet as a file, no more of it than is read."""
    most, path = settings.caps().bytes, folder / "sheet"
    posted: Any = data_dict.get("upload")
    if getattr(posted, "filename", ""):
        with path.open("wb") as out:
            shutil.copyfileobj(_Capped(posted.stream, most + 1), out)
        return path, str(posted.filename)
    content = data_dict.get("content")
    if not isinstance(content, str) or not content:
        raise tk.ValidationError({"upload": [tk._("Choose a file.")]})
    try:
        path.write_bytes(base64.b64decode(content[: (most + 3) * 4 // 3 + 8], validate=True))
    except (binascii.Error, ValueError) as error:
        raise tk.ValidationError({"content": [tk._("This is not base64.")]}) from error
    return path, str(data_dict.get("file_name") or "")


class _Capped:
    """A stream that ends after so many bytes."""

    def __init__(self, stream: Any, most: int) -> None:
        self.stream, self.left = stream, most

    def read(self, size: int = -1) -> bytes:
        piece = self.stream.read(min(size, self.left) if size >= 0 else self.left)
        self.left -= len(piece)
        return piece
