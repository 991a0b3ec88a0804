"""The uploaded file of a check, as CKAN's uploader keeps it, and the report of it."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ckan.lib.uploader import get_resource_uploader

from ..check import Limits, OnProgress, Report, Table, check_file, tables
from ..check.header import norm
from . import settings, store
from .model import Check, now

KEPT = 200  # problems of each rule that a report keeps; all are counted


@contextmanager
def uploaded(resource: Any) -> Iterator[Path]:
    """The file on this machine; from a store elsewhere it is fetched first. Raises OSError where it is not there."""
    given = {"id": resource.id, "url": resource.url, "url_type": resource.url_type}
    uploader: Any = get_resource_uploader(given)
    storage, place = getattr(uploader, "storage", None), uploader.get_path(resource.id)
    if storage is None:
        yield Path(place)
        return
    from ckan.lib import files

    with tempfile.NamedTemporaryFile() as copy:
        size, most = 0, settings.max_bytes()
        for piece in storage.stream(files.FileData(files.Location(place))):
            size += len(piece)
            if size > most + (1 << 20):
                break  # the check says that it is too large
            copy.write(piece)
        copy.flush()
        yield Path(copy.name)


def table_of(check: Check, package: Any) -> Table | None:
    """The table a steward chose, else that of the dataset's set; none where the set has no table."""
    code = check.table if check.table_chosen else str(package.extras.get("transparency_set") or "")
    return tables.get(code) if code in tables.codes() else None


def headers_key(headers: list[str]) -> str:
    """Files of one source have the same headers, in whatever order."""
    return hashlib.sha256("\n".join(sorted(norm(one) for one in headers)).encode()).hexdigest()


def kept_mapping(path: Path, name: str, table: Table | None, owner_org: str | None) -> dict[str, str]:
    """What was said once of this source's headers."""
    if table is None or not owner_org or not store.has_mapping(owner_org, table.code):
        return {}
    first = check_file(path, None, name=name, limits=Limits(rows=1, problems=1, bytes=settings.max_bytes()))
    return store.mapping(owner_org, table.code, headers_key([column.header for column in first.columns]))


def report(path: Path, name: str, table: Table | None, mapping: dict[str, str], progress: OnProgress) -> Report:
    known = {header: field for header, field in mapping.items() if table and (not field or table.field(field))}
    limits = Limits(bytes=settings.max_bytes(), problems=KEPT)
    return check_file(path, table, name=name, mapping=known, limits=limits, progress=progress, today=now().date())
