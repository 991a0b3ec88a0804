"""Copies of published files, made at once: what they were is there when another file has taken their place in CKAN.

A job packs them afterwards into releases (`keep`), in the order in which they came, whatever order jobs run in.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .. import config, uploads
from . import keep

_COPY = re.compile(r"(\d{20})-(.+)\.waiting")
_STAMP = ".latest"  # which version of the file was looked at last; one that was discarded does not come back


def copies(resource_id: str) -> list[Path]:
    """The copies that wait, oldest first."""
    return sorted(place for place in keep.folder(resource_id).glob("*.waiting") if _COPY.fullmatch(place.name))


def published(resource_id: str) -> int:
    """How many releases of a file there are, those that wait to be packed with them."""
    return len(keep.kept(resource_id)) + len(copies(resource_id))


def is_new(resource: Any) -> bool:
    """Whether the file of a resource (row of CKAN's model) came after the last that was looked at."""
    stamp = keep.folder(resource.id) / _STAMP
    if stamp.is_file():
        return stamp.read_text() != _version(resource)
    kept, modified = keep.kept(resource.id), resource.last_modified or resource.created
    return not kept or modified is None or modified > kept[-1].kept.replace(tzinfo=None)


def _version(resource: Any) -> str:
    return str(resource.last_modified or resource.created)


def copy(resource: Any) -> bool:
    """Copy the file that a resource has now, and note that it was looked at; False where it is too large, or there is none."""
    where = keep.folder(resource.id)
    where.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9._-]", "-", (resource.url or "").rsplit("/", 1)[-1])[-80:] or "file.csv"
    place = where / f"{time.time_ns():020}-{name}.waiting"
    part, size, most = place.with_suffix(".part"), 0, config.release_bytes()
    try:
        with part.open("wb") as out:
            for chunk in uploads.read({"id": resource.id, "url": resource.url, "url_type": resource.url_type}):
                size += len(chunk)
                if size > most:
                    break
                out.write(chunk)
        if size <= most:
            part.rename(place)
        (where / _STAMP).write_text(_version(resource))
    except FileNotFoundError:
        return False
    finally:
        part.unlink(missing_ok=True)
    return size <= most


def pack(resource_id: str) -> list[keep.Release]:
    """Make releases of all copies that wait; one process at a time."""
    made = []
    with _alone(resource_id):
        for place in copies(resource_id):
            found = _COPY.fullmatch(place.name)
            assert found
            release = keep.pack(resource_id, place, found[2])
            made += [release] if release else []
            place.unlink()
    return made


@contextmanager
def _alone(resource_id: str) -> Iterator[None]:
    where = keep.folder(resource_id)
    if not where.is_dir():
        yield
        return
    handle = os.open(where, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def forget(resource_id: str, sha256: str | None = None) -> None:
    """Remove the copies of these bytes, or all."""
    for place in copies(resource_id):
        with suppress(FileNotFoundError):
            if sha256 in (None, _sha256(place)):
                place.unlink()


def _sha256(place: Path) -> str:
    with place.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
