"""A dataset as a record of the UK Cross-Government Metadata Exchange Model (pure).

The model: https://co-cddo.github.io/ukgov-metadata-exchange-model. Its lists of organisations (``creator``,
``publisher``) hold central bodies only; here any organisation's slug stands there, which is the one rule of its JSON
Schema that these records do not keep. What the model requires and a dataset leaves open is filled in by the rules
named below; the one thing that cannot be made up is an email address (``missing`` tells).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from .. import dates, vocabularies

Record = dict[str, Any]
DATASET, DISTRIBUTION = "dcat:Dataset", "dcat:Distribution"
FUNCTION = "http://id.esd.org.uk/function/"
SERVICE = "http://id.esd.org.uk/service/"
# The model: "If the frequency is unknown then use the value freq:irregular". It has nothing rarer than every three years.
UNKNOWN_FREQUENCY = "freq:irregular"
# RFC 2046: what nobody can say more of.
UNKNOWN_MEDIA_TYPE = "application/octet-stream"
SUMMARY = 250
_EMAIL = re.compile(r"\S+@[\S+.]+\S+")
_MEDIA_TYPE = re.compile(r"(application|audio|font|image|message|model|multipart|text|video)/\S+")
_RELATED = ("source", "has_version", "is_version_of", "is_referenced_by", "related_resource")


def dataset(
    dataset: Mapping[str, Any],
    base_url: str,
    organisation: Mapping[str, Any] | None = None,
    fallback_contact: Mapping[str, str] | None = None,
) -> Record:
    """The ``Dataset`` record of ``package_show``'s dictionary.

    ``base_url`` is the portal's address without a slash at the end. ``organisation`` is ``organization_show``'s
    dictionary, with ``email`` and ``sector``; without it the dataset's own ``organization`` is used.
    ``fallback_contact`` (``name``, ``email``) is the portal's, for a dataset and an organisation without one.
    Optional slots without a value are left out, and so is ``contactPoint`` when nobody has an email address.
    """
    of: Mapping[str, Any] = organisation or dataset.get("organization") or {}
    modified = day(dataset.get("modified"), dataset.get("metadata_modified"))
    record = {
        "identifier": identifier(dataset, base_url),
        "type": DATASET,
        "title": _text(dataset.get("title")) or _text(dataset.get("name")),
        "summary": summary(_text(dataset.get("notes"))),
        "description": _text(dataset.get("notes")) or _text(dataset.get("title")),
        "keyword": [tag["name"] for tag in dataset.get("tags") or [] if tag.get("name")],
        "theme": _themes(dataset),
        "licence": licence(dataset),
        "version": _text(dataset.get("version")) or modified,
        "accessRights": access_rights(dataset),
        "securityClassification": _security(dataset, of),
        "contactPoint": contact(dataset, of, fallback_contact or {}),
        "created": day(dataset.get("created")),
        "issued": day(dataset.get("issued"), dataset.get("metadata_created")),
        "modified": modified,
        "creator": _agents(dataset.get("creator")) or _agents(dataset.get("publisher")) or _own(of),
        "publisher": next(iter(_agents(dataset.get("publisher")) or _own(of)), "unknown"),
        "relatedResource": _related(dataset, base_url),
        "updateFrequency": frequency(dataset.get("frequency")),
        "distribution": [_resource_id(dataset, r, base_url) for r in dataset.get("resources") or []],
    }
    return _filled(record)


def distribution(dataset: Mapping[str, Any], resource: Mapping[str, Any], base_url: str) -> Record:
    """The ``Distribution`` record of one of a dataset's resources."""
    size = _text(resource.get("size"))
    url = _text(resource.get("download_url")) or _text(resource.get("url"))
    record = {
        "identifier": _resource_id(dataset, resource, base_url),
        "type": DISTRIBUTION,
        "title": _text(resource.get("name")) or _text(dataset.get("title")) or _text(dataset.get("name")),
        "description": _text(resource.get("description")),
        "licence": _text(resource.get("license")) or licence(dataset),
        "accessRights": access_rights(dataset),
        "mediaType": media_type(resource),
        "byteSize": int(size) if size.isdigit() and int(size) > 0 else None,
        "downloadURL": url if is_address(url) else None,
        "issued": day(resource.get("issued"), resource.get("created")),
        "modified": day(resource.get("modified"), resource.get("last_modified") or resource.get("metadata_modified")),
    }
    return _filled(record)


def records(dataset_dict: Mapping[str, Any], base_url: str, **more: Any) -> list[Record]:
    """The dataset's record and those of its distributions, in one list: the model links them by identifier."""
    files = [distribution(dataset_dict, r, base_url) for r in dataset_dict.get("resources") or []]
    return [dataset(dataset_dict, base_url, **more), *files]


def missing(record: Record) -> list[str]:
    """The slots that the model requires of a Dataset and that the record has not: only contactPoint can lack."""
    return [slot for slot in ("contactPoint",) if slot not in record]


def identifier(dataset: Mapping[str, Any], base_url: str) -> str:
    """The dataset's own URI or identifier where it is a web address, else its address on this portal."""
    for key in ("uri", "identifier"):
        if is_address(_text(dataset.get(key))):
            return _text(dataset.get(key))
    return f"{base_url}/dataset/{dataset.get('id') or dataset.get('name')}"


def frequency(value: Any) -> str:
    """``freq:quarterly`` for an EU authority address or any name that the list knows."""
    listed = vocabularies.get("frequency")
    term = listed.get(listed.match(_text(value)) or "")
    return (term.extra.get("uk") if term else "") or UNKNOWN_FREQUENCY


def access_rights(dataset: Mapping[str, Any]) -> str:
    """OPEN, COMMERCIAL or INTERNAL. Where nothing or only a text is said, what the portal lets people see counts."""
    listed = vocabularies.get("access_right")
    term = listed.get(listed.match(_text(dataset.get("access_rights"))) or "")
    if term and term.extra.get("uk"):
        return term.extra["uk"]
    return "INTERNAL" if dataset.get("private") else "OPEN"


def licence(dataset: Mapping[str, Any]) -> str:
    """The licence's web address, else its name."""
    code = _text(dataset.get("license_id"))
    listed = vocabularies.get("licence")
    term = listed.get(listed.match(code) or "")
    address = (term.extra.get("url") if term else "") or _text(dataset.get("license_url"))
    return address or (term.label if term else "") or _text(dataset.get("license_title")) or code or "notspecified"


def media_type(resource: Mapping[str, Any]) -> str:
    """The IANA media type said or known from the format or the address's ending."""
    said = _text(resource.get("mimetype"))
    if _MEDIA_TYPE.fullmatch(said):
        return said
    listed = vocabularies.get("file_type")
    ending = _text(resource.get("url")).split("?")[0].rsplit("/", 1)[-1].rpartition(".")[2]
    for name in (_text(resource.get("format")), said, ending):
        term = listed.get(listed.match(name) or "") if name else None
        if term and term.extra.get("media_type"):
            return term.extra["media_type"]
    return UNKNOWN_MEDIA_TYPE


def contact(
    dataset: Mapping[str, Any], organisation: Mapping[str, Any], fallback: Mapping[str, str]
) -> dict[str, str] | None:
    """Name and email of whom to ask: the dataset's contact, its maintainer or author, the organisation, the portal."""
    own = [(c.get("name"), c.get("email")) for c in dataset.get("contact") or [] if isinstance(c, Mapping)]
    people = [(dataset.get(p), dataset.get(f"{p}_email")) for p in ("maintainer", "author")]
    where = [(organisation.get("title"), organisation.get("email")), (fallback.get("name"), fallback.get("email"))]
    named = next((_text(n) for n, _ in [*own, *people] if _text(n)), "")
    for name, email in [*own, *people, *where]:
        address = _text(email).removeprefix("mailto:")
        if _EMAIL.fullmatch(address):
            return {
                "contactName": _text(name) or named or _text(organisation.get("title")) or address,
                "email": address,
            }
    return None


def summary(text: str) -> str:
    """The first words of a description in at most 250 characters and one line, without Markdown's marks."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    plain = " ".join(re.sub(r"[*_`#>]+", " ", re.sub(r"<[^>]*>", " ", plain)).split())
    if len(plain) <= SUMMARY:
        return plain
    return plain[: SUMMARY - 1].rsplit(" ", 1)[0][: SUMMARY - 1] + "…"


def day(value: Any, otherwise: Any = None) -> str | None:
    """A whole day, as the model wants. A year or month gets the day of ``otherwise`` if that lies in it, else its first."""
    text, other = ((dates.iso(_text(v)) or "")[:10] for v in (value, otherwise))
    text = text if re.fullmatch(r"\d{4}(-\d\d){0,2}", text) else ""
    other = other if re.fullmatch(r"\d{4}-\d\d-\d\d", other) else ""
    if not text or (len(text) < len("2026-01-01") and other.startswith(text)):
        return other or None
    return (text + "-01-01")[: len("2026-01-01")]


def slug(name: str) -> str:
    """An organisation's name as GOV.UK writes it in addresses."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _security(dataset: Mapping[str, Any], organisation: Mapping[str, Any]) -> str:
    """What is said; else OFFICIAL, which all information of public bodies is, and NOT_APPLICABLE for other sectors."""
    said = vocabularies.get("security_classification").match(_text(dataset.get("security_classification")))
    return said or ("NOT_APPLICABLE" if organisation.get("sector") in ("private", "third") else "OFFICIAL")


def _agents(groups: Any) -> list[str]:
    names = [slug(_text(g.get("name"))) for g in groups or [] if isinstance(g, Mapping)]
    return list(dict.fromkeys(n for n in names if n))


def _own(organisation: Mapping[str, Any]) -> list[str]:
    name = _text(organisation.get("name")) or slug(_text(organisation.get("title")))
    return [name] if name else ["unknown"]


def _themes(dataset: Mapping[str, Any]) -> list[str]:
    found = [_text(t) for t in _list(dataset.get("theme"))]
    for field, prefix in (("esd_function", FUNCTION), ("lgsl_service", SERVICE)):
        if _text(dataset.get(field)).isdigit():
            found.append(prefix + _text(dataset.get(field)))
    return [t for t in dict.fromkeys(found) if is_address(t)]


def _related(dataset: Mapping[str, Any], base_url: str) -> list[str]:
    series = [_text(v) for v in _list(dataset.get("in_series"))]
    found = [v if is_address(v) else f"{base_url}/dataset/{v}" for v in series if v]
    found += [_text(v) for field in _RELATED for v in _list(dataset.get(field))]
    found += [_text(r.get("relation")) for r in dataset.get("qualified_relation") or [] if isinstance(r, Mapping)]
    return [v for v in dict.fromkeys(found) if is_address(v)]


def _resource_id(dataset: Mapping[str, Any], resource: Mapping[str, Any], base_url: str) -> str:
    given = _text(resource.get("uri"))
    return given if is_address(given) else f"{base_url}/dataset/{dataset.get('id')}/resource/{resource.get('id')}"


def _filled(record: Record) -> Record:
    return {key: value for key, value in record.items() if value not in (None, "", [], {})}


def _list(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else "" if value is None else str(value)


def is_address(value: str) -> bool:
    return bool(re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", value))
