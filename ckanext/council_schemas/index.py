"""Shape a dataset's search document (pure).

CKAN gives the index what is stored: lists as JSON text, geometries whole. Solr refuses a string of more than
32,766 bytes with the whole document, so one large map would hide its dataset from every search.
"""

import json
from collections.abc import Iterable
from typing import Any

from . import dates, vocabularies

Doc = dict[str, Any]
LIMIT = 32_766  # bytes of one term, Lucene's IndexWriter.MAX_TERM_LENGTH
SMALL = 4_000  # characters of a geometry that are still worth keeping whole
GEOMETRIES = ("geom", "bbox", "centroid")
# Analysed fields of CKAN's schema, which take text of any length, and the stored copies of the record.
TEXT = {"title", "notes", "author", "author_email", "maintainer", "maintainer_email", "text", "urls"}
TEXT |= {"res_name", "res_description", "data_dict", "validated_data_dict", "title_ngram", "name_ngram"}
INTERNAL = ("sensitivity", "dpia_status")


def shape(doc: Doc, list_fields: Iterable[str]) -> Doc:
    """The document with ``vocab_<field>`` for each list, labels to search by, dates, and nothing too large."""
    doc = dict(doc)
    for name in INTERNAL:
        doc.pop(name, None)
        doc.pop(f"extras_{name}", None)
    for name in list_fields:
        _decode(doc, name)
    for name in vocabularies.FIELD_VOCABULARY:
        _label(doc, name)
    _dates(doc)
    _places(doc)
    return _within_limits(doc)


def _decode(doc: Doc, name: str) -> None:
    values = loads(doc.pop(name, None))
    if values is None:
        return
    values = [str(v) for v in (values if isinstance(values, list) else [values]) if v]
    doc.pop(f"extras_{name}", None)
    if values:
        doc[f"vocab_{name}"] = values
        doc[f"extras_{name}"] = " ; ".join(values)


def _label(doc: Doc, name: str) -> None:
    """People search by the words of a code's label, in either language."""
    codes = doc.get(name)
    vocabulary = vocabularies.for_field(name)
    if not codes or not vocabulary:
        return
    terms = [vocabulary.get(code) for code in (codes if isinstance(codes, list) else [codes])]
    words = [text for term in terms if term for text in (term.label, term.label_cy) if text]
    if words:
        doc[f"extras_{name}_label"] = " ; ".join(words)


def _dates(doc: Doc) -> None:
    """Sortable copies of the dates that can be read; the others stay searchable as text."""
    periods = [p for p in _items(doc, "temporal_coverage") if isinstance(p, dict)]
    starts = [d for d in (dates.solr(p.get("start")) for p in periods) if d]
    ends = [d for d in (dates.solr(p.get("end")) for p in periods) if d]
    found = {
        "issued_date": dates.solr(doc.get("issued")),
        "modified_date": dates.solr(doc.get("modified")),
        "temporal_start_date": min(starts, default=None),
        "temporal_end_date": max(ends, default=None),
    }
    doc.update({name: date for name, date in found.items() if date})


def _places(doc: Doc) -> None:
    items = [dict(i) for i in _items(doc, "spatial_coverage") if isinstance(i, dict)]
    most = SMALL if _size(json.dumps(items)) <= LIMIT else LIMIT // 100  # of many places none keeps its outline
    large = [i[k] for i in items for k in GEOMETRIES if len(_text(i.get(k))) > most]
    if large:
        for item in items:
            for key in GEOMETRIES:
                if len(_text(item.get(key))) > most:
                    item.pop(key)
        doc["spatial_coverage"] = json.dumps(items)
        doc.pop("extras_spatial_coverage", None)
        # Set here, ckanext-dcat does not put the whole geometry in its place.
        if not doc.get("spatial"):
            doc["spatial"] = box(large[0])
    if len(_text(doc.get("spatial"))) > SMALL:
        doc["spatial"] = box(doc["spatial"])
        doc["extras_spatial"] = doc["spatial"]
    for key in [k for k in doc if k.startswith("extras_spatial") and len(_text(doc[k])) > LIMIT]:
        doc[key] = box(doc[key])
    for key in ("spatial", "extras_spatial"):
        if key in doc and not doc[key]:
            del doc[key]


def _within_limits(doc: Doc) -> Doc:
    return {key: kept for key, value in doc.items() if (kept := _kept(key, value)) is not None or value is None}


def _kept(key: str, value: Any) -> Any:
    if key in TEXT or key.startswith(("extras_", "res_extras_")):
        return value
    if isinstance(value, str):
        return value if _size(value) <= LIMIT else None
    if isinstance(value, list):
        return [v for v in value if not isinstance(v, str) or _size(v) <= LIMIT]
    return value


def box(geometry: Any) -> str | None:
    """The bounding box of a GeoJSON geometry (text or dict) as a GeoJSON polygon, or None if it has none."""
    xs, ys = [], []
    todo = [loads(geometry)]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            todo += [node[k] for k in ("coordinates", "geometry", "geometries", "features") if k in node]
        elif isinstance(node, list) and len(node) >= 2 and all(isinstance(n, int | float) for n in node[:2]):
            xs.append(node[0])
            ys.append(node[1])
        elif isinstance(node, list):
            todo += node
    if not xs:
        return None
    w, e, s, n = min(xs), max(xs), min(ys), max(ys)
    return json.dumps({"type": "Polygon", "coordinates": [[[w, s], [e, s], [e, n], [w, n], [w, s]]]})


def loads(value: Any) -> Any:
    """What JSON text stands for; anything else as it is."""
    if not isinstance(value, str) or value[:1] not in "[{":
        return value or None
    try:
        return json.loads(value)
    except ValueError:
        return value


def _items(doc: Doc, name: str) -> list[Any]:
    value = loads(doc.get(name))
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value) if value else ""


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
