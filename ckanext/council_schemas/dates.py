"""Dates as councils and other catalogues write them (pure)."""

import re
from datetime import datetime, timedelta
from functools import lru_cache

from dateutil.parser import parse

PARTIAL = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?")
PLAIN = re.compile(r"\d{4}-\d{2}-\d{2}")
DAY_FIRST = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}\b")


def iso(text: str) -> str | None:
    """ISO 8601 for a date or date and time: years and months stay partial, 01/02/2026 is 1 February.

    None when it is no date.
    """
    text = text.strip()
    if PARTIAL.fullmatch(text):
        return text
    moment = _moment(text)
    if not moment:
        return None
    if PLAIN.fullmatch(text) or not re.search(r"\d:\d|T\d", text):
        return moment.date().isoformat()
    return moment.isoformat()


def solr(text: object) -> str | None:
    """The start of a date as Solr wants it (UTC, ending in Z), or None when it is no date."""
    if not isinstance(text, str):
        return None
    text = text.strip()
    if PARTIAL.fullmatch(text):
        text = (text + "-01-01")[:10] if len(text) == 4 else text + "-01"
    moment = _moment(text)
    if not moment:
        return None
    try:
        moment = moment.replace(tzinfo=None) - (moment.utcoffset() or timedelta())
    except OverflowError:
        return None
    return moment.replace(microsecond=0).isoformat() + "Z"


@lru_cache(maxsize=4096)  # a date is read where it is saved, shown and indexed
def _moment(text: str) -> datetime | None:
    if not re.search(r"\d{4}", text) or len(text) > 40:
        return None
    default = datetime(1, 1, 1)
    try:
        return parse(text, dayfirst=bool(DAY_FIRST.match(text)), default=default)
    except (ValueError, OverflowError, TypeError):
        return None
