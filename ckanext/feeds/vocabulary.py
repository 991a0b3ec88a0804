"""Codes of the EU authority tables that DCAT-AP names, and how councils' words map to them. Pure.

Sources: publications.europa.eu authority tables ``language``, ``frequency``, ``file-type`` and ``data-theme``;
IANA's registry of media types.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

AUTHORITY = "http://publications.europa.eu/resource/authority/"
IANA = "https://www.iana.org/assignments/media-types/"

# ISO 639-1 to the table's codes: the UK's own languages, and those councils translate into.
LANGUAGES = {
    "en": "ENG", "cy": "CYM", "gd": "GLA", "ga": "GLE", "sco": "SCO", "kw": "COR",
    "ar": "ARA", "bg": "BUL", "bn": "BEN", "cs": "CES", "da": "DAN", "de": "DEU", "el": "ELL", "es": "SPA",
    "fa": "FAS", "fi": "FIN", "fr": "FRA", "gu": "GUJ", "hi": "HIN", "hu": "HUN", "it": "ITA", "lt": "LIT",
    "lv": "LAV", "nl": "NLD", "pa": "PAN", "pl": "POL", "pt": "POR", "ro": "RON", "ru": "RUS", "sk": "SLK",
    "so": "SOM", "sv": "SWE", "ta": "TAM", "tr": "TUR", "uk": "UKR", "ur": "URD", "vi": "VIE", "zh": "ZHO",
}  # fmt: skip
LANGUAGE_NAMES = {"english": "ENG", "welsh": "CYM", "cymraeg": "CYM", "gaelic": "GLA", "irish": "GLE"}

FREQUENCIES = {
    "continuous": "UPDATE_CONT", "real time": "CONT", "hourly": "HOURLY", "daily": "DAILY", "weekly": "WEEKLY",
    "fortnightly": "BIWEEKLY", "biweekly": "BIWEEKLY", "monthly": "MONTHLY", "bimonthly": "BIMONTHLY",
    "quarterly": "QUARTERLY", "termly": "ANNUAL_3", "biannual": "ANNUAL_2", "biannually": "ANNUAL_2",
    "twice a year": "ANNUAL_2", "annual": "ANNUAL", "annually": "ANNUAL", "yearly": "ANNUAL",
    "biennial": "BIENNIAL", "triennial": "TRIENNIAL", "irregular": "IRREG", "as needed": "IRREG", "ad hoc": "IRREG",
    "never": "NEVER", "not planned": "NEVER", "one off": "NEVER", "unknown": "UNKNOWN", "other": "OTHER",
    "r/p1d": "DAILY", "r/p1w": "WEEKLY", "r/p2w": "BIWEEKLY", "r/p1m": "MONTHLY", "r/p2m": "BIMONTHLY",
    "r/p3m": "QUARTERLY", "r/p6m": "ANNUAL_2", "r/p1y": "ANNUAL", "r/p2y": "BIENNIAL", "r/pt1s": "UPDATE_CONT",
    "r/pt1h": "HOURLY",
}  # fmt: skip

# CKAN's format label to the table's code and IANA's media type.
FILE_TYPES = {
    "CSV": ("CSV", "text/csv"),
    "TSV": ("TSV", "text/tab-separated-values"),
    "XLS": ("XLS", "application/vnd.ms-excel"),
    "XLSX": ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ODS": ("ODS", "application/vnd.oasis.opendocument.spreadsheet"),
    "JSON": ("JSON", "application/json"),
    "GEOJSON": ("GEOJSON", "application/geo+json"),
    "JSON-LD": ("JSON_LD", "application/ld+json"),
    "JSONLD": ("JSON_LD", "application/ld+json"),
    "XML": ("XML", "application/xml"),
    "RDF": ("RDF", "application/rdf+xml"),
    "TTL": ("RDF_TURTLE", "text/turtle"),
    "KML": ("KML", "application/vnd.google-earth.kml+xml"),
    "KMZ": ("KMZ", "application/vnd.google-earth.kmz"),
    "GML": ("GML", "application/gml+xml"),
    "SHP": ("SHP", "application/vnd.shp"),
    "GPKG": ("GPKG", "application/geopackage+sqlite3"),
    "PDF": ("PDF", "application/pdf"),
    "HTML": ("HTML", "text/html"),
    "TXT": ("TXT", "text/plain"),
    "DOC": ("DOC", "application/msword"),
    "DOCX": ("DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "ODT": ("ODT", "application/vnd.oasis.opendocument.text"),
    "ZIP": ("ZIP", "application/zip"),
    "PNG": ("PNG", "image/png"),
    "JPEG": ("JPEG", "image/jpeg"),
    "JPG": ("JPEG", "image/jpeg"),
    "TIFF": ("TIFF", "image/tiff"),
    "PPTX": ("PPTX", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
}

THEMES = {
    "AGRI": "Agriculture, fisheries, forestry and food",
    "ECON": "Economy and finance",
    "EDUC": "Education, culture and sport",
    "ENER": "Energy",
    "ENVI": "Environment",
    "GOVE": "Government and public sector",
    "HEAL": "Health",
    "INTR": "International issues",
    "JUST": "Justice, legal system and public safety",
    "OP_DATPRO": "Provisional data",
    "REGI": "Regions and cities",
    "SOCI": "Population and society",
    "TECH": "Science and technology",
    "TRAN": "Transport",
}

_MEDIA_TYPE = re.compile(r"^[a-z]+/[a-z0-9][a-z0-9!#$&^_.+-]*$")


def language_uri(text: str) -> str | None:
    """``en``, ``en_GB``, ``eng``, ``English`` to the language's URI; None when it is not known here."""
    word = text.strip().lower().replace("_", "-")
    code = LANGUAGES.get(word.split("-")[0]) or LANGUAGE_NAMES.get(word)
    if not code and word.upper() in LANGUAGES.values():
        code = word.upper()
    return f"{AUTHORITY}language/{code}" if code else None


def frequency_uri(text: str) -> str | None:
    """``Quarterly``, ``R/P3M``, ``freq:quarterly`` to the frequency's URI."""
    word = re.sub(r"[\s_-]+", " ", text.strip().lower().removeprefix("freq:"))
    code = FREQUENCIES.get(word) or (word.upper() if word.upper() in FREQUENCIES.values() else None)
    return f"{AUTHORITY}frequency/{code}" if code else None


def media_type_uri(text: str) -> str | None:
    """``text/csv; charset=utf-8`` to IANA's page for it."""
    word = text.split(";", maxsplit=1)[0].strip().lower()
    return IANA + word if _MEDIA_TYPE.match(word) else None


def theme_uri(text: str) -> str | None:
    """A theme's code or its English name to its URI."""
    word = text.strip()
    for code, label in THEMES.items():
        if word.upper() == code or word.lower() == label.lower():
            return f"{AUTHORITY}data-theme/{code}"
    return None


def file_type(label: str) -> tuple[str, str] | None:
    """A format's label to the URI of its file type and its media type."""
    found = FILE_TYPES.get(label.strip().lstrip(".").upper())
    return (f"{AUTHORITY}file-type/{found[0]}", found[1]) if found else None


def concept_label(uri: str) -> str:
    """A label for a concept that came without one: its name in the table, else the last part of its address."""
    tail = unquote(re.split(r"[/#]", uri.rstrip("/#"))[-1]) or uri
    if uri.startswith(f"{AUTHORITY}data-theme/") and tail in THEMES:
        return THEMES[tail]
    return tail.replace("_", " ").replace("-", " ")
