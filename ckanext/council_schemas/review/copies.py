"""Copies of a checked file: tidied, or with cells redacted. Made by a job, read by an editor, and used or dropped.

A copy is a Decision of the kind ``tidy`` or ``redact``: asked, made (or failed), then used or dropped (or lapsed, when
another file came meanwhile). Its file, and the original that it took the place of, lie beside CKAN's uploads, where
no address reaches them.
"""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.uploader import get_storage_path
from ckan.plugins import toolkit as tk

from ..check import Limits, tables
from ..check.redact import REPLACEMENTS, Redactor
from ..check.tidy import Tidied, TidyError, tidy
from . import reading, settings, store
from .model import OPEN, Check, Decision, Redacted, now

log = logging.getLogger(__name__)
TIDY, REDACT = "tidy", "redact"
ASKED, MADE, FAILED, USED, DROPPED = "asked", "made", "failed", "used", "dropped"
MOST_PLACES = 5_000
_PLACE = re.compile(r"^(\d{1,9})/(\d{1,5})$")


def of(check: Check) -> Decision | None:
    """The copy of this check that is made, being made, or could not be made."""
    query = sa.select(Decision).where(
        Decision.check_id == check.id, Decision.kind.in_((TIDY, REDACT)), Decision.state.in_((ASKED, MADE, FAILED))
    )
    return model.Session.execute(query.order_by(Decision.made.desc())).scalars().first()


def ask(check: Check, person: str, asked: dict[str, Any]) -> Decision:
    """Note that a copy is wanted; the caller commits and has it made. Raises ValidationError."""
    kind = asked.get("kind")
    if kind not in (TIDY, REDACT):
        raise _wrong("kind", tk._("Say tidy or redact."))
    if check.state in OPEN or not check.report.get("columns"):
        raise _wrong("id", tk._("A copy can be made once the file was checked."))
    detail: dict[str, Any] = {"names": tk.asbool(asked.get("names") or False)} if kind == TIDY else _chosen(asked)
    before = of(check)
    if before is not None:
        drop(before, person)
    return store.decide(check, kind, ASKED, person, detail.pop("reason", ""), **detail)


def _chosen(asked: dict[str, Any]) -> dict[str, Any]:
    code = str(asked.get("reason_code") or "")
    if code not in REPLACEMENTS:
        raise _wrong("reason_code", tk._("Say why it is redacted: {codes}.").format(codes=", ".join(REPLACEMENTS)))
    chosen, places = _list(asked, "rules"), _list(asked, "cells")
    if not chosen and not places:
        raise _wrong("cells", tk._("Choose what is to be redacted."))
    if len(places) > MOST_PLACES or len(chosen) > 100:
        raise _wrong(
            "cells", tk._("Choose at most {most} cells; a rule takes all that it found.").format(most=MOST_PLACES)
        )
    for place in places:
        if not _PLACE.match(place):
            raise _wrong("cells", tk._('"{place}" is no cell: write line/column.').format(place=place[:50]))
    return {"reason_code": code, "rules": chosen, "cells": places, "reason": REPLACEMENTS[code]}


def _list(asked: dict[str, Any], name: str) -> list[str]:
    given = asked.get(name) or []
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, list) or any(not isinstance(each, str) for each in given):
        raise _wrong(name, tk._("Give a list of texts."))
    return given


def make(decision_id: str) -> None:
    """The job: write the copy, and keep what was redacted apart."""
    wanted = model.Session.get(Decision, decision_id, populate_existing=True)
    check = store.get(wanted.check_id) if wanted else None
    resource: Any = model.Resource.get(wanted.resource_id) if wanted else None
    if wanted is None or check is None or resource is None or wanted.state != ASKED or not check.current:
        return
    try:
        done, taken = _write(wanted, check, resource)
        values = {"changes": [_change(each) for each in done.changes], "rows": done.rows, **_facts(path(wanted.id))}
        state, message = MADE, ""
    except TidyError as error:
        state, message, values, taken = FAILED, str(error), {}, []
    except Exception as error:  # also RQ's time limit
        log.exception("The copy %s failed", decision_id)
        model.Session.rollback()
        state, message, values, taken = FAILED, f"{type(error).__name__}: {error}"[:500], {}, []
    _keep(decision_id, state, message, values, taken)


def _write(wanted: Decision, check: Check, resource: Any) -> tuple[Tidied, list[Any]]:
    table, detail = tables.get(check.table) if check.table in tables.codes() else None, wanted.detail
    mapping = dict(check.mapping) or {
        column["header"]: column["field"] for column in check.report["columns"] if column["matched"] == "mapping"
    }
    redactor = None
    if wanted.kind == REDACT:
        places = {(int(m[1]), int(m[2])) for each in detail["cells"] if (m := _PLACE.match(each))}
        redactor = Redactor(set(detail["rules"]), places, REPLACEMENTS[detail["reason_code"]])
    out, names, limits = path(wanted.id), bool(detail.get("names")), Limits(bytes=settings.max_bytes())
    out.parent.mkdir(parents=True, exist_ok=True)
    with reading.uploaded(resource) as source:
        model.Session.commit()  # no transaction stays open while the file is read
        done = tidy(source, out, table, mapping=mapping, names=names, redactor=redactor, limits=limits)
    return done, redactor.taken if redactor else []


def _change(each: Any) -> dict[str, Any]:
    return {"rule": each.rule, "what": each.what, "count": each.count, "examples": [list(one) for one in each.examples]}


def _facts(file: Path) -> dict[str, Any]:
    with file.open("rb") as handle:
        return {"sha256": hashlib.file_digest(handle, "sha256").hexdigest(), "bytes": file.stat().st_size}


def _keep(decision_id: str, state: str, message: str, values: dict[str, Any], taken: list[Any]) -> None:
    wanted = model.Session.get(Decision, decision_id, populate_existing=True, with_for_update=True)
    if wanted is None or wanted.state != ASKED:
        model.Session.rollback()
        return
    wanted.state = state
    wanted.detail = wanted.detail | values | {"message": message} | ({"redacted": len(taken)} if taken else {})
    for cell in taken:
        model.Session.add(
            Redacted(
                decision_id=wanted.id,
                resource_id=wanted.resource_id,
                line=cell.line,
                column=cell.header,
                original=cell.original,
                replacement=wanted.reason,
                reason_code=wanted.detail["reason_code"],
            )
        )
    model.repo.commit()


def lapse(check: Check) -> None:
    """Copies of an earlier file, or of what was found before; the caller commits."""
    query = sa.select(Decision).where(
        Decision.resource_id == check.resource_id, Decision.kind.in_((TIDY, REDACT)), Decision.state.in_((ASKED, MADE))
    )
    for each in model.Session.execute(query).scalars():
        drop(each, "", "lapsed")


def drop(wanted: Decision, person: str, state: str = DROPPED) -> None:
    """The copy is not wanted; the caller commits."""
    wanted.state, wanted.answered, wanted.answered_by = state, now(), person
    model.Session.execute(sa.delete(Redacted).where(Redacted.decision_id == wanted.id))
    with suppress(OSError):
        path(wanted.id).unlink()


def set_aside(wanted: Decision, resource: Any) -> None:
    """Keep the file that the copy takes the place of."""
    with reading.uploaded(resource) as source:
        shutil.copyfile(source, original(wanted.id))


def path(decision_id: str) -> Path:
    return _folder() / f"{decision_id}.csv"


def original(decision_id: str) -> Path:
    return _folder() / f"{decision_id}.original"


def _folder() -> Path:
    return Path(get_storage_path()) / "council_schemas_copies"


def _wrong(name: str, message: str) -> Exception:
    return tk.ValidationError({name: [message]})
