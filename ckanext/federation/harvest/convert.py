"""A record to a dataset of the portal, cleaned; pure.

Every value that is left out or changed beyond tidying leaves a note, so that a steward can see what became
of it. The dataset has the fields of DCAT-AP as the portal's dataset type names them; ``shape`` fits it to
the type that is really there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from . import dates, licences, people, places, text, vocab
from .record import Distribution, Record, as_list, canonical, sha256

# Raise it when conversion changes: unchanged records are then converted again, once.
VERSION = 2
LONGEST_TEXT = 20_000
LONGEST_FIELD = 4_000
LONGEST_ADDRESS = 2_000
MOST_RESOURCES = 500
MOST_TAGS = 100
_NO_ADDRESS = {"n/a", "na", "none", "null", "nil", "tbc", "tba", "unknown", "-", "#", "."}


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

    @property
    def content_hash(self) -> str:
        """Equal when the dataset is the same but for the order of its files."""
        files = sorted(self.dataset.get("resources", []), key=canonical)
        return sha256(canonical([{**self.dataset, "resources": files}, self.publisher]))


class _Cleaner:
    """Cleans values of one record, and notes what it had to leave out."""

    def __init__(self, policy: Policy, notes: list[str]):
        self.policy = policy
        self.notes = notes

    def note(self, message: str) -> None:
        if message not in self.notes:
            self.notes.append(message)

    def raw(self, value: Any, label: str) -> str:
        """One string without templates."""
        cleaned, had = text.without_templates(text.clean(value))
        if had:
            self.note(f"{label}: an unrendered template was left out")
        return cleaned

    def line(self, value: Any, label: str, limit: int = LONGEST_FIELD) -> str:
        line = text.plain(self.raw(value, label))
        if len(line) > limit:
            self.note(f"{label}: cut to {limit:,} characters")
        return line[:limit]

    def prose(self, value: Any, label: str) -> str:
        prose = text.markdown(self.raw(value, label))
        if len(prose) > LONGEST_TEXT:
            self.note(f"{label}: cut to {LONGEST_TEXT:,} characters")
        return prose[:LONGEST_TEXT]

    def date(self, value: Any, label: str) -> str:
        found = dates.iso(value)
        stated = text.clean(value)
        if stated and not found:
            self.note(f"{label}: “{stated[:60]}” is no date and was left out")
        return found

    def address(self, value: Any, label: str) -> str:
        """An absolute http(s) or ftp address, or ""."""
        stated = text.clean(value.get("@id") if isinstance(value, dict) else value)
        if not stated:
            return ""
        if stated.casefold() in _NO_ADDRESS:
            return ""
        if text.TEMPLATE.search(stated):
            self.note(f"{label}: an unrendered template was left out")
            return ""
        schemeless = not re.match(r"(//|[a-zA-Z][a-zA-Z0-9+.-]*:)", stated)
        if schemeless and not re.match(r"[./?]|[^\s<>]*[./][^\s<>]*$", stated):
            self.note(f"{label}: “{stated[:80]}” is no web address and was left out")
            return ""
        # What RDF and browsers refuse in an address, percent-encoded.
        stated = re.sub(r'[\s<>"{}|\\^`]', lambda found: quote(found[0]), stated)
        if stated.startswith("//"):
            stated = "https:" + stated
        elif schemeless:
            stated = f"https://{stated}" if re.match(r"www\.", stated) else urljoin(self.policy.base, stated)
        if not _is_web(stated) or len(stated) > LONGEST_ADDRESS:
            self.note(f"{label}: “{stated[:80]}” is no web address and was left out")
            return ""
        return stated

    def each(self, values: list[Any], of: str, label: str) -> list[str]:
        """The distinct lines of a list; a single string with commas counts as a list of its parts."""
        lines: list[str] = []
        for value in values:
            for part in re.split(r"[,;]", value) if isinstance(value, str) and of == "keywords" else [value]:
                line = self.line(part, label, 500)
                if line and line not in lines:
                    lines.append(line)
        return lines


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https", "ftp"} and bool(parts.hostname) and (parts.port is None or True)
    except ValueError:
        return False


def convert(record: Record, policy: Policy) -> Converted:
    """The dataset of a record. Never raises for what the record holds: what cannot be published is refused."""
    clean = _Cleaner(policy, list(record.notes))
    title = clean.line(record.title, "title", 500)
    refused = record.refused or ("" if title else "It has no title.")
    if text.TEMPLATE.search(record.upstream_id):
        refused = "Its identifier is an unrendered template."
    if refused:
        return Converted(refused=refused, notes=clean.notes)
    statements = [line for value in record.licences if (line := clean.raw(_statement(value), "licence"))]
    licence_id, unmapped = licences.find(statements, policy.registered_licences, dict(policy.licence_map))
    if unmapped:
        clean.note(f"licence: “{text.plain(unmapped)[:120]}” is not one the portal knows; kept as stated")
    publisher = _publisher(record.publisher, clean)
    landing = clean.address(record.landing_page, "landing page")
    dataset: dict[str, Any] = {
        "title": title,
        "notes": clean.prose(record.description, "description"),
        "url": landing,
        "identifier": record.upstream_id,
        "issued": clean.date(record.issued, "issued"),
        "modified": clean.date(record.modified, "modified"),
        "license_id": licence_id,
        "version": clean.line(record.version, "version", 100),
        "provenance": clean.prose(record.provenance, "provenance")[:LONGEST_FIELD],
        "publisher": [publisher] if publisher else [],
        "contact": _contacts(record.contacts, publisher, clean),
        "resources": _resources(record, landing, statements, unmapped, clean),
        "spatial_coverage": _places(record.spatial, clean),
        "temporal_coverage": _periods(record.temporal, clean),
        "conforms_to": [found for value in record.conforms_to if (found := clean.address(value, "conforms to"))],
        "documentation": [found for value in record.documentation if (found := clean.address(value, "documentation"))],
        **_vocabulary(record, clean),
    }
    return Converted(
        {key: value for key, value in dataset.items() if value not in ("", [], None)}, publisher, clean.notes
    )


def _statement(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return value.get("@id") or value.get("url") or value.get("uri") or value.get("title") or value.get("name")


def _vocabulary(record: Record, clean: _Cleaner) -> dict[str, Any]:
    words = clean.each(record.themes, "themes", "theme")
    themes = sorted({found for word in words if (found := vocab.theme(word))})
    loose = [word for word in words if not re.match(r"https?://", word)]
    stated_frequency = clean.line(record.frequency, "frequency", 100)
    frequency = vocab.frequency(stated_frequency)
    if stated_frequency and not frequency:
        clean.note(f"frequency: “{stated_frequency}” is in no vocabulary and was left out")
    tongues = clean.each(record.languages, "languages", "language")
    access = clean.line(record.access_rights, "access rights", 300)
    return {
        "tags": _tags([*clean.each(record.keywords, "keywords", "keyword"), *loose]),
        "theme": themes,
        "frequency": frequency,
        "language": sorted({found for tongue in tongues if (found := vocab.language(tongue))}),
        "access_rights": vocab.access(access) or access,
    }


def _tags(words: list[str]) -> list[str]:
    """Words as CKAN's tags: letters, digits, spaces and ``-_.``, 2 to 100 characters, distinct without case."""
    tags: dict[str, str] = {}
    for word in words:
        tag = " ".join(re.sub(r"[^\w \-.]", " ", word).split())[:100].strip()
        if len(tag) >= 2:
            tags.setdefault(tag.casefold(), tag)
    return sorted(tags.values(), key=str.casefold)[:MOST_TAGS]


def _publisher(stated: dict[str, Any], clean: _Cleaner) -> dict[str, str]:
    name = clean.line(stated.get("name"), "publisher", 200)
    # Platforms that know no publisher give their own host or a search page instead.
    nameless = name.startswith("<") or name.casefold() in {"nobody", "none", "null", "-", "n/a"}
    if not name or nameless or "://" in name or re.fullmatch(r"[\w-]+(\.[\w-]+)+", name):
        return {}
    uri = text.clean(stated.get("uri"))
    email, _personal = people.email(clean.raw(stated.get("email"), "publisher"))
    entry = {
        "name": name,
        "uri": uri if _is_web(uri) and "?" not in uri else "",
        "email": email,
        "url": clean.address(stated.get("url"), "publisher"),
    }
    return {key: value for key, value in entry.items() if value}


def _contacts(stated: list[dict[str, Any]], publisher: dict[str, str], clean: _Cleaner) -> list[dict[str, str]]:
    contacts: list[dict[str, str]] = []
    for one in stated:
        raw_name, raw_email = clean.raw(one.get("name"), "contact"), clean.raw(one.get("email"), "contact")
        everyone = clean.policy.contacts == "all"
        email, hid_email = people.email(raw_email or raw_name)
        name, hid_name = (text.plain(raw_name), False) if everyone else people.name(raw_name)
        if everyone and hid_email:
            email = raw_email.removeprefix("mailto:")
        elif hid_email or hid_name:
            clean.note("contact: a person's name or address was withheld")
        if raw_email.removeprefix("mailto:").strip() and not email and not hid_email:
            clean.note("contact: its e-mail address cannot be used and was left out")
        url = clean.address(one.get("url"), "contact")
        if not (name or email or url):
            continue
        entry = {"name": name or publisher.get("name", ""), "email": email, "url": url}
        entry = {key: value for key, value in entry.items() if value}
        if entry not in contacts:
            contacts.append(entry)
    return contacts


def _places(stated: list[Any], clean: _Cleaner) -> list[dict[str, str]]:
    values = [clean.raw(value, "place") if isinstance(value, str) else value for value in places.boxed(stated)]
    found = [(value, places.coverage(value)) for value in values]
    for value, place in found:
        if value and not place:
            clean.note(f"area: “{canonical(value)[:60]}” is no place on earth that can be told and was left out")
    return [place for _value, place in found if place and "{{" not in canonical(place)]


def _periods(stated: list[tuple[Any, Any]], clean: _Cleaner) -> list[dict[str, str]]:
    periods: list[dict[str, str]] = []
    for start, end in stated:
        entry = {"start": clean.date(start, "period"), "end": clean.date(end, "period")}
        entry = {key: value for key, value in entry.items() if value}
        if entry and entry not in periods:
            periods.append(entry)
    return periods


def _resources(
    record: Record, landing: str, statements: list[str], unmapped: str, clean: _Cleaner
) -> list[dict[str, Any]]:
    stated = [one for one in statements if _is_web(one)]
    common = {"license": stated[0] if len(stated) == 1 else "", "rights": text.markdown(unmapped)[:LONGEST_FIELD]}
    resources: list[dict[str, Any]] = []
    seen: set[tuple[str, str]] = set()
    for one in record.distributions[:MOST_RESOURCES]:
        resource = _resource(one, landing, common, clean)
        key = (resource.get("url", ""), resource.get("name", ""))
        if resource and key not in seen:
            seen.add(key)
            resources.append(resource)
    if len(record.distributions) > MOST_RESOURCES:
        clean.note(f"files: only the first {MOST_RESOURCES} of {len(record.distributions)} are kept")
    return resources


def _hash(stated: str, clean: _Cleaner) -> str:
    """A checksum is published as hexadecimal bytes; anything else is none."""
    bare = stated.rsplit(":", 1)[-1].strip()
    if stated and not (re.fullmatch(r"[0-9a-fA-F]+", bare) and len(bare) % 2 == 0):
        clean.note(f"hash: “{stated[:60]}” is no hexadecimal checksum and was left out")
        return ""
    return bare


def _resource(one: Distribution, landing: str, common: dict[str, str], clean: _Cleaner) -> dict[str, Any]:
    download = clean.address(one.download_url, "file")
    access = clean.address(one.access_url, "file")
    url = download or access or landing
    name = clean.line(one.title, "file title", 300)
    if not url:
        clean.note(f"file “{name[:60]}”: it has no address and was left out")
        return {}
    if not (download or access):
        clean.note(f"file “{name[:60]}”: it has no address of its own; the dataset's page stands in for it")
    media = clean.line(one.media_type, "media type", 100).lower()
    licence = [found for value in as_list(one.licence) if (found := clean.raw(_statement(value), "licence"))]
    size = text.clean(one.size)
    resource = {
        "url": url,
        "name": name or text.plain(url.rsplit("/", 1)[-1].split("?")[0])[:100] or "File",
        "description": clean.prose(one.description, "file description")[:LONGEST_FIELD],
        "format": vocab.format_of(clean.line(one.format, "format", 100), media, url if download else ""),
        "mimetype": media if re.fullmatch(r"[\w.+-]+/[\w.+-]+", media) else "",
        "size": int(float(size)) if re.fullmatch(r"\d{1,15}(\.\d+)?", size) else None,
        "hash": _hash(clean.line(one.hash, "hash", 200), clean),
        "issued": clean.date(one.issued, "file date"),
        "modified": clean.date(one.modified, "file date"),
        "access_url": access if access != url else "",
        "download_url": download,
        "license": next((found for found in licence if _is_web(found)), "") or common["license"],
        "rights": clean.prose(one.rights, "rights")[:LONGEST_FIELD] or common["rights"],
    }
    return {key: value for key, value in resource.items() if value not in ("", None)}
