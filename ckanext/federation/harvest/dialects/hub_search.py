"""ArcGIS Hub's search API v3 (JSON:API): ``/api/v3/datasets`` and its kin; pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..record import Distribution, Page, Record, as_list, whole
from ..text import clean
from . import hub_item
from .decode import Document
from .terms import Watched, left_over

# Hub's own book-keeping: how it draws, indexes and serves the layer.
_PLUMBING = frozenset(
    {
        *(
            "id",
            "itemId",
            "errors",
            "collection",
            "composeStatus",
            "composedAt",
            "contentSecurityPolicy",
            "displayField",
        ),
        *("advancedQueryCapabilities", "commentsEnabled", "enrichCoverage", "enrichQuality", "fieldNames", "groupIds"),
        *("hubType", "itemModified", "itemExtent", "layer", "layers", "maxRecordCount", "modifiedProvenance", "orgId"),
        *("objectIdField", "openData", "orgExtent", "server", "serverCapabilities", "sourceProvenance", "slug", "name"),
        *(
            "supportedExtensions",
            "supportedQueryFormats",
            "supportsAdvancedQueries",
            "thumbnail",
            "thumbnailUrl",
            "type",
        ),
        *(
            "typeCategories",
            "typeKeywords",
            "useStandardizedQueries",
            "validExtent",
            "xFrameOptions",
            "boundary",
            "owner",
        ),
        *(
            "currentVersion",
            "downloadable",
            "hasApi",
            "content",
            "searchDescription",
            "orgName",
            "organization",
            "source",
        ),
        *(
            "createdAt",
            "updatedAt",
            "serviceSpatialReference",
            "size",
            "screenshots",
            "properties",
            "statistics",
        ),
    }
)
_ITEM = "https://www.arcgis.com/home/item.html?id="


def accepts(document: Document) -> bool:
    """``data`` is a list of resources with attributes, or is empty beside Hub's ``meta``."""
    value = document.value
    if not isinstance(value, dict) or not isinstance(value.get("data"), list):
        return False
    items = value["data"]
    return all(isinstance(one, dict) and isinstance(one.get("attributes"), dict) for one in items) and (
        bool(items) or isinstance(value.get("meta"), dict)
    )


def page(document: Document) -> Page:
    """The page's items; ``meta.next`` or ``links.next`` leads on."""
    meta = document.value.get("meta") or {}
    links = document.value.get("links") or {}
    following = clean(meta.get("next") or (links.get("next") if isinstance(links, dict) else ""))
    stats = dict(meta["stats"]) if isinstance(meta.get("stats"), dict) else {}
    items = document.value["data"]
    return Page(items, following, whole(stats.get("totalCount")), repeats=hub_item.repeats(named(items)))


def named(items: list[Any]) -> Iterator[tuple[str, str]]:
    """Identity and title of each resource."""
    return ((identity(one), clean(one["attributes"].get("title"))) for one in items)


def identity(item: Any) -> str:
    """The item's address as Hub's DCAT feeds write it, so that a node keeps its datasets when its feed changes."""
    stated = str(item.get("id") or "") if isinstance(item, dict) else ""
    base, _, layer = stated.partition("_")
    if not base:
        return ""
    return hub_item.canonical(f"{_ITEM}{base}&sublayer={layer}" if layer.isdigit() else f"{_ITEM}{base}")


def read(item: dict[str, Any]) -> Record:
    """The record of one JSON:API resource."""
    terms = Watched(item["attributes"])
    links: dict[str, Any] = dict(item["links"]) if isinstance(item.get("links"), dict) else {}
    record = Record(
        upstream_id=identity(item),
        title=terms.get("title") or terms.get("name"),
        description=terms.get("description") or terms.get("searchDescription") or terms.get("snippet"),
        keywords=as_list(terms.get("tags")),
        themes=[clean(one).rsplit("/", 1)[-1] for one in as_list(terms.get("categories"))],
        issued=terms.get("created") or terms.get("createdAt"),
        modified=terms.get("modified") or terms.get("updatedAt"),
        landing_page=terms.get("landingPage") or links.get("itemPage") or terms.get("url"),
        licences=_licences(terms),
        access_rights=terms.get("access"),
        publisher={"name": terms.get("source") or terms.get("orgName") or terms.get("organization")},
        contacts=[{"name": terms.get("owner"), "email": terms.get("orgContactEmail")}],
        languages=as_list(terms.get("culture")),
        spatial=[terms["extent"]] if isinstance(terms.get("extent"), dict) else [],
        distributions=_files(terms, links),
        refused="" if terms.get("access", "public") in ("public", None) else "It is not shared with the public.",
    )
    record.notes = left_over(terms.unread(but=_PLUMBING))
    return record


def _licences(terms: dict[str, Any]) -> list[Any]:
    structured = terms.get("structuredLicense")
    if isinstance(structured, dict):
        stated = structured.get("url") or structured.get("text") or structured.get("name")
        if stated:
            return [stated]
    stated = terms.get("licenseInfo") or terms.get("license")
    return [stated] if stated and stated not in ("custom", "none") else []


def _files(terms: dict[str, Any], links: dict[str, Any]) -> list[Distribution]:
    files = (
        [Distribution(title="ArcGIS Hub page", access_url=links.get("itemPage"), format="HTML")]
        if links.get("itemPage")
        else []
    )
    if terms.get("url"):
        files.append(
            Distribution(title=terms.get("content") or "ArcGIS GeoService", access_url=terms["url"], format="Esri REST")
        )
    files += [
        Distribution(title=one.get("name"), access_url=one.get("url"), format=one.get("type"))
        for one in as_list(terms.get("additionalResources"))
        if isinstance(one, dict)
    ]
    return files
