"""Headers as people write them, brought to one form, so that what means the same is the same (pure).

Three forms, each looser than the one before: ``compact`` (without case, signs and spaces), ``plain`` (short for long, one for
many, without words that say nothing) and ``bare`` (that, without what stands in brackets).
"""

from __future__ import annotations

import re
from functools import lru_cache

# Long forms of what is mostly cut short.
_LONG = {
    "no": "number", "nos": "number", "nr": "number", "num": "number", "ref": "reference", "refs": "reference",
    "dept": "department", "desc": "description", "descr": "description", "amt": "amount", "org": "organisation",
    "organization": "organisation", "trans": "transaction", "tran": "transaction", "txn": "transaction",
    "inv": "invoice", "exc": "ex", "excl": "ex", "excluding": "ex", "exclusive": "ex", "excludes": "ex", "less": "ex",
    "incl": "inc", "including": "inc", "inclusive": "inc", "addr": "address", "est": "estimated", "max": "maximum",
    "min": "minimum", "perm": "permanent", "temp": "temporary", "tel": "telephone", "phone": "telephone",
    "mail": "email", "cat": "category", "percent": "percentage", "pct": "percentage", "reps": "representative",
    "licence": "licence", "license": "licence", "coord": "coordinate", "coords": "coordinate", "yr": "year",
    "reg": "registration", "registered": "registration", "addresses": "address", "classes": "class",
}  # fmt: skip
# Words that say nothing about what a column holds.
_IDLE = frozenset(["gbp", "pound", "sterling", "the", "of", "a", "an", "in", "for", "t", "s", "is", "and", "or", "by"])
_VAT = re.compile(r"\b(?:ex(?: of)?|net of)(?: (?:recoverable|reclaimable))? vat\b")
# What brackets may hold that makes another thing of what stands before them.
_MEANT = frozenset(
    ["fte", "vat", "tax", "50", "percentage", "average", "mean", "code", "id", "number", "reference", "estimated"]
)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SIDES = re.compile(r"\s+[/|]\s+|\s*[\r\n]+\s*|\s*\|\s*")


def norm(header: str) -> str:
    """A header without case, signs and more than one space between words."""
    text = header.replace("\ufeff", "").lower().replace("&", " and ").replace("£", " gbp ").replace("%", " percentage ")
    return re.sub(r"[^a-z0-9]+", " ", text).strip()


@lru_cache(maxsize=8192)
def compact(header: str) -> str:
    """Two headers that differ only in case, signs and spaces are one: "Supplier Name", "SUPPLIER_NAME", "SupplierName"."""
    return norm(header).replace(" ", "")


@lru_cache(maxsize=8192)
def plain(header: str) -> str:
    """ "Net Amt (ex. VAT) £" and "Net amount excluding VAT" are one."""
    text = norm(_HUMP.sub(" ", header.replace("N/A", "")))
    words = [_LONG.get(word, word) for word in text.split()]
    text = _VAT.sub(" ", " ".join(words)).replace("e mail", "email").replace("full time equivalent", "fte")
    return " ".join(_one(word) for word in text.split() if word not in _IDLE)


@lru_cache(maxsize=8192)
def bare(header: str) -> str:
    """The plain form of what stands outside brackets; of all of it where nothing does, or what is within tells more."""
    inside = " ".join(_BRACKETS.findall(header))
    if _MEANT & set(plain(inside).split()):
        return plain(header)
    return plain(_BRACKETS.sub(" ", header)) or plain(header)


def sides(header: str) -> tuple[str, ...]:
    """The parts of a header in two languages or lines: "Dyddiad / Date". Empty for one that has no such parts."""
    parts = tuple(part for part in _SIDES.split(header.strip()) if norm(part))
    return parts if len(parts) > 1 else ()


def _one(word: str) -> str:
    """One for many: suppliers, categories."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
