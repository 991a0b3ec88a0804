"""Bytes of a PROV file to what they say: finds the format, keeps to the limits, hands over to who reads it (pure)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from ..vocab import N_
from . import by_library, by_rdf
from .told import ReadError, Told

# Format, media types, ends of file names.
FORMATS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "prov-json": (("application/provenance+json", "application/prov+json"), ("provjson", "prov.json")),
    "prov-n": (("text/provenance-notation",), ("provn", "provn.txt")),
    "prov-xml": (("application/provenance+xml",), ("provx", "provxml", "prov.xml")),
    "prov-ttl": (("text/turtle", "application/x-turtle"), ("ttl", "turtle")),
    "prov-trig": (("application/trig",), ("trig",)),
    "prov-nquads": (("application/n-quads", "application/n-triples"), ("nq", "nt")),
    "prov-rdfxml": (("application/rdf+xml",), ("rdf", "owl")),
    "prov-jsonld": (("application/ld+json",), ("jsonld", "json-ld")),
}
_DOCTYPE = re.compile(r"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
_ENCODING = re.compile(r"""^\s*<\?xml[^>]*encoding\s*=\s*["']([^"']+)""", re.IGNORECASE)
_COMMENT = re.compile(r"\s*(?://[^\n]*\n|/\*.*?\*/|#[^\n]*\n)", re.DOTALL)

UNKNOWN = N_("This is none of the formats that are read here: {formats}")
NOT_UTF8 = N_("It is not UTF-8: byte {byte}")
PROBLEM = N_("{form}: {problem}")
TOO_DEEP = N_("{form}: nested too deep")
TOO_MANY = N_("It makes {count} statements; at most {most} are taken")
ENTITIES = N_("XML with a document type or entities is not read")
REMOTE = N_("Its @context stands at {address}, which is not fetched: put the terms into the file")


def format_of(name: str = "", media_type: str = "") -> str | None:
    """The format that a file's name or a request's media type tells, if either does."""
    kind = media_type.partition(";")[0].strip().lower()
    for code, (types, ends) in FORMATS.items():
        if kind in types or any(name.lower().endswith(f".{end}") for end in ends):
            return code
    return None


def sniffed(text: str) -> str | None:
    """The format by how the text begins."""
    start = text.lstrip()
    if start.startswith(("{", "[")):
        return "prov-jsonld" if '"@context"' in text or '"@graph"' in text or start.startswith("[") else "prov-json"
    while found := _COMMENT.match(start):
        start = start[found.end() :]
    if re.match(r"\s*document\b", start):
        return "prov-n"
    if re.match(r"<[?!]|<[\w.-]+(:[\w.-]+)?[\s/>]", start.lstrip()):
        return "prov-rdfxml" if re.search(r"<(\w+:)?RDF[\s>]", text[:4000]) else "prov-xml"
    return "prov-trig" if re.search(r"(?mi)^\s*@?prefix\s|^\s*<[^>]+>|^\s*\w*:\w+", start) else None


def decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadError(NOT_UTF8, byte=error.start) from error


def read(text: str, form: str | None, most: int) -> Told:
    """What a file says; `form` is the format, if anybody said so. Raises ReadError."""
    code = form or sniffed(text)
    if code not in FORMATS:
        raise ReadError(UNKNOWN, formats=", ".join(FORMATS))
    try:
        if (count := _at_least(text, code)) > most:
            raise ReadError(TOO_MANY, count=f"{count:,}", most=f"{most:,}")
        told = _reader(code, text)(text, code)
    except ReadError:
        raise
    except RecursionError as error:
        raise ReadError(TOO_DEEP, form=code) from error
    except Exception as error:  # the readers have errors of many kinds, each with a sentence that says where
        raise ReadError(PROBLEM, form=code, problem=_sentence(error)) from error
    if told.size > most:
        raise ReadError(TOO_MANY, count=f"{told.size:,}", most=f"{most:,}")
    return told


# How many signs of its notation a statement may have before a text is refused unread, as reading is what takes long.
_SIGNS = {"prov-n": (")", 4), "prov-xml": ("<", 40), "prov-rdfxml": ("<", 80)}


def _at_least(text: str, code: str) -> int:
    """A count of statements that is never too high by much, and soon made."""
    if code in _SIGNS:
        sign, most = _SIGNS[code]
        return text.count(sign) // most
    if code != "prov-json":
        return 0
    data = json.loads(text)
    bundles = data.get("bundle") if isinstance(data, dict) else None
    documents = [data, *(bundles.values() if isinstance(bundles, dict) else ())]
    sections = (one for document in documents if isinstance(document, dict) for one in document.items())
    return sum(len(held) for name, held in sections if name not in ("prefix", "bundle") and isinstance(held, dict))


def _reader(code: str, text: str) -> Callable[[str, str], Told]:
    if code in ("prov-xml", "prov-rdfxml"):
        encoding = _ENCODING.match(text)
        if _DOCTYPE.search(text):
            raise ReadError(ENTITIES)
        if encoding and encoding[1].lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
            raise ReadError(NOT_UTF8, byte=encoding.start(1))
    if code == "prov-jsonld":
        return _json_ld(text)
    return by_library.read if code in by_library.FORMATS else by_rdf.read


def _json_ld(text: str) -> Callable[[str, str], Told]:
    """PROV-JSONLD of the Open Provenance project is read by the library, any other JSON-LD as RDF."""
    data = json.loads(text)
    contexts = _contexts(data)
    if any("openprovenance.org/prov-jsonld" in each for each in contexts):
        return by_library.read
    for address in contexts:
        raise ReadError(REMOTE, address=address[:200])
    return by_rdf.read


def _contexts(data: object) -> list[str]:
    """The addresses of contexts, wherever in the document they stand."""
    found: list[str] = []
    waiting = [data]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            told = item.get("@context")
            found += [each for each in (told if isinstance(told, list) else [told]) if isinstance(each, str)]
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
    return found


def _sentence(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) < 400 else text[:400] + " ..."
