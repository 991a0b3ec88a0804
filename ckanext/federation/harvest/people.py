"""Contacts without personal data; pure.

A feed's contact is often a named officer or an account name. What a citizen needs is the team, so an
address or a name that looks like one person's is withheld from the dataset (the raw record keeps it,
for stewards).
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from .text import plain

_ROLE = re.compile(
    r"data|gis|team|info|enquir|inquir|contact|support|admin|service|council|borough|office|open|help|desk|map|"
    r"planning|parking|library|librar|policy|research|intelligence|insight|statistic|analy|performance|transparen|"
    r"customer|feedback|web|digital|environment|transport|highway|housing|health|licens|waste|election|democra|"
    r"communit|finance|procure|foi|governance|authority|department|agency|directorate|unit|group|ltd|limited|"
    r"company|university|trust|nhs|police|fire|government|city|county|district|london|publish|portal|mailbox|"
    r"demograph|geo|sustain|land|property|business|economic|economy|school|educat|record|archive|test",
    re.I,
)
_EMAIL = re.compile(r"[^@\s<>\"',;()]+@[^@\s<>\"',;()]+\.[a-zA-Z]{2,}")
_NAME = re.compile(r"(?:(?:mr|mrs|ms|miss|dr|prof|cllr)\.? )?[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){1,3}", re.I)


def email(value: str) -> tuple[str, bool]:
    """The team's address in a value such as ``mailto:gis@example.gov.uk``, and whether a person's was withheld."""
    found = _EMAIL.search(unquote(value))
    if not found:
        return "", False
    address = found[0].removeprefix("mailto:").rstrip(".")
    local = address.split("@")[0]
    return ("", True) if _is_personal(local) else (address.lower(), False)


def name(value: str) -> tuple[str, bool]:
    """The team's name, and whether a person's or an account's name was withheld.

    A free-text contact that holds an address too ("Jo Bloggs, jo.bloggs@...") gives its name part.
    """
    text = plain(_EMAIL.sub("", value.replace("mailto:", ""))).strip(" ,;:<>()-")
    if not text or text.casefold() in {"nobody", "none", "null", "n/a", "unknown", "-", "tbc"}:
        return "", False
    if re.fullmatch(r"\S*[_\d]\S*|[a-z]+", text):
        return "", True
    if _ROLE.search(text):
        return text, False
    if _NAME.fullmatch(text) or re.fullmatch(r"\S*\.\S*", text):
        return "", True
    return text, False


def is_of(name: str, address: str) -> bool:
    """Does an address tell the name that stands beside it ("Jo Bloggs", jobloggs@...)? A team's never does."""
    local = plain(address).removeprefix("mailto:").partition("@")[0].casefold()
    words = re.findall(r"[^\W\d_]{3,}", plain(name).casefold())
    return not _ROLE.search(name) and not _ROLE.search(local) and any(word in local for word in words)


def _is_personal(local: str) -> bool:
    if _ROLE.search(local):
        return False
    return bool(re.fullmatch(r"[a-z]+[._'-][a-z'._-]+\d{0,3}", local, re.I))
