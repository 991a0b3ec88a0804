"""The public dictionary of a dataset (``package_show``) to a ``record.Dataset``. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ...council_schemas import vocabularies
from ...council_schemas.exports import mem
from .. import vocabulary
from ..catalogue import Catalogue
from ..council import STATISTICAL_GEOGRAPHY
from . import Entry
from .fields import Dict, address, addresses, box, checksum, date, dicts, mail, merged, moment, size, text, texts
from .record import CLOSED, OPEN, RESTRICTED, Agent, Concept, Dataset, File, Licence, Period, Place

_ACCESS = {"OPEN": OPEN, "COMMERCIAL": RESTRICTED, "INTERNAL": CLOSED}
_LANGUAGES = {code: short for short, code in vocabulary.LANGUAGES.items()}
# Pages and services, where the address does not give the data itself.
_INDIRECT = {
    "html",
    "htm",
    "api",
    "wms",
    "wfs",
    "wmts",
    "wcs",
    "rest",
    "sparql",
    "odata",
    "arcgis geoservice",
    "esri rest",
}


def dataset(source: Dict, organization: Dict | None, site: Catalogue) -> Dataset:
    """What the public may see of a dataset published by ``organization`` (its public dictionary), as plain values."""
    fields, of = merged(source), organization or next(iter(dicts(source.get("organization"))), {})
    title = text(fields.get("title")) or text(fields.get("name"))
    frequency, interval = _frequency(fields)
    licence = _licence(fields)
    return Dataset(
        id=text(fields.get("id")),
        name=text(fields.get("name")),
        type=text(fields.get("type")) or "dataset",
        uri=_uri(fields, site),
        page=page(fields, site),
        title=title,
        description=text(fields.get("notes")),
        identifier=text(fields.get("identifier")),
        version=text(fields.get("version")),
        keywords=tuple(dict.fromkeys(filter(None, (text(t.get("name")) for t in dicts(fields.get("tags")))))),
        themes=tuple(_themes(fields)),
        organisation=text(of.get("title")) or text(of.get("name")),
        publisher=_publisher(fields, of, site),
        creators=tuple(_agents(fields.get("creator"))),
        contact=_contact(fields, of, site),
        licence=licence,
        access=_access(fields),
        frequency=frequency,
        interval=interval,
        periods=tuple(_periods(fields)),
        places=tuple(_places(fields)),
        languages=_languages(fields.get("language")),
        landing_page=address(fields.get("url")),
        documentation=addresses(fields.get("documentation")),
        conforms_to=addresses(fields.get("conforms_to")),
        created=date(fields.get("created")),
        issued=date(fields.get("issued")),
        modified=date(fields.get("modified")),
        record_created=moment(fields.get("metadata_created")),
        record_modified=moment(fields.get("metadata_modified")),
        files=tuple(
            _file(fields, resource, licence, place, site)
            for place, resource in enumerate(dicts(source.get("resources")))
        ),
    )


def entry(each: Entry, site: Catalogue) -> Dataset:
    """A dataset of the feed, under the address that the feed gives it."""
    return replace(dataset(each.source.dataset, each.source.organization, site), uri=each.uri)


def page(fields: Dict, site: Catalogue) -> str:
    """Address of the page about a dataset; one of a type without pages of its own is shown as any dataset."""
    kind = text(fields.get("type"))
    return f"{site.base}/{kind if kind in site.page_types else 'dataset'}/{text(fields.get('name'))}"


def _uri(fields: Dict, site: Catalogue) -> str:
    given = address(fields.get("uri"))
    return given or f"{site.uri.rstrip('/')}/dataset/{text(fields.get('id'))}"


def _term(name: str, value: Any) -> vocabularies.Term | None:
    listed = vocabularies.get(name)
    return listed.get(listed.match(text(value)) or "")


def _frequency(fields: Dict) -> tuple[Concept, str]:
    said = text(fields.get("frequency"))
    term = _term("frequency", said) or _term("frequency", vocabulary.frequency_uri(said) or "")
    if term is None:
        return Concept("", said), ""
    unknown = term.code.endswith("/UNKNOWN")
    return Concept("", "") if unknown else Concept(term.code, term.label), term.extra.get("interval", "")


def _licence(fields: Dict) -> Licence:
    code = text(fields.get("license_id"))
    term = _term("licence", code)
    if term is not None and term.code != "notspecified":
        return Licence(term.label, address(term.extra.get("url")) or address(fields.get("license_url")))
    if code in ("", "notspecified"):
        return Licence()
    return Licence(text(fields.get("license_title")) or code, address(fields.get("license_url")))


def _access(fields: Dict) -> str:
    term = _term("access_right", fields.get("access_rights"))
    return _ACCESS.get(term.extra.get("uk", "") if term else "", OPEN)


def _themes(fields: Dict) -> Iterator[Concept]:
    for value in texts(fields.get("theme")):
        term = _term("theme", value) or _term("theme", vocabulary.theme_uri(value) or "")
        yield Concept(term.code, term.label) if term else Concept(address(value), vocabulary.concept_label(value))


def _agents(value: Any) -> Iterator[Agent]:
    for each in dicts(value):
        name = text(each.get("name"))
        if name:
            yield Agent(name, address(each.get("uri")), address(each.get("url")), mail(each.get("email")))


def _publisher(fields: Dict, of: Dict, site: Catalogue) -> Agent | None:
    """Who is named; else the organisation; else the portal."""
    named = next(_agents(fields.get("publisher")), None)
    if named:
        return named
    if name := text(fields.get("publisher_name")):
        uri, url = address(fields.get("publisher_uri")), address(fields.get("publisher_url"))
        return Agent(name, uri, url, mail(fields.get("publisher_email")))
    if name := text(of.get("title")) or text(of.get("name")):
        uri = f"{site.uri.rstrip('/')}/organization/{text(of.get('id'))}"
        return Agent(name, uri, address(of.get("url")), mail(of.get("email")))
    return Agent(site.publisher_name, site.publisher_uri, site.base)


def _contact(fields: Dict, of: Dict, site: Catalogue) -> Agent | None:
    """Whom to ask: the dataset's contact, its maintainer or author, the organisation, the portal: the first with a mail
    address; without any, the first with a name."""
    own = [(c.get("name"), c.get("email")) for c in dicts(fields.get("contact"))]
    own += [
        (fields.get(f"{p}_name") or fields.get(p), fields.get(f"{p}_email"))
        for p in ("contact", "maintainer", "author")
    ]
    named = [(text(name), mail(email)) for name, email in own]
    named += [(text(of.get("title")), mail(of.get("email"))), (site.publisher_name, mail(site.email))]
    name = next((n for n, _ in named if n), "")
    for its, email in named:
        if email:
            return Agent(its or name or email, email=email)
    return Agent(name) if name else None


def _periods(fields: Dict) -> Iterator[Period]:
    found = dicts(fields.get("temporal_coverage"))
    found = found or [{"start": fields.get("temporal_start"), "end": fields.get("temporal_end")}]
    for each in found:
        start, end = date(each.get("start")), date(each.get("end"))
        if start or end:
            yield Period(start, end)


def _places(fields: Dict) -> Iterator[Place]:
    code = text(fields.get("gss_area"))
    if re.fullmatch(r"[A-Z]\d{8}", code):
        term = _term("gss", code)
        yield Place(term.label if term else "", STATISTICAL_GEOGRAPHY + code)
    given = dicts(fields.get("spatial_coverage"))
    old = {"uri": fields.get("spatial_uri"), "text": fields.get("spatial_text"), "geom": fields.get("spatial")}
    for each in [*given, old]:
        around = box(each.get("bbox")) or box(each.get("geom")) or box(each.get("centroid"))
        name, uri = text(each.get("text")), address(each.get("uri"))
        if not name and not uri and not around and isinstance(each.get("geom"), str):
            name = text(each.get("geom")) if not each["geom"].lstrip().startswith("{") else ""
        if name or uri or around:
            yield Place(name, uri, around)


def _languages(value: Any) -> tuple[str, ...]:
    """Two-letter codes; a language that is not known here is left out."""
    found = (vocabulary.language_uri(each.rsplit("/", 1)[-1]) for each in texts(value))
    return tuple(dict.fromkeys(_LANGUAGES[uri.rsplit("/", 1)[-1]] for uri in found if uri))


def _file(fields: Dict, resource: Mapping[str, Any], licence: Licence, position: int, site: Catalogue) -> File:
    key, dataset_id = text(resource.get("id")), text(fields.get("id"))
    download = address(resource.get("download_url"))
    url = download or address(resource.get("url")) or address(resource.get("access_url"))
    kind = text(resource.get("format"))
    media_type = mem.media_type(resource)
    indirect = kind.lower() in _INDIRECT or media_type == "text/html" or not address(resource.get("url"))
    own = text(resource.get("license"))
    return File(
        id=key,
        uri=address(resource.get("uri")) or f"{site.uri.rstrip('/')}/dataset/{dataset_id}/resource/{key}",
        page=f"{page(fields, site)}/resource/{key}",
        name=text(resource.get("name")),
        description=text(resource.get("description")),
        url=url,
        is_download=bool(download) or resource.get("url_type") == "upload" or not indirect,
        format=kind,
        media_type="" if media_type == mem.UNKNOWN_MEDIA_TYPE else media_type,
        size=size(resource.get("size")),
        checksum=checksum(resource.get("hash"), resource.get("hash_algorithm")),
        issued=date(resource.get("issued")) or moment(resource.get("created")),
        modified=date(resource.get("modified"))
        or moment(resource.get("last_modified"))
        or moment(resource.get("metadata_modified")),
        licence=Licence("" if address(own) else own, address(own)) if own else licence,
        conforms_to=addresses(resource.get("conforms_to")),
        position=position,
    )
