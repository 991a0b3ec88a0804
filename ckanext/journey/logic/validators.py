"""Checks of what people and tools tell; each takes a value and gives it back, or raises Invalid."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from ckan.plugins import toolkit as tk

from .. import vocab
from ..config import zone
from ..imports import reading
from ..workflow import stages

_SHA256 = re.compile(r"[0-9a-f]{64}")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_EARLIEST = 1900
_BIGGEST = 2**63 - 1


def journey_step_type(value: Any) -> str:
    return _one_of(value, vocab.TYPES)


def journey_evidence_kind(value: Any) -> str:
    return _one_of(value, vocab.EVIDENCE_KINDS)


def journey_visibility(value: Any) -> str:
    return _one_of(value, vocab.VISIBILITIES)


def journey_prov_format(value: Any) -> str:
    return _one_of(value, reading.FORMATS)


def journey_move(value: Any) -> str:
    return _one_of(value, stages.MOVES)


def journey_system_kind(value: Any) -> str:
    return _one_of(value, vocab.SYSTEM_KINDS)


def _one_of(value: Any, known: Any) -> str:
    if not isinstance(value, str) or value not in known:
        raise tk.Invalid(tk._("Choose one of: {choices}").format(choices=", ".join(known)))
    return value


def journey_sha256(value: Any) -> str:
    """64 hexadecimal digits, with or without a `sha256:` before them."""
    text = str(value).strip().lower().removeprefix("sha256:")
    if not _SHA256.fullmatch(text):
        raise tk.Invalid(tk._("A SHA-256 checksum has 64 hexadecimal digits"))
    return text


def journey_count(value: Any) -> int:
    """A whole number from 0; thousands separators are allowed."""
    text = str(value).strip().replace(",", "")
    if isinstance(value, bool) or not text.isascii() or not text.isdigit() or int(text) > _BIGGEST:
        raise tk.Invalid(tk._("Give a whole number, 0 or more"))
    return int(text)


def journey_moment(value: Any) -> str:
    """A day, or a time of a day, in ISO 8601; a time without a zone counts as UTC. Gives UTC."""
    text = value.isoformat() if isinstance(value, date) else str(value).strip()
    try:
        found = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        raise tk.Invalid(tk._("Give a date like 2024-03-31, or a time like 2024-03-31T14:30:00Z")) from None
    if not isinstance(found, datetime):
        _within(found)
        return found.isoformat()
    zoned = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    _within(zoned.date())
    return zoned.isoformat()


def _within(day: date) -> None:
    if day.year < _EARLIEST:
        raise tk.Invalid(tk._("That is too long ago"))
    if day > datetime.now(UTC).date():
        raise tk.Invalid(tk._("That is in the future"))


def journey_day(value: Any) -> str:
    """A day in ISO 8601, past or to come."""
    try:
        return date.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        raise tk.Invalid(tk._("Give a date like 2024-03-31")) from None


def journey_instant(value: Any) -> str:
    """A day and time, past or to come, in ISO 8601; without a zone it is the portal's. Gives UTC to the second."""
    text = value.isoformat() if isinstance(value, datetime) else str(value).strip()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise tk.Invalid(tk._("Give a day and time like 2026-04-30T09:00")) from None
    zoned = found if found.tzinfo else found.replace(tzinfo=zone())
    return zoned.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def journey_role(value: Any) -> str:
    """A role such as "Systems accountant"; roles are published, people are not."""
    if _ADDRESS.search(str(value)):
        raise tk.Invalid(tk._("Give a role, not a person: this is published"))
    return value


def journey_web_address(value: Any) -> str:
    text = str(value).strip()
    if not re.match(r"https?://[^\s/]+", text, re.IGNORECASE) or re.search(r"\s", text):
        raise tk.Invalid(tk._("Give a web address that begins with https:// or http://"))
    return text


def journey_text(limit: int) -> Any:
    """A validator for text of at most `limit` characters, without control characters; surrounding space goes."""

    def validate(value: Any) -> str:
        if not isinstance(value, str):
            raise tk.Invalid(tk._("Give text"))
        text = "".join(sign for sign in value if sign in "\n\t" or sign.isprintable()).strip()
        if len(text) > limit:
            raise tk.Invalid(tk._("Give at most {limit} characters").format(limit=limit))
        return text

    return validate
