"""The formats of a journey: name, media type, extension, title, and who makes it (pure)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..vocab import N_
from . import crate, drawing, gemini, openlineage, prov_json, prov_rdf, table
from .document import Document


@dataclass(frozen=True)
class Format:
    """`extension` ends the address; `render` is None for the crate, whose files are written on the way to the disk."""

    name: str
    media_type: str
    extension: str
    title: str
    render: Callable[[Document], bytes] | None
    is_text: bool = True
    # What else a client may ask for to get it.
    aliases: tuple[str, ...] = ()


FORMATS: tuple[Format, ...] = (
    Format("prov-json", "application/provenance+json", "prov.json", N_("PROV-JSON"), prov_json.render,
           aliases=("application/json",)),
    Format("prov-ttl", "text/turtle", "ttl", N_("PROV-O, Turtle"), prov_rdf.turtle),
    Format("prov-jsonld", "application/ld+json", "jsonld", N_("PROV-O, JSON-LD"), prov_rdf.json_ld),
    Format("openlineage", "application/vnd.openlineage+json", "openlineage.json", N_("OpenLineage events"),
           openlineage.render),
    Format("openlineage-ndjson", "application/x-ndjson", "ndjson", N_("OpenLineage events, one a line"), openlineage.lines),
    Format("crate", "application/zip", "zip", N_("Process Run Crate with the data"), None, is_text=False),
    Format("crate-metadata", 'application/ld+json; profile="https://w3id.org/ro/crate"', "crate.json",
           N_("Process Run Crate, its metadata alone"), crate.render),
    Format("gemini", "text/plain", "txt", N_("UK GEMINI lineage, plain text"), gemini.render),
    Format("iso19139", "application/vnd.iso.19139+xml", "xml", N_("UK GEMINI lineage, ISO 19139"), gemini.xml,
           aliases=("application/xml", "text/xml")),
    Format("csv", "text/csv", "csv", N_("CSV, a row a step"), table.render),
    Format("svg", "image/svg+xml", "svg", N_("Picture, SVG"), drawing.svg),
    Format("png", "image/png", "png", N_("Picture, PNG"), drawing.png, is_text=False),
)  # fmt: skip
BY_NAME: dict[str, Format] = {each.name: each for each in FORMATS}
BY_EXTENSION: dict[str, Format] = {each.extension: each for each in FORMATS}


def negotiate(ranges: list[tuple[str, float]]) -> Format | None:
    """The format that a client likes better than a page; None means the page.

    `ranges` are media ranges of an Accept header with their q. A page stands for text/html and for what leaves the choice open.
    """
    wanted = dict(ranges)
    page = max(wanted.get(name, 0.0) for name in ("text/html", "application/xhtml+xml"))
    best, liked = None, 0.0
    for each in FORMATS:
        names = (each.media_type.partition(";")[0], *each.aliases) if each.name != "crate-metadata" else ()
        quality = max((wanted.get(name, 0.0) for name in names), default=0.0)
        if quality > max(page, liked):
            best, liked = each, quality
    return best
