"""What people decide about a held file: its table, its headers, problems waived, personal data answered for by two."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk

from ..check import tables
from . import notices, release, store
from .model import FAILED, OPEN, UNREADABLE, Check, now

PROBLEMS, PERSONAL = "problems", "personal"
SHORTEST, LONGEST = 10, 2000  # characters of a reason


def choose_table(check: Check, name: str) -> None:
    """Hold the file against this table; what was decided by another table's report is taken back."""
    found = tables.find(name) if name else None
    if name and found is None:
        raise tk.ValidationError({"table": [tk._("There is no table called {name}.").format(name=name[:100])]})
    check.table, check.table_chosen, check.mapping = (found.code if found else ""), found is not None, {}
    _undecided(check)


def map_headers(check: Check, given: Any) -> list[str]:
    """Keep what headers mean, and return all headers of the file. Raises ValidationError naming what is not there."""
    table = tables.get(check.table) if check.table in tables.codes() else None
    headers = [str(column["header"]) for column in check.report.get("columns", ())]
    if table is None or not headers:
        raise tk.ValidationError(
            {"mapping": [tk._("Headers can be mapped once the file was checked against a table.")]}
        )
    if not isinstance(given, dict):
        raise tk.ValidationError({"mapping": [tk._("Give an object: header to field.")]})
    for header, field in given.items():
        if header not in headers:
            message = tk._('The file has no header "{header}".').format(header=str(header)[:100])
            raise tk.ValidationError({"mapping": [message]})
        if field and (not isinstance(field, str) or table.field(field) is None):
            message = tk._('The table has no field "{field}".').format(field=str(field)[:100])
            raise tk.ValidationError({"mapping": [message]})
    check.mapping = {header: field or "" for header, field in given.items()}
    _undecided(check)
    return headers


def _undecided(check: Check) -> None:
    check.problems_waived = check.personal_decided = False
    waits = store.proposal(check.id)
    if waits:
        waits.state, waits.answered = "lapsed", now()


def kind_of(check: Check) -> str:
    """What keeps the file, empty when nothing does."""
    if not check.held or check.state in OPEN:
        return ""
    unread = check.state in (UNREADABLE, FAILED)
    if (check.personal or unread) and not check.personal_decided:
        return PERSONAL
    return PROBLEMS if check.problems and not check.problems_waived else ""


def waive(check: Check, person: str, asked: dict[str, Any]) -> None:
    """See ``file_check_waive``. Commits, and sends the signals."""
    kind = asked.get("kind") or kind_of(check)
    _fits(check, kind, asked)
    waits, answer = store.proposal(check.id), asked.get("answer") or ""
    if kind == PERSONAL and answer:
        return _answer(check, person, waits, answer, str(asked.get("reason") or ""))
    reason = _reason(asked)
    if kind == PERSONAL:
        if waits:
            raise _wrong("kind", tk._("This is proposed already: a second person has to answer."))
        store.decide(check, PERSONAL, "proposed", person, reason)
        told = {"decision": "proposed", "reason": reason, "cells": check.personal, "proposed_by": person}
        resource_id = check.resource_id
        release.settle(check, "personal_data_decided", user=person, **told)
        return notices.ask(resource_id)
    store.decide(check, PROBLEMS, "done", person, reason, problems=check.problems)
    check.problems_waived = True
    check.state = release.judged(check)
    return release.settle(check, "file_waived", user=person, reason=reason, problems=check.problems)


def _fits(check: Check, kind: str, asked: dict[str, Any]) -> None:
    if asked.get("check_id") and asked["check_id"] != check.id:
        raise _wrong("check_id", tk._("A newer file was uploaded meanwhile: read its report first."))
    if kind not in (PROBLEMS, PERSONAL):
        raise _wrong("kind", tk._("Nothing of this file waits for a decision."))
    waived = check.problems and not check.problems_waived and check.held and check.state not in OPEN
    if (kind == PERSONAL and kind_of(check) != PERSONAL) or (kind == PROBLEMS and not waived):
        raise _wrong("kind", tk._("Nothing of this file waits for such a decision."))


def _answer(check: Check, person: str, waits: Any, answer: str, note: str) -> None:
    if answer not in ("approve", "refuse"):
        raise _wrong("answer", tk._("Answer approve or refuse."))
    if waits is None:
        raise _wrong("answer", tk._("Nobody has proposed this yet."))
    if answer == "approve" and waits.made_by == person:
        raise _wrong("answer", tk._("A second person has to approve what you proposed."))
    said = "approved" if answer == "approve" else "refused"
    waits.state, waits.answered, waits.answered_by, waits.answer = said, now(), person, note[:LONGEST]
    if said == "approved":
        check.personal_decided = True
        check.state = release.judged(check)
    told = {"decision": said, "reason": waits.reason, "cells": check.personal, "proposed_by": waits.made_by}
    release.settle(check, "personal_data_decided", user=person, **told)


def _reason(asked: dict[str, Any]) -> str:
    reason = str(asked.get("reason") or "").strip()
    if not SHORTEST <= len(reason) <= LONGEST:
        said = tk._("Give the reason, in {least} to {most} characters.").format(least=SHORTEST, most=LONGEST)
        raise _wrong("reason", said)
    return reason


def _wrong(name: str, message: str) -> Exception:
    return tk.ValidationError({name: [message]})
