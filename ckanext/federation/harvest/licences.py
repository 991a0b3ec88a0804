"""Licences as upstream states them, to CKAN's licence ids; pure. Mapped, never assumed.

A statement that is not known for certain stays as it is (its text or address) beside ``notspecified``.
"""

from __future__ import annotations

import re

from .text import plain

UNKNOWN = "notspecified"

# Address fragment (after the host's "www." and the scheme are gone) -> ids, the first that the portal has counts.
_OGL = ("uk-ogl", "OGL-UK-3.0")
_ADDRESSES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("nationalarchives.gov.uk/doc/open-government-licence/version/1", ("uk-ogl-1", *_OGL)),
    ("nationalarchives.gov.uk/doc/open-government-licence/version/2", ("uk-ogl-2", *_OGL)),
    ("nationalarchives.gov.uk/doc/open-government-licence", _OGL),
    ("nationalarchives.gov.uk/doc/non-commercial-government-licence", ("uk-ncgl", "other-nc")),
    ("reference.data.gov.uk/id/open-government-licence", _OGL),
    ("spdx.org/licenses/ogl-uk", _OGL),
    ("creativecommons.org/publicdomain/zero", ("cc-zero", "CC0-1.0")),
    ("creativecommons.org/licenses/zero", ("cc-zero", "CC0-1.0")),
    ("creativecommons.org/publicdomain/mark", ("other-pd",)),
    ("creativecommons.org/licenses/by-sa/", ("cc-by-sa", "CC-BY-SA-4.0")),
    ("creativecommons.org/licenses/by-nc", ("cc-nc", "CC-BY-NC-4.0")),
    ("creativecommons.org/licenses/by/", ("cc-by", "CC-BY-4.0")),
    ("publications.europa.eu/resource/authority/licence/cc_by_", ("cc-by", "CC-BY-4.0")),
    ("publications.europa.eu/resource/authority/licence/cc_bysa_", ("cc-by-sa", "CC-BY-SA-4.0")),
    ("publications.europa.eu/resource/authority/licence/cc0", ("cc-zero", "CC0-1.0")),
    ("publications.europa.eu/resource/authority/licence/uk_ogl", _OGL),
    ("publications.europa.eu/resource/authority/licence/ogl_", _OGL),
    ("opendatacommons.org/licenses/odbl", ("odc-odbl", "ODbL-1.0")),
    ("opendatacommons.org/licenses/pddl", ("odc-pddl", "PDDL-1.0")),
    ("opendatacommons.org/licenses/by", ("odc-by", "ODC-BY-1.0")),
    ("opendefinition.org/licenses/cc-by-sa", ("cc-by-sa", "CC-BY-SA-4.0")),
    ("opendefinition.org/licenses/cc-by", ("cc-by", "CC-BY-4.0")),
    ("opendefinition.org/licenses/cc-zero", ("cc-zero", "CC0-1.0")),
    ("opendefinition.org/licenses/odc-odbl", ("odc-odbl", "ODbL-1.0")),
    ("gnu.org/licenses/fdl", ("gfdl",)),
    ("usa.gov/publicdomain", ("other-pd",)),
)
_NO_DERIVATIVES = re.compile(r"creativecommons\.org/licenses/by(-nc)?-nd|\bno[- ]?deriv|\bby(-nc)?-nd\b", re.I)

# Whole statements, once case, punctuation and version are gone.
_NAMES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            *("ogl", "uk ogl", "ogl uk", "open government licence", "uk open government licence"),
            *("uk open government licence ogl", "open government licence ogl", "open government licence uk"),
            "uk open government licence ogl uk",
            "open government licence for public sector information",
        ),
        _OGL,
    ),
    **dict.fromkeys(
        ("cc zero", "cc0", "cc 0", "creative commons zero", "creative commons cczero"), ("cc-zero", "CC0-1.0")
    ),
    **dict.fromkeys(("creative commons cc zero", "cc0 universal", "public domain dedication"), ("cc-zero", "CC0-1.0")),
    **dict.fromkeys(("cc by", "creative commons attribution", "creative commons by"), ("cc-by", "CC-BY-4.0")),
    **dict.fromkeys(("creative commons attribution international", "cc attribution"), ("cc-by", "CC-BY-4.0")),
    **dict.fromkeys(("cc by sa", "creative commons attribution share alike"), ("cc-by-sa", "CC-BY-SA-4.0")),
    **dict.fromkeys(("creative commons attribution sharealike",), ("cc-by-sa", "CC-BY-SA-4.0")),
    **dict.fromkeys(("cc nc", "cc by nc", "creative commons non commercial any"), ("cc-nc", "CC-BY-NC-4.0")),
    **dict.fromkeys(("odbl", "open database license", "open database licence"), ("odc-odbl", "ODbL-1.0")),
    **dict.fromkeys(("open data commons open database license odbl",), ("odc-odbl", "ODbL-1.0")),
    **dict.fromkeys(("odc by", "open data commons attribution license"), ("odc-by", "ODC-BY-1.0")),
    **dict.fromkeys(("odc pddl", "pddl", "open data commons public domain dedication and license pddl"), ("odc-pddl",)),
    **dict.fromkeys(("public domain", "us public domain", "public domain u s government"), ("other-pd",)),
    **dict.fromkeys(("other open", "other attribution"), ("other-open",)),
}
_LINK = re.compile(r"""(?:https?:)?//[^\s"'<>)\]]+""", re.I)
_SENTENCE = re.compile(r"\b(?:under|subject to|terms of)\b.{0,60}\bopen government licen[cs]e\b", re.I)
_GRANT = re.compile(
    r"\b(?:released|licen[cs]ed|available|published|provided|supplied|shared|covered)\s+(?:under|by|subject)", re.I
)
_DENIAL = re.compile(r"\bnot\b(?! (?:warrant|guarantee|accept|need|suggest|required?))|\bexcept\b|\bunless\b", re.I)
LONGEST_SENTENCE, LONGEST_GRANT = 600, 3_000


def find(statements: list[str], registered: frozenset[str], local: dict[str, str] | None = None) -> tuple[str, str]:
    """The licence id of what upstream states, and the statement that is left unmapped (or "").

    ``registered``: ids of the portal's licence register. ``local``: the node's own map of a statement
    (address or text, compared without case) to an id; it wins. Two statements that name different licences
    map to neither.
    """
    own = {key.casefold().strip(): value for key, value in (local or {}).items()}
    ids: set[str] = set()
    unmapped: list[str] = []
    for statement in statements:
        found = own.get(plain(statement).casefold()) or own.get(statement.casefold()) or _of(statement, registered)
        if found and found in registered:
            ids.add(found)
        else:
            unmapped.append(plain(statement))
    if len(ids) == 1:
        return ids.pop(), ""
    return UNKNOWN, " | ".join(dict.fromkeys(statements if ids else unmapped))


def _of(statement: str, registered: frozenset[str]) -> str:
    if statement in registered:
        return "" if statement == UNKNOWN else statement
    if _NO_DERIVATIVES.search(statement):
        return ""
    links = {found for link in _LINK.findall(statement) if (found := _by_address(link, registered))}
    text = plain(statement)
    if links:
        longest = LONGEST_GRANT if _GRANT.search(text) else LONGEST_SENTENCE
        certain = len(links) == 1 and len(text) <= longest and not _DENIAL.search(text)
        return links.pop() if certain else ""
    if len(text) <= LONGEST_SENTENCE and _SENTENCE.search(text) and not _DENIAL.search(text):
        return _first(_OGL, registered)
    return _first(_NAMES.get(_bare(text), ()), registered)


def _by_address(link: str, registered: frozenset[str]) -> str:
    address = re.sub(r"^(?:https?:)?//(www\.)?", "", link.lower())
    for fragment, ids in _ADDRESSES:
        if address.startswith(fragment):
            return _first(ids, registered)
    return ""


def _bare(text: str) -> str:
    text = re.sub(r"\bversion\b|\bv?\d+(\.\d+)*\b", " ", text.lower().replace("license", "licence"))
    text = re.sub(r"[^a-z0-9]+", " ", text).strip()
    return text if text in _NAMES else text.replace("licence", "license")


def _first(ids: tuple[str, ...], registered: frozenset[str]) -> str:
    return next((one for one in ids if one in registered), "")
