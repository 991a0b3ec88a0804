"""The forms a feed is offered in, and which one a request means. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Format:
    """One form: file extension, media type (as it stands in Content-Type), and what people call it."""

    ext: str
    media_type: str
    label: str


TURTLE = Format("ttl", "text/turtle", "Turtle")
RDF_XML = Format("rdf", "application/rdf+xml", "RDF/XML")
JSON_LD = Format("jsonld", "application/ld+json", "JSON-LD")
N_TRIPLES = Format("nt", "application/n-triples", "N-Triples")
# Turtle is a subset of Notation3; ckanext-dcat offers both of these addresses.
N3 = Format("n3", "text/n3", "Notation3")
XML = Format("xml", "application/rdf+xml", "RDF/XML")

#: What pages list, in this order; with equal preference the first wins.
OFFERED = (TURTLE, RDF_XML, JSON_LD, N_TRIPLES)
BY_EXTENSION = {f.ext: f for f in (*OFFERED, N3, XML)}
_RDF = (*OFFERED, N3)
_HTML = ("text/html", "application/xhtml+xml")


def parse_accept(header: str) -> list[tuple[str, float]]:
    """Media ranges with their q, as written. Ranges that cannot be read are left out (RFC 9110, 12.5.1)."""
    ranges = []
    for part in header.lower().split(","):
        media, *params = (piece.strip() for piece in part.split(";"))
        if media.count("/") != 1 or any(_is_foreign(p) for p in params):
            continue
        quality = next((p[2:].strip() for p in params if p.startswith("q=")), "1")
        try:
            value = float(quality)
        except ValueError:
            continue
        if 0 <= value <= 1:
            ranges.append((media, value))
    return ranges


def _is_foreign(parameter: str) -> bool:
    """A ``profile`` that asks for JSON-LD of another vocabulary (schema.org) than ours."""
    name, _, value = parameter.partition("=")
    return name.strip() == "profile" and "www.w3.org/ns/json-ld" not in value and "dcat" not in value


def quality(media_type: str, ranges: list[tuple[str, float]]) -> float:
    """What a client thinks of a media type: the q of its most specific matching range, 0 without one."""
    for pattern in (media_type, media_type.split("/", maxsplit=1)[0] + "/*", "*/*"):
        found = [q for media, q in ranges if media == pattern]
        if found:
            return max(found)
    return 0.0


def negotiate(header: str | None) -> Format | None:
    """The RDF form an Accept header asks for; None means the HTML page.

    RDF must be preferred: with a tie (``*/*``, an absent header, a browser's list) the page is what is meant.
    Between RDF forms of one quality, the one the client names first wins. ``application/xml`` asks for nothing here,
    since browsers send it.
    """
    ranges = parse_accept(header or "")
    named = [media for media, _ in ranges]
    html = max(quality(media, ranges) for media in _HTML if media == _HTML[0] or media in named)

    def rank(form: Format) -> tuple[float, int]:
        place = named.index(form.media_type) if form.media_type in named else len(named)
        return (-quality(form.media_type, ranges), place)

    best = min(_RDF, key=rank)
    return best if quality(best.media_type, ranges) > html else None


@lru_cache(maxsize=256)
def coding(header: str | None, offered: tuple[str, ...]) -> str:
    """Which of the compressions we offer an Accept-Encoding header likes best (the first of equals); "" for none."""
    answers: dict[str, float] = {}
    for part in (header or "").lower().split(","):
        name, *params = (piece.strip() for piece in part.split(";"))
        try:
            answers[name.removeprefix("x-")] = float(next((p[2:] for p in params if p.startswith("q=")), "1"))
        except ValueError:
            continue
    liked = {name: answers.get(name, answers.get("*", 0.0)) for name in offered}
    best = max(offered, key=lambda name: liked[name], default="")
    return best if best and liked[best] > 0 and liked[best] >= answers.get("identity", 0.0) else ""
