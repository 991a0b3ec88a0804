"""DCAT as nested JSON: DCAT-US 1.1 and 3.0 data.json, ArcGIS Hub's DCAT-AP JSON-LD, Socrata, DKAN; pure.

All of them hang datasets under a catalogue and distributions under a dataset, with terms of the same local
names; ``terms`` takes care of prefixes and case. The RDF dialect frames its graphs to the same shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .. import vocab
from ..record import Page, Record, as_list
from ..text import clean
from . import hub_item
from .dcat_parts import agent, contact, distributions, page_of, period
from .decode import Document
from .terms import Watched, code, first, fold, label, left_over, objects, tongues, values

_LISTS = ("dataset", "datasets")
_MEMBERS = ("seriesmember", "first", "last")
_DEEPEST = 5  # catalogues within catalogues
# What says nothing of the dataset itself.
_PLUMBING = frozenset({"type", "context", "incatalog", "issourceof"})


def accepts(document: Document) -> bool:
    """A catalogue object with datasets nested in it (none of them a mere reference), or a bare list of such."""
    items = _items(document.value)
    if items is None:
        return False
    nested = [item for item in items if isinstance(item, dict)]
    if not nested:
        return not items and isinstance(document.value, dict)
    return any({"title", "distribution", "identifier"} & fold(item).keys() for item in nested[:50])


def _items(value: Any) -> list[Any] | None:
    if isinstance(value, dict):
        terms = fold(value)
        if isinstance(terms.get("@graph"), list) and not terms.get("dataset"):
            return _of_graph(terms["@graph"])
        nested = _nested(terms)
        for name in _LISTS:
            if isinstance(terms.get(name), list | dict):
                return [*as_list(terms[name]), *nested]
        return nested or None
    if isinstance(value, list) and value and all(_is_dataset(one) for one in value[:20]):
        return value
    return None


def _nested(terms: Watched, deep: int = 0) -> list[Any]:
    """Datasets of catalogues within a catalogue, and those that a series has as its members (DCAT-US 3), each once."""
    found: list[Any] = []
    for one in as_list(terms.get("catalog")) if deep < _DEEPEST else ():
        inner = fold(one)
        found += [item for item in as_list(inner.get("dataset")) if isinstance(item, dict)] + _nested(inner, deep + 1)
    for series in as_list(terms.get("datasetseries")):
        of = fold(series)
        members = [
            item for name in _MEMBERS for item in as_list(of.get(name)) if isinstance(item, dict) and len(item) > 1
        ]
        found += [item for place, item in enumerate(members) if item not in members[:place]]
    return found


def _notes(terms: Watched) -> list[str]:
    """What of a catalogue is no dataset."""
    series = sum(isinstance(one, dict) for one in as_list(terms.get("datasetseries")))
    services = sum(isinstance(one, dict) for one in as_list(terms.get("service")))
    notes = [f"{series} series of datasets are in the feed; their datasets are harvested one by one."] if series else []
    return notes + (
        [f"{services} data services are in the feed; they are no datasets, and were left out."] if services else []
    )


def _of_graph(graph: list[Any]) -> list[Any] | None:
    catalogues = [one for one in graph if isinstance(one, dict) and isinstance(fold(one).get("dataset"), list)]
    if catalogues and all(isinstance(one, dict) and len(one) > 1 for one in fold(catalogues[0])["dataset"]):
        return fold(catalogues[0])["dataset"]
    return None


def _is_dataset(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    kinds = {str(kind).rsplit(":", 1)[-1].rsplit("#", 1)[-1] for kind in as_list(value.get("@type"))}
    bare = not any("://" in key for key in value)
    return bare and ("Dataset" in kinds or {"title", "distribution"} <= fold(value).keys())


def page(document: Document) -> Page:
    """The catalogue's datasets; a ``hydra:next`` or ``next`` address leads on."""
    terms = fold(document.value)
    view = fold(terms.get("view")) or terms
    following = first(view, "next", "nextpage")
    address = clean(following.get("@id") if isinstance(following, dict) else following)
    items = _items(document.value) or []
    following_page = address if address.startswith("http") else ""
    return Page(items, next_url=following_page, repeats=repeats(items), notes=_notes(terms))


def repeats(items: list[Any]) -> dict[str, str]:
    """The records that are another record of these over again (ArcGIS Hub), by identity."""
    return hub_item.repeats(named(items))


def named(items: list[Any]) -> Iterator[tuple[str, str]]:
    """Identity and title of each record."""
    objects_only = (one for one in items if isinstance(one, dict))
    return ((identity(one), clean(label(first(fold(one), "title")))) for one in objects_only)


def identity(item: Any) -> str:
    """dct:identifier, else the dataset's own address, an ArcGIS item's in one way; "" when it has neither."""
    terms = fold(item)
    stated = clean(label(first(terms, "identifier")))
    if not stated or "{{" in stated:
        stated = clean(terms.get("@id") or terms.get("id"))
        if stated.startswith("_:") or "{{" in stated:
            return ""
    return hub_item.canonical(stated)


def read(item: Any) -> Record:
    """The record of one dataset object."""
    terms = fold(item)
    modified, frequency = _modified(terms)
    left: list[str] = []
    record = Record(
        upstream_id=identity(item),
        title=label(first(terms, "title")),
        description=label(first(terms, "description", "abstract")),
        keywords=[label(one) for one in [*values(terms, "keyword", "keywords"), *values(terms, "tag", "tags")]],
        # ArcGIS Hub says "geospatial" of every dataset; it is a word, no theme.
        themes=[_theme(one) for one in values(terms, "theme", "themes", "category") if label(one) != "geospatial"],
        issued=label(first(terms, "issued", "created", "date")),
        modified=modified,
        landing_page=_landing(terms),
        licences=_licences(terms),
        rights=_access_note(terms),
        access_rights=_access(terms),
        publisher=agent(_one(terms, "publisher") or _one(terms, "creator"), left, "publisher."),
        contacts=[contact(one, left) for one in values(terms, "contactpoint")],
        languages=[code(one) for one in values(terms, "language")],
        spatial=_places(terms),
        temporal=_periods(terms),
        frequency=frequency,
        provenance=label(first(terms, "provenance", "lineage")),
        **_more(terms, left),
        distributions=distributions(terms.get("distribution"), left),
        own={"hvd_category": [code(one) for one in values(terms, "hvdcategory")]},
    )
    if not terms.get("identifier"):
        terms.get("id")
    further = _further(item)
    record.notes = [*left_over([*terms.unread(but=_PLUMBING), *left]), *tongues(terms), *further]
    return record


def _more(terms: Watched, left: list[str]) -> dict[str, Any]:
    """The rarer terms, of DCAT-AP 3 and DCAT-US 3."""
    notes = ("describedby", "page", "references", "documentation")
    return {
        "version": label(first(terms, "versioninfo", "version")),
        "version_notes": label(first(terms, "versionnotes")),
        "kind": code(first(terms, "type")),
        "creator": agent(_one(terms, "creator"), left, "creator."),
        "temporal_resolution": label(first(terms, "temporalresolution")),
        "spatial_resolution": label(first(terms, "spatialresolutioninmeters")),
        "conforms_to": [code(one) for one in values(terms, "conformsto")],
        "documentation": [page_of(one) for name in notes for one in values(terms, name)],
        "legislation": [code(one) for one in values(terms, "applicablelegislation")],
        "referenced_by": [code(one) for one in values(terms, "isreferencedby")],
        "has_version": [code(one) for one in values(terms, "hasversion")],
        "other_ids": [_notation(one) for one in [*values(terms, "otheridentifier"), *_further_ids(terms)]],
    }


def _further_ids(terms: Watched) -> list[Any]:
    """``adms:identifier`` has the local name of ``dct:identifier``; of a list of those all but the first are further."""
    others = [
        one for name in ("adms:identifier", "http://www.w3.org/ns/adms#identifier") for one in values(terms, name)
    ]
    return [*as_list(terms.get("identifier"))[1:], *others]


def _notation(value: Any) -> Any:
    return label(first(fold(value), "notation", "identifier")) or code(value) if isinstance(value, dict) else value


def _one(terms: Watched, name: str) -> Any:
    """The agent; of several the first that has a name (DCAT-US 3 and RDF allow lists)."""
    found = values(terms, name)
    return next((one for one in found if not isinstance(one, dict) or label(one)), found[0] if found else "")


def _theme(value: Any) -> Any:
    """The address of one that the portal knows, else its label."""
    address = code(value) if isinstance(value, dict) else ""
    return address if isinstance(address, str) and vocab.theme(address) else label(value)


def _places(terms: Watched) -> list[Any]:
    """``spatial``, else what USmart says of the area: four sides, a name."""
    found = [fold(one) if isinstance(one, dict) else one for one in values(terms, "spatial", "bbox")]
    sides = [label(first(terms, f"boundingbox{side}")) for side in ("west", "south", "east", "north")]
    box = [",".join(map(str, sides))] if all(side not in ("", None) for side in sides) else []
    return found or [*box, *values(terms, "coveragearea")]


def _periods(terms: Watched) -> list[tuple[Any, Any]]:
    found = [one for stated in values(terms, "temporal") if (one := period(stated))]
    start, end = (label(first(terms, f"temporalcoverage{side}")) for side in ("start", "end"))
    return found or ([(start, end)] if start or end else [])


def _access_note(terms: Watched) -> Any:
    """``rights`` of DCAT-US says why access is what it is; DCAT-AP's may be an object, or stand at ``accessRights``."""
    stated, access = first(terms, "rights"), first(terms, "accessrights")
    found = code(stated) if isinstance(stated, dict) else label(stated)
    return found or (label(access) if isinstance(access, dict) and not access.get("@id") else "")


def _further(item: Any) -> list[str]:
    others = item.get("@other") if isinstance(item, dict) else None
    return [f"texts in other languages ({', '.join(others)}) are kept in the raw record"] if others else []


def _modified(terms: dict[str, Any]) -> tuple[Any, Any]:
    """DCAT-US lets ``modified`` hold a repeating interval (R/P1D): that is a frequency."""
    modified, frequency = label(first(terms, "modified", "updated")), code(first(terms, "accrualperiodicity"))
    if isinstance(modified, str) and modified.startswith("R/P"):
        return "", frequency or modified
    return modified, frequency


def _landing(terms: dict[str, Any]) -> Any:
    page_address = page_of(first(terms, "landingpage"))
    if page_address:
        return page_address
    own = clean(terms.get("@id"))
    return own if own.startswith("http") else ""


def _access(terms: dict[str, Any]) -> Any:
    stated = first(terms, "accessrights")
    described = isinstance(stated, dict) and not stated.get("@id")
    return label(first(terms, "accesslevel")) or ("" if described else code(stated))


def _licences(terms: dict[str, Any]) -> list[Any]:
    """The dataset's licence, else the one that its distributions share (Opendatasoft repeats it on each)."""
    own = [code(one) or label(one) for one in values(terms, "license", "licence")]
    if own:
        return own
    files = [fold(one) for one in objects(terms.get("distribution"))]
    stated = [code(one) or label(one) for file in files for one in values(file, "license", "licence")]
    return list(dict.fromkeys(clean(one) for one in stated))
