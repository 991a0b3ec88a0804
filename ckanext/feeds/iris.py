"""Terms that every strict parser accepts: IRIs, language tags and text, made from what people typed. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit

from pyoxigraph import NamedNode
from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

# Only these are addresses; "Health: adult care" is a text, and script addresses are never passed on.
SCHEMES = {"http", "https", "ftp", "ftps", "sftp", "mailto", "urn", "tel", "geo", "doi", "info", "ark"}
_SCHEME = re.compile(r"^([a-zA-Z][a-zA-Z0-9+.-]*):")
# RFC 3987 leaves these out of every part of an IRI (square brackets are for IPv6 hosts alone).
_FORBIDDEN = re.compile(r"[\s<>\"{}|\\^`\x00-\x20\x7f-\x9f\ue000-\uf8ff\ufdd0-\ufdef\ufff0-\uffff]")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# XML 1.0 has no way to write these, so RDF/XML could not carry them.
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LANGUAGE = re.compile(r"^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*$")
# RDF/XML writes a predicate as an element name, so it must end in one.
_ELEMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*$")


@lru_cache(maxsize=4096)
def clean_iri(value: str) -> str | None:
    """An absolute IRI of a known scheme with everything illegal percent-encoded, or None when it is no address."""
    text = _NOT_XML.sub("", value).strip()
    scheme = _SCHEME.match(text)
    if not scheme or scheme[1].lower() not in SCHEMES:
        return None
    text = scheme[1].lower() + text[scheme.end(1) :]
    text = _BAD_PERCENT.sub("%25", text)
    text = _FORBIDDEN.sub(lambda m: quote(m[0], safe=""), text)
    head, mark, fragment = text.partition("#")
    text = head + mark + fragment.replace("#", "%23")
    text = _encode_brackets(text)
    return text if _is_valid(text) else None


def _encode_brackets(text: str) -> str:
    start = text.find("//")
    end = min((i for i in (text.find(c, start + 2) for c in "/?#") if i > 0), default=len(text)) if start > 0 else 0
    return text[:end] + text[end:].replace("[", "%5B").replace("]", "%5D")


def _is_valid(text: str) -> bool:
    try:
        NamedNode(text)
        parts = urlsplit(text)
    except ValueError:
        return False
    if parts.scheme in ("http", "https", "ftp", "ftps", "sftp"):
        return bool(parts.hostname)
    return len(text) > len(parts.scheme) + 1


def clean_text(value: str) -> str:
    """Text without the characters that XML cannot carry; line ends as one newline."""
    return _NOT_XML.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))


def clean_language(tag: str | None) -> str | None:
    """A language tag of BCP 47's shape (``en_GB`` becomes ``en-gb``), or None."""
    tag = (tag or "").replace("_", "-")
    return tag.lower() if _LANGUAGE.match(tag) else None


def clean_predicate(term: Node) -> URIRef | None:
    """A predicate that RDF/XML can write too, or None."""
    text = clean_iri(str(term))
    return URIRef(text) if text and text.isascii() and _ELEMENT.search(text) else None


def clean_object(term: Node) -> Node | None:
    """An object with legal characters. What only looks like an IRI becomes its text; an empty one becomes None."""
    if isinstance(term, URIRef):
        text = clean_iri(str(term))
        if text:
            return URIRef(text)
        term = Literal(re.sub(r"^mailto:", "", str(term)).strip())
    if isinstance(term, Literal):
        text = clean_text(str(term))
        if not text.strip():
            return None
        if term.datatype is not None:
            datatype = clean_iri(str(term.datatype))
            return Literal(text, datatype=URIRef(datatype) if datatype else None, normalize=False)
        return Literal(text, lang=clean_language(term.language))
    return term if isinstance(term, BNode) else None
