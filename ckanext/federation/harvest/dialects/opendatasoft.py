"""Opendatasoft Explore v2.1 (``catalog/datasets``), its bare dataset answer, and the older Search v1; pure."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ..record import Distribution, Page, Record, as_list, whole
from .decode import Document
from .terms import Watched, first, left_over, mapping

_PLUMBING = frozenset(
    {
        *("title_for_embedding", "theme_id", "modified_updates_on_metadata_change", "modified_updates_on_data_change"),
        *(
            "metadata_processed",
            "data_processed",
            "records_count",
            "federated",
            "timezone",
            "geometry_types",
            "license",
        ),
        *(
            "metadata_languages",
            "parent_domain",
            "source_domain",
            "source_domain_address",
            "source_dataset",
            "geographic_reference_auto",
            "domain",
            "visibility",
        ),
    }
)


def accepts(document: Document) -> bool:
    """Datasets with ``dataset_id`` and ``metas``."""
    items = _items(document.value)
    return bool(items) and all(isinstance(one, dict) and "dataset_id" in one and "metas" in one for one in items[:20])


def _items(value: Any) -> list[Any]:
    if isinstance(value, dict) and "nhits" in value:
        return [_modern(one) for one in as_list(value.get("datasets")) if isinstance(one, dict) and "datasetid" in one]
    if isinstance(value, dict):
        return as_list(value.get("results")) if "results" in value else [value]
    return value if isinstance(value, list) else []


def _modern(item: dict[str, Any]) -> dict[str, Any]:
    """A dataset of Search v1 in the shape of Explore v2.1."""
    rest = {
        key: value for key, value in item.items() if key not in ("datasetid", "metas", "interop_metas", "extra_metas")
    }
    others = {**mapping(item.get("interop_metas")), **mapping(item.get("extra_metas"))}
    return {**rest, "dataset_id": item["datasetid"], "metas": {**others, "default": item.get("metas")}, "_v1": True}


def page(document: Document) -> Page:
    """The datasets; ``offset`` (``start`` in v1) leads on until ``total_count``. Each item learns the portal's address."""
    items = _items(document.value)
    parts = urlsplit(document.hints.url)
    site = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    items = [{**item, "_site": site} for item in items]
    answer = mapping(document.value)
    total, start = whole(answer.get("total_count", answer.get("nhits"))), "start" if "nhits" in answer else "offset"
    query = dict(parse_qsl(parts.query))
    reached = len(items) + (int(query[start]) if query.get(start, "").isdigit() else 0)
    if total is None or not items or reached >= total or not site:
        return Page(items, total=total)
    query[start] = str(reached)
    return Page(items, next_url=urlunsplit(parts._replace(query=urlencode(query))), total=total)


def identity(item: Any) -> str:
    """``dataset_uid`` stays when a dataset is renamed; ``dataset_id`` does not."""
    return str(item.get("dataset_uid") or item.get("dataset_id") or "") if isinstance(item, dict) else ""


def read(item: dict[str, Any]) -> Record:
    """The record of one dataset; ``data_visible: false`` leaves only the page as its file."""
    metas = mapping(item.get("metas"))
    default, dcat, dublin = (Watched(metas.get(name)) for name in ("default", "dcat", "dublin-core"))
    name, site = item.get("dataset_id"), item.get("_site", "")
    landing = f"{site}/explore/dataset/{name}/" if site else ""
    visible = item.get("data_visible", True)
    record = Record(
        upstream_id=identity(item),
        title=first(default, "title"),
        description=first(default, "description"),
        keywords=as_list(default.get("keyword")),
        themes=as_list(default.get("theme")),
        issued=first(dcat, "issued", "created") or first(dublin, "issued"),
        modified=first(default, "modified"),
        landing_page=landing,
        licences=[one for one in (first(default, "license_url") or first(default, "license"),) if one],
        publisher={"name": first(default, "publisher") or first(dcat, "creator")},
        contacts=[{"name": first(dcat, "contact_name"), "email": first(dcat, "contact_email")}],
        languages=as_list(default.get("language")),
        spatial=[one for one in (first(dcat, "spatial"), default.get("bbox"), *_territory(default)) if one][:2],
        temporal=[(first(dcat, "temporal_coverage_start"), first(dcat, "temporal_coverage_end"))],
        conforms_to=as_list(dcat.get("conforms_to")),
        access_rights=first(dcat, "accessrights"),
        legacy_source=first(default, "source_domain_title"),
        documentation=[one for one in as_list(default.get("references")) if "://" in str(one)],
        frequency=first(dcat, "accrualperiodicity") or first(default, "update_frequency"),
        distributions=_files(item, site, name, landing)
        if visible
        else [Distribution(title="Page", access_url=landing)],
    )
    hidden = [] if visible else ["its data is not visible upstream; only its page is linked"]
    others = {key: value for key, value in metas.items() if key not in ("default", "dcat", "dublin-core")}
    left = [Watched(value).unread(f"{key}.") for key, value in others.items() if key != "custom_view"]
    left += [default.unread(but=_PLUMBING), dcat.unread("dcat."), dublin.unread("dublin-core.")]
    record.notes = [
        *hidden,
        *left_over([*(["fields"] if item.get("fields") else []), *(name for names in left for name in names)]),
    ]
    return record


def _territory(default: Watched) -> list[Any]:
    return as_list(default.get("territory"))


def _files(item: dict[str, Any], site: str, name: Any, landing: str) -> list[Distribution]:
    old = item.get("_v1")
    export = f"{landing}download/?format=" if old else f"{site}/api/explore/v2.1/catalog/datasets/{name}/exports/"
    kinds = ["csv", "json", *(["geojson"] if "geo" in as_list(item.get("features")) else [])]
    files = [Distribution(title=kind.upper(), download_url=export + kind, format=kind) for kind in kinds if site]
    files = files if item.get("has_records") else []
    files += [
        Distribution(title=one.get("title"), download_url=one.get("url"), media_type=one.get("mimetype"))
        for one in [*as_list(item.get("attachments")), *as_list(item.get("alternative_exports"))]
        if isinstance(one, dict)
    ]
    return files or [Distribution(title="Page", access_url=landing)]
