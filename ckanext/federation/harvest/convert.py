"""A record to a dataset of the portal, cleaned; pure.

Every value that is left out or changed beyond tidying leaves a note, so that a steward can see what became
of it. The dataset has the fields of DCAT-AP as the portal's dataset type names them; ``shape`` fits it to
the type that is really there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from . import carried, files, licences, people, places, text, vocab
from .cleaner import LONGEST_FIELD, Cleaner, is_web, statement
from .record import Record, canonical, sha256

# Raise it when conversion changes: unchanged records are then converted again, once.
VERSION = 5
MOST_TAGS = 100
_GSS = re.compile(r"\b([ENSWK]\d{8})\b")


@dataclass(frozen=True, slots=True)
class Policy:
    """What a node's registration says of conversion. ``base``: the address that relative links resolve against."""

    base: str = ""
    licence_map: tuple[tuple[str, str], ...] = ()
    registered_licences: frozenset[str] = frozenset({licences.UNKNOWN})
    contacts: str = "team"

    def digest(self) -> str:
        """Changes when the same record could convert differently."""
        own = [self.base, sorted(self.licence_map), sorted(self.registered_licences), self.contacts]
        return sha256(canonical([VERSION, own]))[:16]


@dataclass(slots=True)
class Converted:
    """A dataset with what the portal keeps beside it; ``refused``: why there is none (or "")."""

    dataset: dict[str, Any] = field(default_factory=dict)
    publisher: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    refused: str = ""
    hops: list[dict[str, str]] = field(default_factory=list)

    @property
    def content_hash(self) -> str:
        """Equal when the dataset is the same but for the order of its files."""
        files = sorted(self.dataset.get("resources", []), key=canonical)
        return sha256(canonical([{**self.dataset, "resources": files}, self.publisher]))


def convert(record: Record, policy: Policy) -> Converted:
    """The dataset of a record. Never raises for what the record holds: what cannot be published is refused."""
    clean = Cleaner(policy.base, list(record.notes), policy.contacts == "all")
    title = clean.line(record.title, "title", 500)
    refused = record.refused or ("" if title else "It has no title.")
    if text.TEMPLATE.search(record.upstream_id):
        refused = "Its identifier is an unrendered template."
    if refused:
        return Converted(refused=refused, notes=clean.notes)
    statements = [line for value in record.licences if (line := clean.raw(statement(value), "licence"))]
    licence_id, unmapped = licences.find(statements, policy.registered_licences, dict(policy.licence_map))
    if unmapped:
        clean.note(f"licence: “{text.plain(unmapped)[:120]}” is not one the portal knows; kept as stated")
    publisher = _publisher(record.publisher, "publisher", clean)
    landing = clean.address(record.landing_page, "landing page")
    dataset: dict[str, Any] = {
        "title": title,
        "notes": clean.prose(record.description, "description"),
        "url": landing,
        "identifier": record.upstream_id,
        "license_id": licence_id,
        "publisher": [publisher] if publisher else [],
        "contact": _contacts(record.contacts, publisher, clean),
        "resources": files.resources(record, landing, statements, unmapped, clean),
        **_when_and_where(record, clean),
        **_vocabulary(record, clean),
        **_more(record, publisher, clean),
        **carried.fields(record.own, clean),
    }
    return Converted(
        {key: value for key, value in dataset.items() if value not in ("", [], None)},
        _publisher(record.owner, "organisation", clean) or publisher,
        clean.notes,
        "",
        record.hops,
    )


def _when_and_where(record: Record, clean: Cleaner) -> dict[str, Any]:
    return {
        "issued": clean.date(record.issued, "issued"),
        "modified": clean.date(record.modified, "modified"),
        "temporal_coverage": _periods(record.temporal, clean),
        "spatial_coverage": _places(record.spatial, clean),
        "gss_area": _area(record.spatial),
        "temporal_resolution": clean.line(record.temporal_resolution, "temporal resolution", 100),
        "spatial_resolution_in_meters": _number(record.spatial_resolution, clean),
    }


def _more(record: Record, publisher: dict[str, str], clean: Cleaner) -> dict[str, Any]:
    creator = _publisher(record.creator, "creator", clean)
    return {
        "version": clean.line(record.version, "version", 100),
        "version_notes": clean.prose(record.version_notes, "version notes", LONGEST_FIELD),
        "provenance": clean.prose(record.provenance, "provenance", LONGEST_FIELD),
        "legacy_source": clean.line(record.legacy_source, "source system", 300),
        "lgsl_service": clean.line(record.lgsl_service, "service", 20),
        "creator": [creator] if creator and creator != publisher else [],
        "dcat_type": clean.line(record.kind, "type", 300),
        "alternate_identifier": clean.each(record.other_ids, "ids", "other identifier"),
        "conforms_to": clean.addresses(record.conforms_to, "conforms to"),
        "documentation": clean.addresses(record.documentation, "documentation"),
        "applicable_legislation": clean.addresses(record.legislation, "legislation"),
        "is_referenced_by": clean.addresses(record.referenced_by, "referenced by"),
        "has_version": clean.addresses(record.has_version, "has version"),
    }


def _area(stated: list[Any]) -> str:
    """The GSS code of the one area that the places name."""
    texts = [str(one.get("@id") or one.get("uri") or "") if isinstance(one, dict) else str(one) for one in stated]
    codes = {code for one in texts if len(one) < 300 for code in _GSS.findall(one)}
    return codes.pop() if len(codes) == 1 else ""


def _number(stated: Any, clean: Cleaner) -> str:
    value = text.clean(stated)
    if value and not re.fullmatch(r"\d{1,9}(\.\d+)?", value):
        clean.note(f"spatial resolution: “{value[:60]}” is no number of metres and was left out")
        return ""
    return value


def _vocabulary(record: Record, clean: Cleaner) -> dict[str, Any]:
    words = clean.each(record.themes, "themes", "theme")
    themes = sorted({found for word in words if (found := vocab.theme(word))})
    loose = [word for word in words if not re.match(r"https?://", word)]
    unknown = [word for word in words if word not in loose and not vocab.theme(word)]
    if unknown:
        clean.note(f"theme: {', '.join(unknown)[:300]} is in no vocabulary here and was left out")
    stated_frequency = clean.line(record.frequency, "frequency", 100)
    frequency = vocab.frequency(stated_frequency)
    if stated_frequency and not frequency:
        clean.note(f"frequency: “{stated_frequency}” is in no vocabulary and was left out")
    tongues = clean.each(record.languages, "languages", "language")
    strange = [tongue for tongue in tongues if not vocab.language(tongue)]
    if strange:
        clean.note(f"language: “{', '.join(strange)[:100]}” is in no vocabulary here and was left out")
    access = clean.line(record.access_rights, "access rights", 300)
    return {
        "tags": _tags([*clean.each(record.keywords, "keywords", "keyword"), *loose], clean),
        "theme": themes,
        "frequency": frequency,
        "language": sorted({found for tongue in tongues if (found := vocab.language(tongue))}),
        "access_rights": vocab.access(access) or access,
    }


def _tags(words: list[str], clean: Cleaner) -> list[str]:
    """Words as CKAN's tags: letters, digits, spaces and ``-_.``, 2 to 100 characters, distinct without case."""
    tags: dict[str, str] = {}
    for word in words:
        tag = " ".join(re.sub(r"[^\w \-.]", " ", word).split())[:100].strip()
        if len(tag) >= 2:
            tags.setdefault(tag.casefold(), tag)
        else:
            clean.note(f"keyword: “{word[:40]}” is no word and was left out")
    if len(tags) > MOST_TAGS:
        clean.note(f"keywords: only {MOST_TAGS} of {len(tags)} are kept")
    return sorted(tags.values(), key=str.casefold)[:MOST_TAGS]


def _publisher(stated: dict[str, Any], label: str, clean: Cleaner) -> dict[str, str]:
    name = clean.line(stated.get("name"), label, 200)
    uri = text.clean(stated.get("uri"))
    email, _personal = people.email(clean.raw(stated.get("email"), label))
    # Platforms that know no publisher give their own host or a search page instead.
    nameless = name.startswith("<") or name.casefold() in {"nobody", "none", "null", "-", "n/a"}
    if not name or nameless or "://" in name or re.fullmatch(r"[\w-]+(\.[\w-]+)+", name):
        left = [one for one in (name, uri, email) if one]
        if left:
            clean.note(f"{label}: “{', '.join(left)[:200]}” names no organisation and was left out")
        return {}
    if uri and not (is_web(uri) and "?" not in uri):
        clean.note(f"{label}: “{uri[:120]}” identifies no organisation and was left out")
        uri = ""
    if text.clean(stated.get("email")) and not email:
        clean.note(f"{label}: its e-mail address cannot be used, or is a person's, and was left out")
    entry = {
        "name": name,
        "uri": uri,
        "email": email,
        "url": clean.address(stated.get("url"), label),
        "type": clean.line(stated.get("type"), label, 300),
        "identifier": clean.line(stated.get("identifier"), label, 300),
    }
    return {key: value for key, value in entry.items() if value}


def _contacts(stated: list[dict[str, Any]], publisher: dict[str, str], clean: Cleaner) -> list[dict[str, str]]:
    contacts: list[dict[str, str]] = []
    for one in stated:
        raw_name, raw_email = clean.raw(one.get("name"), "contact"), clean.raw(one.get("email"), "contact")
        email, hid_email = people.email(raw_email or raw_name)
        name, hid_name = (text.plain(raw_name), False) if clean.everyone else people.name(raw_name)
        if (hid_name or hid_email) and not clean.everyone and people.is_of(raw_name, raw_email):
            # One of the two is a person's, and the other tells the same.
            name = email = ""
            hid_email = True
        if clean.everyone and hid_email:
            email = raw_email.removeprefix("mailto:")
        elif hid_email or hid_name:
            clean.note("contact: a person's name or address was withheld")
        if raw_email.removeprefix("mailto:").strip() and not email and not hid_email:
            clean.note("contact: its e-mail address cannot be used and was left out")
        url = clean.address(one.get("url"), "contact")
        if not (name or email or url):
            continue
        uri, identifier = text.clean(one.get("uri")), clean.line(one.get("identifier"), "contact", 300)
        entry = {"name": name or publisher.get("name", ""), "email": email, "url": url}
        entry |= {"uri": uri if is_web(uri) else "", "identifier": identifier}
        entry = {key: value for key, value in entry.items() if value}
        if entry not in contacts:
            contacts.append(entry)
    return contacts


def _places(stated: list[Any], clean: Cleaner) -> list[dict[str, str]]:
    values = [clean.raw(value, "place") if isinstance(value, str) else value for value in places.boxed(stated)]
    found = [(value, places.coverage(value)) for value in values]
    for value, place in found:
        if value and not place:
            clean.note(f"area: “{canonical(value)[:60]}” is no place on earth that can be told and was left out")
    return [place for _value, place in found if place and "{{" not in canonical(place)]


def _periods(stated: list[tuple[Any, Any]], clean: Cleaner) -> list[dict[str, str]]:
    periods: list[dict[str, str]] = []
    for start, end in stated:
        entry = {"start": clean.date(start, "period"), "end": clean.date(end, "period")}
        entry = {key: value for key, value in entry.items() if value}
        if entry and entry not in periods:
            periods.append(entry)
    return periods
