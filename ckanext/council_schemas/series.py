"""The order of a series' members, and the next one (pure).

Field names are those of ckanext-dataset-series and ckanext-dcat: ``in_series`` on a member; ``series_order_field``
and ``series_order_type`` on the series.
"""

import re
from datetime import date, timedelta
from typing import Any

Dict = dict[str, Any]
TYPE = "dataset_series"
DEFAULT_ORDER = "temporal_coverage"
# What next quarter's dataset has in common with the last one.
COPIED = [
    "notes",
    "tags",
    "owner_org",
    "license_id",
    "theme",
    "contact",
    "transparency_set",
    "lgsl_service",
    "esd_function",
    "use_area",
    "language",
    "gss_area",
    "spatial_coverage",
    "spatial_resolution_in_meters",
    "temporal_resolution",
    "legacy_source",
    "provenance",
    "frequency",
    "quality_statement",
    "sensitivity",
    "security_classification",
    "access_rights",
    "conforms_to",
    "applicable_legislation",
    "hvd_category",
    "publisher",
    "creator",
    "documentation",
    "url",
    "private",
]


def order_key(dataset: Dict, field: str, kind: str = "") -> tuple[Any, ...]:
    """Sorts members by a field, those without a value first; a period counts by its first day."""
    value = dataset.get(field)
    if field == "temporal_coverage":
        starts = [str(p.get("start") or "") for p in value or [] if isinstance(p, dict)]
        value = min((s for s in starts if s), default="")
    text = str(value or "")
    if kind == "number":
        try:
            return (1, float(text), dataset.get("title", ""))
        except ValueError:
            return (0, 0.0, dataset.get("title", ""))
    natural = [(1, int(p), "") if p.isdigit() else (0, 0, p) for p in re.split(r"(\d+)", text.lower()) if p]
    return (bool(text), natural, str(dataset.get("title", "")).lower())


def ordered(members: list[Dict], series: Dict) -> list[Dict]:
    """The members in the order that the series asks for, else by the time that they cover."""
    field = series.get("series_order_field") or DEFAULT_ORDER
    return sorted(members, key=lambda d: order_key(d, field, series.get("series_order_type") or ""))


def brief(dataset: Dict | None) -> Dict | None:
    """What navigation says of a dataset."""
    return {key: dataset.get(key) for key in ("id", "name", "title", "type", "uri")} if dataset else None


def of_member(series: Dict, members: list[Dict], dataset_id: str) -> Dict:
    """A series as its member shows it: itself, and who comes before and after."""
    ids = [m["id"] for m in members]
    at = ids.index(dataset_id) if dataset_id in ids else None
    before = members[at - 1] if at else None
    after = members[at + 1] if at is not None and at + 1 < len(members) else None
    shown = {key: series.get(key) for key in ("id", "name", "title", "type")}
    return {**shown, "previous": brief(before), "next": brief(after)}


def next_period(start: str, end: str) -> tuple[str, str] | None:
    """The period of the same length after ``start`` to ``end`` (ISO days, both included), or None.

    Whole months stay whole months: after 1 January to 31 March comes 1 April to 30 June.
    """
    try:
        first, last = date.fromisoformat(start), date.fromisoformat(end)
    except ValueError:
        return None
    if last < first:
        return None
    after = last + timedelta(days=1)
    if first.day == after.day:
        months = (after.year - first.year) * 12 + after.month - first.month
        return after.isoformat(), (_plus_months(after, months) - timedelta(days=1)).isoformat()
    return after.isoformat(), (last + (after - first)).isoformat()


def _plus_months(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, min(day.day, 28) if day.day > 28 else day.day)


def following(series: Dict, last: Dict | None) -> Dict:
    """The fields of the dataset that comes next: those of the last member, or of the series if there is none.

    Its description is the series' where the members have no other; the title gets the new period.
    """
    source = last or series
    fields = {name: source[name] for name in COPIED if source.get(name) not in (None, "", [])}
    if series.get("notes"):
        fields["notes"] = series["notes"]
    fields["tags"] = [{"name": tag["name"]} for tag in source.get("tags") or []]
    fields |= {"in_series": [series["id"]], "type": "dataset", "title": series["title"]}
    period = _period(last)
    if period:
        fields["temporal_coverage"] = [{"start": period[0], "end": period[1]}]
        fields["title"] = f"{series['title']}, {period[0]} to {period[1]}"
    return fields


def _period(last: Dict | None) -> tuple[str, str] | None:
    periods = [p for p in (last or {}).get("temporal_coverage") or [] if isinstance(p, dict)]
    ends = [(str(p.get("end") or ""), str(p.get("start") or "")) for p in periods]
    end, start = max(ends, default=("", ""))
    return next_period(start, end) if start and end else None
