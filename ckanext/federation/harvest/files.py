"""The files and services of a record, to resources of the portal; pure."""

from __future__ import annotations

import re
from typing import Any

from . import carried, text, vocab
from .cleaner import LONGEST_FIELD, Cleaner, is_web, statement
from .record import Distribution, Record, as_list

MOST_RESOURCES = 500


def resources(
    record: Record, landing: str, statements: list[str], unmapped: str, clean: Cleaner
) -> list[dict[str, Any]]:
    """The resources, each address and title once. What the dataset states of licence and rights its files inherit."""
    stated = [one for one in statements if is_web(one)]
    rights = [text.markdown(unmapped), clean.prose(record.rights, "rights")]
    common = {
        "license": stated[0] if len(stated) == 1 else "",
        "rights": "\n\n".join(dict.fromkeys(one for one in rights if one))[:LONGEST_FIELD],
    }
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for one in record.distributions[:MOST_RESOURCES]:
        resource = _resource(one, landing, common, clean)
        key = (resource.get("url", ""), resource.get("name", ""))
        if resource and key in found and found[key] != resource:
            clean.note(f"file “{key[1][:60]}”: it is listed twice with the same address; the first was taken")
        if resource:
            found.setdefault(key, resource)
    if len(record.distributions) > MOST_RESOURCES:
        clean.note(f"files: only the first {MOST_RESOURCES} of {len(record.distributions)} are kept")
    if common["rights"] and not found:
        clean.note(f"rights: “{common['rights'][:120]}” has no file to stand at and was left out")
    return list(found.values())


def _resource(one: Distribution, landing: str, common: dict[str, str], clean: Cleaner) -> dict[str, Any]:
    download = clean.address(one.download_url, "file")
    access = clean.address(one.access_url, "file")
    url = download or access or landing
    name = clean.line(one.title, "file title", 300)
    if not url:
        clean.note(f"file “{name[:60]}”: it has no address and was left out")
        return {}
    if not (download or access):
        clean.note(f"file “{name[:60]}”: it has no address of its own; the dataset's page stands in for it")
    media = _media(one, clean)
    resource = {
        "url": url,
        "name": name or text.plain(url.rsplit("/", 1)[-1].split("?")[0])[:100] or "File",
        "description": clean.prose(one.description, "file description", LONGEST_FIELD),
        "format": vocab.format_of(clean.line(one.format, "format", 300), media, url if download else ""),
        "mimetype": media,
        "size": _size(one, clean),
        "hash": _hash(clean.line(one.hash, "hash", 200), clean),
        "hash_algorithm": clean.line(one.hash_algorithm, "hash algorithm", 200) if one.hash else "",
        "issued": clean.date(one.issued, "file date"),
        "modified": clean.date(one.modified, "file date"),
        "access_url": access if access != url else "",
        "download_url": download,
        **_rights(one, common, clean),
        **_details(one, clean),
        **carried.fields(one.own, clean),
    }
    return {key: value for key, value in resource.items() if value not in ("", None, [])}


def _rights(one: Distribution, common: dict[str, str], clean: Cleaner) -> dict[str, Any]:
    licence = [found for value in as_list(one.licence) if (found := clean.raw(statement(value), "licence"))]
    rights = clean.prose(one.rights, "rights", LONGEST_FIELD)
    address = next((found for found in licence if is_web(found)), "")
    wording = [text.plain(found) for found in licence if found != address]
    return {
        "license": address or common["license"],
        "rights": rights or "\n\n".join(wording)[:LONGEST_FIELD] or common["rights"],
    }


def _details(one: Distribution, clean: Cleaner) -> dict[str, Any]:
    languages = clean.each(one.languages, "languages", "file language")
    return {
        "availability": clean.line(one.availability, "availability", 300),
        "status": clean.line(one.status, "status", 300),
        "compress_format": clean.line(one.compression, "compression", 300),
        "package_format": clean.line(one.packaging, "packaging", 300),
        "temporal_resolution": clean.line(one.temporal_resolution, "temporal resolution", 100),
        "spatial_resolution_in_meters": clean.line(one.spatial_resolution, "spatial resolution", 30),
        "language": sorted({found for tongue in languages if (found := vocab.language(tongue))}),
        "conforms_to": clean.addresses(one.conforms_to, "conforms to"),
        "documentation": clean.addresses(one.documentation, "documentation"),
    }


def _media(one: Distribution, clean: Cleaner) -> str:
    media = clean.line(one.media_type, "media type", 100).lower().rsplit("/media-types/", 1)[-1]
    bare = media.split(";")[0].strip()
    if media and not re.fullmatch(r"[\w.+-]+/[\w.+-]+", bare):
        clean.note(f"media type: “{media[:60]}” is none and was left out")
        return ""
    return bare


def _size(one: Distribution, clean: Cleaner) -> int | None:
    size = text.clean(one.size).replace(",", "")
    if size and not re.fullmatch(r"\d{1,15}(\.\d+)?", size):
        clean.note(f"size: “{size[:40]}” is no number of bytes and was left out")
        return None
    return int(float(size)) if size else None


def _hash(stated: str, clean: Cleaner) -> str:
    """A checksum is published as hexadecimal bytes; anything else is none."""
    bare = stated.rsplit(":", 1)[-1].strip()
    if stated and not (re.fullmatch(r"[0-9a-fA-F]+", bare) and len(bare) % 2 == 0):
        clean.note(f"hash: “{stated[:60]}” is no hexadecimal checksum and was left out")
        return ""
    return bare
