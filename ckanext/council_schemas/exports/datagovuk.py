"""A dataset in the form that data.gov.uk's CKAN harvester reads: its names for fields (pure).

Source: data.gov.uk, Accepted CKAN fields; the names, themes and schema ids of its own CKAN extension. Addresses of services and
functions are those of the Local Government Association.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .. import areas, dates, vocabularies
from ..calendar import naming, periods
from .mem import FUNCTION, SERVICE, day

Record = dict[str, Any]
#: Keys that ``extras`` may give, and names that ``files`` may.
EXTRAS = frozenset(
    [
        "la_service",
        "la_function",
        "contact-name",
        "contact-email",
        "contact-phone",
        "temporal_coverage-from",
        "temporal_coverage-to",
        "temporal_granularity",
        "geographic_coverage",
        "theme-primary",
        "mandate",
        "update_frequency",
        "date_released",
        "date_updated",
        "licence",
        "schema-vocabulary",
        "unpublished",
    ]
)
FILES = ("resource_type", "date", "schema_url", "schema_type")
# What data.gov.uk calls a licence, of those that it knows by a name of its own.
LICENCES = {"uk-ogl": "uk-ogl", "ogl-uk-3.0": "uk-ogl"}
# CKAN's own licence ids; of any other, data.gov.uk wants the name.
_STANDARD = frozenset(
    [
        "notspecified",
        "odc-pddl",
        "odc-odbl",
        "odc-by",
        "cc-zero",
        "cc-by",
        "cc-by-sa",
        "gfdl",
        "other-open",
        "other-pd",
        "other-at",
        "uk-ogl",
        "cc-nc",
        "other-nc",
        "other-closed",
    ]
)
_DOCUMENTS = frozenset({"pdf", "html", "doc", "docx", "odt", "txt"})
# EU's themes by the names of data.gov.uk's; it has none for technology and international issues.
THEMES = {
    "AGRI": "environment",
    "ECON": "business-and-economy",
    "EDUC": "education",
    "ENER": "environment",
    "ENVI": "environment",
    "GOVE": "government",
    "HEAL": "health",
    "JUST": "crime-and-justice",
    "REGI": "towns-and-cities",
    "SOCI": "society",
    "TRAN": "transport",
}
SPENDING = "government-spending"
_SPENDING_SETS = frozenset({"expenditure-over-500", "procurement-card", "grants-vcse", "contracts"})
# data.gov.uk's word where it is not the list's own, by the end of the frequency's address.
_FREQUENCIES = {"NEVER": "never", "NOT_PLANNED": "never", "UNKNOWN": "", "OTHER": ""}
_GRAINS = {
    "PT1M": "minute",
    "PT1H": "hour",
    "P1D": "day",
    "P1W": "week",
    "P1M": "month",
    "P3M": "quarter",
    "P1Y": "year",
}
# One figure for each nation, as data.gov.uk writes where a dataset is about. Its pages no longer tell of this field: the
# forms are those of its CKAN extension (GeoCoverageType of ckanext-dgu, and that class's tests).
_NATIONS = {"E": "100000: England", "S": "010000: Scotland", "W": "001000: Wales", "N": "000100: Northern Ireland"}
_TOGETHER = {
    "K02000001": "111100: United Kingdom (England, Scotland, Wales, Northern Ireland)",
    "K03000001": "111000: Great Britain (England, Scotland, Wales)",
    "K04000001": "101000: England, Wales",
}
_SCHEMA_TYPES = {"csv": "csvlint", "xml": "xsd"}
# Schemas that data.gov.uk has a number for, by the address that a dataset says it conforms to (without http(s)).
_LGA, _GITHUB = "schemas.opendata.esd.org.uk/", "github.com/datagovuk/schemas/raw/master/local-gov/"
SCHEMAS = {
    _GITHUB + "fraud.json": "4f43aae8-01be-4e3b-8aac-69899226a9e2",
    _GITHUB + "pay_multiples.json": "c7ae02ed-2d38-450a-a00f-24d707e093ee",
    _GITHUB + "trade_union_facility_time.json": "27dadbaf-e9df-4955-a485-309df39f80f0",
    _LGA + "LandAssets": "120a04c9-3f60-4f73-a575-bda4ee170f0f",
    _LGA + "Contracts": "2c65118f-6cc5-4769-9933-01e8a2b61b7e",
    _LGA + "Spend": "8e4fd0b6-ba36-4d06-a807-554a7c9fe679",
    _LGA + "SeniorSalaryCount": "e39e5b58-6e15-4575-9e7d-3d02bd6d5018",
    _LGA + "SeniorEmployees": "cc520a16-9511-4129-86de-4eb3edeb235c",
    _LGA + "planningapplications/PlanningApplications.json": "81a5a4ef-35d7-4edb-8161-719dfb1342ce",
    _LGA + "premiseslicences/PremisesLicences.json": "b1800329-58d0-4734-a407-3b8f1b53849c",
    _LGA + "publictoilets/PublicToilets.json": "0f36b093-0081-47e1-a050-189883a53f7a",
}


def dataset(dataset: Mapping[str, Any], base_url: str) -> Record:
    """``package_show``'s dictionary as data.gov.uk takes it; a field without a value is left out of ``extras``."""
    licence = str(dataset.get("license_id") or "")
    return {
        "id": dataset["id"],
        "name": dataset["name"],
        "title": dataset.get("title") or dataset["name"],
        "notes": dataset.get("notes") or dataset.get("title") or "",
        "license_id": LICENCES.get(licence.lower(), dataset.get("license_title") or licence),
        "url": f"{base_url}/dataset/{dataset['name']}",
        "tags": [{"name": tag["name"]} for tag in dataset.get("tags") or []],
        "extras": [{"key": key, "value": value} for key, value in extras(dataset).items()],
        "resources": [
            _resource(each, names) for each, names in zip(dataset.get("resources") or [], files(dataset), strict=True)
        ],
    }


def extras(dataset: Mapping[str, Any]) -> dict[str, str]:
    """The extras that data.gov.uk reads, of ``package_show``'s dictionary; those without a value are left out."""
    contact, period = _first(dataset.get("contact")), _first(dataset.get("temporal_coverage"))
    service, function = _text(dataset.get("lgsl_service")), _text(dataset.get("esd_function"))
    found = {
        "la_service": SERVICE + service if service else "",
        "la_function": FUNCTION + function if function else "",
        "contact-name": _text(contact.get("name")),
        "contact-email": _text(contact.get("email")).removeprefix("mailto:"),
        "contact-phone": _text(contact.get("telephone")),
        "temporal_coverage-from": day(period.get("start")) or "",
        "temporal_coverage-to": _last_day(period.get("end")),
        "temporal_granularity": _GRAINS.get(_text(dataset.get("temporal_resolution")), ""),
        "geographic_coverage": _nation(dataset),
        "theme-primary": _theme(dataset),
        "mandate": _addresses(dataset.get("applicable_legislation")),
        "update_frequency": _frequency(dataset.get("frequency")),
        "date_released": day(dataset.get("issued")) or "",
        "date_updated": day(dataset.get("modified")) or "",
        "licence": _licence(dataset),
        "schema-vocabulary": _schema(dataset),
        "unpublished": "false",
    }
    return {key: value for key, value in found.items() if value}


def files(dataset: Mapping[str, Any]) -> list[dict[str, str]]:
    """What data.gov.uk reads of each file besides CKAN's own fields."""
    resources = [each for each in dataset.get("resources") or [] if isinstance(each, Mapping)]
    applies = [_applies(each) for each in resources]
    # "A dataset's resources should all have a date value or none should."
    dated = applies if all(applies) else [""] * len(applies)
    found = []
    for resource, date in zip(resources, dated, strict=True):
        form = _text(resource.get("format")).lower()
        schema = next(iter(_list(resource.get("conforms_to")) or _list(dataset.get("conforms_to"))), "")
        names = {
            "resource_type": "documentation" if form in _DOCUMENTS else "file",
            "date": date,
            "schema_url": schema,
            "schema_type": _SCHEMA_TYPES.get(form, "") if schema else "",
        }
        found.append({name: value for name, value in names.items() if value})
    return found


def _resource(resource: Mapping[str, Any], names: Mapping[str, str]) -> Record:
    made = {
        "id": resource.get("id"),
        "name": resource.get("name") or resource.get("description") or resource.get("url"),
        "url": resource.get("url"),
        "format": _text(resource.get("format")),
        **names,
    }
    return {name: value for name, value in made.items() if value}


def _applies(resource: Mapping[str, Any]) -> str:
    """The month in which the period ends that a file's name tells: 2026/03."""
    found = naming.find(_text(resource.get("name")))
    return found[0].end.strftime("%Y/%m") if found else ""


def _last_day(value: Any) -> str:
    """The last day of a year, a month or a day."""
    text = (dates.iso(_text(value)) or "")[:10]
    if len(text) == len("2026"):
        return f"{text}-12-31"
    if len(text) == len("2026-03"):
        return periods.month(int(text[:4]), int(text[5:])).end.isoformat()
    return text


def _frequency(value: Any) -> str:
    code = _text(value)
    term = vocabularies.get("frequency").get(code)
    return _FREQUENCIES.get(code.rsplit("/", 1)[-1], term.label.lower() if term else "")


def _theme(dataset: Mapping[str, Any]) -> str:
    if dataset.get("transparency_set") in _SPENDING_SETS:
        return SPENDING
    codes = [each.rsplit("/", 1)[-1] for each in _list(dataset.get("theme"))]
    return next((THEMES[code] for code in codes if code in THEMES), "")


def _nation(dataset: Mapping[str, Any]) -> str:
    places = [_text(place.get("uri")) for place in dataset.get("spatial_coverage") or [] if isinstance(place, Mapping)]
    codes = [_text(dataset.get("gss_area")), *(place.removeprefix(areas.STATISTICAL_GEOGRAPHY) for place in places)]
    known = [code for code in codes if areas.CODE.fullmatch(code)]
    told = (_TOGETHER.get(code) or _NATIONS.get(code[0]) for code in known)
    return next(filter(None, told), "")


def _licence(dataset: Mapping[str, Any]) -> str:
    """In words, where the id is none that data.gov.uk knows."""
    code = _text(dataset.get("license_id"))
    return "" if not code or code.lower() in _STANDARD else _text(dataset.get("license_title")) or code


def _schema(dataset: Mapping[str, Any]) -> str:
    """data.gov.uk's number of the schema that the dataset says it follows."""
    said = [address.split("://", 1)[-1].split("?")[0].rstrip("/") for address in _list(dataset.get("conforms_to"))]
    return next((SCHEMAS[address] for address in said if address in SCHEMAS), "")


def _addresses(value: Any) -> str:
    """As a JSON list, the form of data.gov.uk's example."""
    found = _list(value)
    return json.dumps(found) if found else ""


def _first(value: Any) -> Mapping[str, Any]:
    return next((each for each in value or [] if isinstance(each, Mapping)), {}) if isinstance(value, list) else {}


def _list(value: Any) -> list[str]:
    return [_text(each) for each in (value if isinstance(value, list) else [value]) if _text(each)]


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else "" if value is None else str(value)
