"""Copies of the tables that were published, packed, beside CKAN's uploads: CKAN itself keeps one file of a resource.

Only what everybody may read when it is copied is kept. Who may read the resource may read what changed in it.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ckan.lib.uploader import get_storage_path
from ckan.plugins import toolkit as tk

from .. import config, uploads

_SHA256 = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[A-Za-z0-9_-]{3,100}")


@dataclass(frozen=True)
class Release:
    """A kept file: its SHA-256, its name, and when it was kept (UTC)."""

    sha256: str
    name: str
    kept: datetime


def folder(resource_id: str) -> Path:
    """Raises ValueError for what is no id: it becomes a path."""
    if not _ID.fullmatch(resource_id):
        raise ValueError(resource_id)
    return Path(get_storage_path()) / "journey_releases" / resource_id


def kept(resource_id: str) -> list[Release]:
    """The releases of a file, oldest first."""
    found = []
    for place in folder(resource_id).glob("*.gz"):
        sha256, _, name = place.name.removesuffix(".gz").partition("-")
        if _SHA256.fullmatch(sha256):
            found.append(Release(sha256, name, datetime.fromtimestamp(place.stat().st_mtime, UTC)))
    return sorted(found, key=lambda each: each.kept)


def place_of(resource_id: str, release: Release) -> Path:
    return folder(resource_id) / f"{release.sha256}-{release.name}.gz"


def is_public(resource_id: str) -> bool:
    try:
        tk.check_access("resource_show", {"user": ""}, {"id": resource_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False
    return True


def pack(resource_id: str, source: Path, name: str) -> Release | None:
    """Keep a copy of a file as the release of when the copy was made; None where the release beside it has the same bytes."""
    where, digest = folder(resource_id), hashlib.sha256()
    arrived = source.stat().st_mtime
    with tempfile.NamedTemporaryFile(dir=where, suffix=".part") as raw:
        with source.open("rb") as plain, gzip.open(raw, "wb", compresslevel=3) as packed:
            while chunk := plain.read(uploads.CHUNK):
                digest.update(chunk)
                packed.write(chunk)
        raw.flush()
        made = Release(digest.hexdigest(), name, datetime.fromtimestamp(arrived, UTC))
        earlier = [each for each in kept(resource_id) if each.kept <= made.kept]
        if earlier and earlier[-1].sha256 == made.sha256:
            return None
        for each in earlier:  # published again: it is the latest now
            if each.sha256 == made.sha256:
                place_of(resource_id, each).unlink()
        place = place_of(resource_id, made)
        shutil.copyfile(raw.name, place)
        os.utime(place, (arrived, arrived))
    for old in kept(resource_id)[: -config.releases_kept()]:
        forget(resource_id, old.sha256)
    return made


def forget(resource_id: str, sha256: str) -> bool:
    """Remove a kept release, and what was worked out from it; whether there was one."""
    found = [each for each in kept(resource_id) if each.sha256 == sha256]
    for each in found:
        place_of(resource_id, each).unlink(missing_ok=True)
    for place in folder(resource_id).glob("*.changes"):
        if sha256 in place.name:
            place.unlink(missing_ok=True)
    with suppress(OSError):
        folder(resource_id).rmdir()
    return bool(found)


@contextmanager
def unpacked(resource_id: str, release: Release) -> Iterator[Path]:
    """The file of a release, under its own ending. Raises FileNotFoundError."""
    with tempfile.TemporaryDirectory() as where:
        out = Path(where) / release.name
        with gzip.open(place_of(resource_id, release), "rb") as source, out.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        yield out
