"""Dates as feeds write them, to ISO 8601; pure.

Seen in real feeds: ISO dates and times, days only, epoch seconds and milliseconds (as numbers or digits),
and localised ones ("mar, 10/12/2019 - 09:23", DKAN). Day comes before month when the text does not tell.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from dateutil import parser

from .text import clean

_ISO_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_NUMERIC_DAY = re.compile(r"(?<!\d)(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:\D+(\d{1,2}):(\d{2}))?")
_US_SLASH = re.compile(r"(?<!\d)(\d{4})/(\d{2})/(\d{2})(?!\d)")
_FIRST_YEAR, _LAST_YEAR = 1500, 2200


def iso(value: Any) -> str:
    """ISO 8601 of a feed's date: ``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD`` or a time in UTC ending in ``Z``.

    "" when the value is empty or is no date that can be told.
    """
    text = clean(value)
    if not text:
        return ""
    if re.fullmatch(r"-?\d{9,14}(\.\d+)?", text):
        return _epoch(float(text))
    if _ISO_DAY.fullmatch(text):
        return text if _valid_day(text) else ""
    found = _NUMERIC_DAY.search(text)
    if found:
        return _localised(found)
    return _parsed(_US_SLASH.sub(r"\1-\2-\3", text))


def _epoch(number: float) -> str:
    seconds = number / 1000 if abs(number) >= 1e11 else number
    try:
        return _utc(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, OSError, ValueError):
        return ""


def _valid_day(text: str) -> bool:
    parts = [int(part) for part in text.split("-")] + [1, 1]
    try:
        return _FIRST_YEAR <= datetime(*parts[:3], tzinfo=UTC).year <= _LAST_YEAR
    except ValueError:
        return False


def _localised(found: re.Match[str]) -> str:
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    day, month = (second, first) if second > 12 else (first, second)
    try:
        moment = datetime(year, month, day, int(found[4] or 0), int(found[5] or 0), tzinfo=UTC)
    except ValueError:
        return ""
    return _utc(moment) if found[4] else moment.date().isoformat()


def _parsed(text: str) -> str:
    if not re.search(r"\d{4}", text):
        return ""
    try:
        # fromisoformat is a hundred times as quick as the general parser, and nearly always enough.
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = parser.parse(text, dayfirst=not re.match(r"\d{4}-", text), default=datetime(1900, 1, 1))
        except (ValueError, OverflowError, TypeError):
            return ""
    if not re.search(r":|T\d|\d\s*[ap]\.?m\b", text, re.I):
        day = moment.date().isoformat()
        day = day if re.search(r"\d\D+\d|\d{8}", text) else day[:7]
        return day if _FIRST_YEAR <= moment.year <= _LAST_YEAR else ""
    return _utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _utc(moment: datetime) -> str:
    try:
        moment = moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return ""
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return ""
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"
