"""OAI-PMH 2.0 answers as XML, and datasets as simple Dublin Core (``oai_dc``). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree  # type: ignore[attr-defined]

from .oai import Asked, Wrong, stamp
from .record import OPEN, Dataset

OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
OAI_ID = "http://www.openarchives.org/OAI/2.0/oai-identifier"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#: Prefix, schema, namespace.
FORMATS = (
    ("oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", OAI_DC),
    ("dcat", "http://www.openarchives.org/OAI/2.0/rdf.xsd", RDF),
)
GRANULARITY = "YYYY-MM-DDThh:mm:ssZ"


@dataclass(frozen=True)
class Header:
    """A record without its content. ``when`` is UTC."""

    identifier: str
    when: datetime
    sets: tuple[str, ...]
    deleted: bool = False


@dataclass(frozen=True)
class Repository:
    name: str
    address: str
    host: str
    email: str
    earliest: datetime
    sample: str
    #: Whether tombstones stay for ever (``persistent``) or for some time (``transient``).
    deleted: str


def answer(now: datetime, address: str, arguments: Mapping[str, str], verb: str = "") -> tuple[Any, Any]:
    """The document's root and the element of the verb in it (the root itself without a verb)."""
    root = etree.Element(f"{{{OAI}}}OAI-PMH", nsmap={None: OAI, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd")
    _add(root, "responseDate", stamp(now))
    _add(root, "request", address, **arguments)
    return root, etree.SubElement(root, f"{{{OAI}}}{verb}") if verb else root


def to_bytes(root: Any) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def error(parent: Any, wrong: Wrong) -> None:
    _add(parent, "error", wrong.message, code=wrong.code)


def identify(parent: Any, repository: Repository) -> None:
    _add(parent, "repositoryName", repository.name)
    _add(parent, "baseURL", repository.address)
    _add(parent, "protocolVersion", "2.0")
    _add(parent, "adminEmail", repository.email)
    _add(parent, "earliestDatestamp", stamp(repository.earliest))
    _add(parent, "deletedRecord", repository.deleted)
    _add(parent, "granularity", GRANULARITY)
    described = etree.SubElement(_add(parent, "description"), f"{{{OAI_ID}}}oai-identifier", nsmap={None: OAI_ID})
    described.set(f"{{{XSI}}}schemaLocation", f"{OAI_ID} {OAI_ID}.xsd")
    parts = ("scheme", "oai"), ("repositoryIdentifier", repository.host), ("delimiter", ":")
    for name, value in (*parts, ("sampleIdentifier", repository.sample)):
        etree.SubElement(described, f"{{{OAI_ID}}}{name}").text = value


def metadata_formats(parent: Any) -> None:
    for prefix, schema, namespace in FORMATS:
        one = _add(parent, "metadataFormat")
        _add(one, "metadataPrefix", prefix)
        _add(one, "schema", schema)
        _add(one, "metadataNamespace", namespace)


def sets(parent: Any, organizations: Iterable[tuple[str, str]]) -> None:
    """Name and title of each organisation."""
    for name, title in organizations:
        one = _add(parent, "set")
        _add(one, "setSpec", name)
        _add(one, "setName", title or name)


def header(parent: Any, of: Header) -> None:
    one = _add(parent, "header", **({"status": "deleted"} if of.deleted else {}))
    _add(one, "identifier", of.identifier)
    _add(one, "datestamp", stamp(of.when))
    for name in of.sets:
        _add(one, "setSpec", name)


def record(parent: Any, of: Header, content: Any) -> None:
    """``content`` is the element in the format asked for; None for a deleted record."""
    one = _add(parent, "record")
    header(one, of)
    if content is not None:
        _add(one, "metadata").append(content)


def resumption(parent: Any, token: str, request: Asked) -> None:
    """The token with the place reached; an empty one ends a list that came in parts."""
    numbers = {"completeListSize": str(request.total), "cursor": str(request.cursor)}
    _add(parent, "resumptionToken", token, **numbers)


def rdf(document: bytes) -> Any:
    """The element of an RDF/XML document."""
    return etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def dublin_core(dataset: Dataset) -> Any:
    root = etree.Element(f"{{{OAI_DC}}}dc", nsmap={"oai_dc": OAI_DC, "dc": DC, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd")
    publisher = [dataset.publisher.name] if dataset.publisher else []
    formats = dict.fromkeys(file.media_type or file.format for file in dataset.files)
    rights = [dataset.licence.title, dataset.licence.url, "" if dataset.access == OPEN else dataset.access]
    values: tuple[tuple[str, Sequence[str]], ...] = (
        ("title", [dataset.title]),
        ("creator", [agent.name for agent in dataset.creators] or publisher),
        ("subject", [*dataset.keywords, *(theme.label for theme in dataset.themes)]),
        ("description", [dataset.description]),
        ("publisher", publisher),
        ("date", [dataset.modified or dataset.record_modified]),
        ("type", ["Dataset"]),
        ("format", list(formats)),
        ("identifier", list(dict.fromkeys((dataset.uri, dataset.page, dataset.identifier)))),
        ("source", [dataset.landing_page]),
        ("language", dataset.languages),
        ("coverage", [p.name or p.uri for p in dataset.places] + [f"{p.start}/{p.end}" for p in dataset.periods]),
        ("rights", rights),
    )
    for name, texts in values:
        for text in filter(None, texts):
            etree.SubElement(root, f"{{{DC}}}{name}").text = text
    return root


def _add(parent: Any, name: str, text: str = "", **attributes: str) -> Any:
    child = etree.SubElement(parent, f"{{{OAI}}}{name}", attributes)
    child.text = text or None
    return child
