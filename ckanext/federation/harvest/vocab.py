"""Upstream words for themes, frequencies, languages, formats and access, to the EU's authority tables; pure.

Source: the Publications Office's tables data-theme, frequency, language, file-type and access-right
(https://op.europa.eu/en/web/eu-vocabularies/authority-tables). A word that is not certain maps to "".
"""

from __future__ import annotations

import re

_AUTHORITY = "http://publications.europa.eu/resource/authority/"
THEME, FREQUENCY = _AUTHORITY + "data-theme/", _AUTHORITY + "frequency/"
LANGUAGE, ACCESS = _AUTHORITY + "language/", _AUTHORITY + "access-right/"

_THEME_WORDS = {
    "AGRI": "agriculture fisheries forestry food farming allotments",
    "ECON": "economy finance business industry spending spend expenditure budget budgets procurement contracts "
    "employment jobs skills council-tax tax business-rates economic",
    "EDUC": "education culture sport schools school libraries library museums arts heritage leisure recreation tourism",
    "ENER": "energy electricity gas",
    "ENVI": "environment waste recycling air-quality pollution parks biodiversity climate trees greenspace flooding "
    "conservation water environmental",
    "GOVE": "government public-sector council elections election democracy transparency governance councillors",
    "HEAL": "health social-care wellbeing care hospitals public-health",
    "INTR": "international",
    "JUST": "justice legal crime police safety public-safety community-safety law",
    "REGI": "regions cities planning housing property land boundaries built-environment addresses regeneration",
    "SOCI": "population society demographics demography census communities community equalities deprivation people "
    "social-services",
    "TECH": "science technology digital research",
    "TRAN": "transport transportation parking roads road traffic cycling highways buses mobility travel",
}
_THEMES = {word: code for code, words in _THEME_WORDS.items() for word in words.split()}

_FREQUENCIES = {
    "CONT": "continuous continual continous",
    "UPDATE_CONT": "r/pt1s real-time realtime live update_cont continuously-updated",
    "HOURLY": "hourly r/pt1h",
    "DAILY": "daily r/p1d every-day weekdays business-days every-weekday weekdays-only",
    "WEEKLY_2": "r/p3.5d semiweekly twice-a-week",
    "WEEKLY": "every-7-days weekly r/p1w r/p7d every-week",
    "BIWEEKLY": "biweekly fortnightly r/p2w r/p0.5m every-two-weeks every-2-weeks",
    "MONTHLY": "monthly r/p1m every-month",
    "BIMONTHLY": "bimonthly r/p2m every-two-months every-2-months",
    "QUARTERLY": "quarterly r/p3m every-three-months every-3-months",
    "TRIENNIAL": "r/p3y every-three-years every-3-years triennial",
    "ANNUAL_3": "r/p4m r/p0.33y three-times-a-year every-4-months every-four-months",
    "ANNUAL_2": "biannual biannually semiannual half-yearly twice-a-year r/p6m six-monthly every-6-months every-six-months twice-yearly",
    "ANNUAL": "annual annually yearly r/p1y every-year",
    "QUINQUENNIAL": "r/p5y every-five-years every-5-years quinquennial",
    "BIENNIAL": "biennial biennially r/p2y every-two-years every-2-years",
    "QUADRENNIAL": "r/p4y quadrennial every-4-years every-four-years",
    "DECENNIAL": "decennial r/p10y every-ten-years every-10-years",
    "IRREG": "irregular irreg ad-hoc occasional irregularly intermittent",
    "AS_NEEDED": "as-needed as-required asneeded when-required",
    "NOT_PLANNED": "notplanned not-planned none-planned",
    "NEVER": "never not-updated historical one-off historical-data static",
    "UNKNOWN": "unknown",
}
_FREQUENCY_WORDS = {word: code for code, words in _FREQUENCIES.items() for word in words.split()}

_LANGUAGES = {
    **dict.fromkeys(("en", "eng", "english"), "ENG"),
    **dict.fromkeys(("cy", "cym", "wel", "welsh"), "CYM"),
    **dict.fromkeys(("gd", "gla"), "GLA"),
    **dict.fromkeys(("ga", "gle"), "GLE"),
    **dict.fromkeys(("fr", "fra", "fre", "french", "français"), "FRA"),
    **dict.fromkeys(("de", "deu", "ger"), "DEU"),
    **dict.fromkeys(("es", "spa"), "SPA"),
    **dict.fromkeys(("it", "ita"), "ITA"),
    **dict.fromkeys(("nl", "nld", "dut"), "NLD"),
    **dict.fromkeys(("pl", "pol"), "POL"),
    **dict.fromkeys(("pt", "por"), "POR"),
}
_ACCESS_WORDS = {
    **dict.fromkeys(("public", "open", "open to the public"), "PUBLIC"),
    **dict.fromkeys(("restricted", "restricted public", "open on certain conditions"), "RESTRICTED"),
    **dict.fromkeys(("non-public", "non public", "non_public", "private", "not open to the public"), "NON_PUBLIC"),
}
_MEDIA = {
    "text/csv": "CSV",
    "application/json": "JSON",
    "application/ld+json": "JSON-LD",
    "application/geo+json": "GeoJSON",
    "application/vnd.geo+json": "GeoJSON",
    "application/xml": "XML",
    "text/xml": "XML",
    "text/html": "HTML",
    "text/plain": "TXT",
    "text/turtle": "TTL",
    "text/tab-separated-values": "TSV",
    "application/rdf+xml": "RDF",
    "application/rssxml": "RSS",
    "application/rss+xml": "RSS",
    "application/pdf": "PDF",
    "application/zip": "ZIP",
    "application/x-zip-compressed": "ZIP",
    "application/vnd.ms-excel": "XLS",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.oasis.opendocument.spreadsheet": "ODS",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/msword": "DOC",
    "application/vnd.google-earth.kml+xml": "KML",
    "application/vnd.google-earth.kmz": "KMZ",
    "application/geopackage+sqlite3": "GPKG",
    "application/x-shapefile": "SHP",
    "application/vnd.apache.parquet": "Parquet",
    "application/gpx+xml": "GPX",
    "application/ics": "ICS",
    "text/calendar": "ICS",
}
_NAMED = {
    "web page": "HTML",
    "webpage": "HTML",
    "esri rest": "ArcGIS GeoServices REST API",
    "arcgis geoservice": "ArcGIS GeoServices REST API",
    "geojson": "GeoJSON",
    "json_ld": "JSON-LD",
    "rdf_turtle": "TTL",
    "shapefile": "SHP",
    "esri shape": "SHP",
    "excel": "XLSX",
    "spreadsheet": "XLSX",
    "octet stream": "",
    "bin": "",
    "data": "",
}


def theme(word: str) -> str:
    """EU data-theme URI of a label or address, or ""."""
    if word.startswith(THEME):
        return word if word.removeprefix(THEME) in _THEME_WORDS else ""
    key = word.casefold().replace("&", " ").replace(",", " ")
    words = re.findall(r"[a-z]+(?:-[a-z]+)*", key)
    joined = "-".join(words)
    codes = {_THEMES[joined]} if joined in _THEMES else {_THEMES[one] for one in words if one in _THEMES}
    return THEME + codes.pop() if len(codes) == 1 else ""


def frequency(word: str) -> str:
    """EU frequency URI of a label, an ISO 8601 repeating interval or an address, or ""."""
    if word.startswith(FREQUENCY):
        return word
    key = re.sub(r"\s+", "-", word.strip().casefold())
    code = _FREQUENCY_WORDS.get(key) or _FREQUENCY_WORDS.get(re.split(r"[/#]", key)[-1])
    if not code:
        code = key.upper() if key.upper() in _FREQUENCIES else ""
    return FREQUENCY + code if code else ""


def language(word: str) -> str:
    """EU language URI of a code, a locale ("en-GB"), a name or an address, or ""."""
    last = re.split(r"[/#:]", word.strip())[-1].casefold()
    code = _LANGUAGES.get(last) or _LANGUAGES.get(re.split(r"[-_]", last)[0])
    return LANGUAGE + code if code else ""


def access(word: str) -> str:
    """EU access-right URI of a word or an address, or ""."""
    last = re.split(r"[/#:]", word.strip())[-1].casefold()
    code = _ACCESS_WORDS.get(last.replace("_", "-")) or _ACCESS_WORDS.get(last)
    return ACCESS + code if code else ""


def format_of(stated: str, media_type: str, address: str) -> str:
    """Short name of a file's format: as stated, else by media type, else by the address's ending; may be ""."""
    name = _format_name(stated)
    if name:
        return name
    media = media_type.split(";", maxsplit=1)[0].strip().lower()
    media = media.rsplit("/media-types/", 1)[-1]
    if media in _MEDIA:
        return _MEDIA[media]
    found = re.search(r"\.([a-z0-9]{2,7})$", re.split(r"[?#]", address)[0].lower().rsplit("/", 1)[-1])
    known = {"csv", "xlsx", "xls", "json", "geojson", "xml", "pdf", "zip", "kml", "ods", "txt", "html", "tsv"}
    known |= {"docx", "doc", "rdf", "ttl", "gpkg", "shp", "parquet", "kmz", "gml", "gpx", "odt", "pptx", "htm"}
    return _format_name(found[1]) if found and found[1] in known else ""


def _format_name(stated: str) -> str:
    word = stated.strip()
    if "/" in word and word.split(";")[0].lower() in _MEDIA:
        return _MEDIA[word.split(";")[0].lower()]
    if "://" in word or word.lower().startswith("ftype:"):
        word = re.split(r"[/#:]", word.rstrip("/"))[-1]
    if protocol := re.match(r"(OGC|WWW):([A-Z]+)", word):  # as GeoNetwork states it
        word = protocol[2] if protocol[1] == "OGC" else "html" if protocol[2] == "LINK" else ""
    word = word.lstrip(".")
    if word.lower() in _NAMED:
        return _NAMED[word.lower()]
    if "/" in word:
        return ""
    return word.upper() if re.fullmatch(r"[A-Za-z0-9]{2,5}", word) else word[:60]
