"""Whole catalogues as files, named after the very bytes they hold: one that is there is right, and served as a file is.

A file is written while its first reader gets it. Losing the folder costs nothing but the time to write it again.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from . import config

log = logging.getLogger(__name__)
_UNFINISHED = ".part"
_ABANDONED_SECONDS = 86400


def find(kind: str, tag: str) -> BinaryIO | None:
    """The file of this kind (``catalogue.ttl.gz``) with these bytes, open; None when there is none."""
    folder = config.cache_folder()
    if folder is None:
        return None
    try:
        return (folder / f"{kind}-{tag}").open("rb")
    except OSError:
        return None


def keep(kind: str, tag: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks, unchanged, which become the file once all were read. A full disk does not disturb the reader."""
    folder = config.cache_folder()
    part = _part(folder, kind)
    if folder is None or part is None:
        yield from chunks
        return
    name, file = part
    broken = False
    try:
        for chunk in chunks:
            broken = broken or not _attempt(lambda data=chunk: file.write(data))
            yield chunk
        file.close()
        if not broken:
            _attempt(lambda: name.replace(folder / f"{kind}-{tag}"))
            _prune(folder, kind, tag)
    finally:
        with contextlib.suppress(OSError):
            file.close()
        with contextlib.suppress(OSError):
            name.unlink(missing_ok=True)


def _part(folder: Path | None, kind: str) -> tuple[Path, BinaryIO] | None:
    if folder is None:
        return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f"{kind}-", suffix=_UNFINISHED, dir=folder)
    except OSError:
        log.exception("No catalogue can be kept in %s", folder)
        return None
    return Path(name), os.fdopen(handle, "wb")


def _attempt(step: Callable[[], object]) -> bool:
    try:
        step()
    except OSError:
        log.exception("A catalogue could not be kept as a file")
        return False
    return True


def _prune(folder: Path, kind: str, tag: str) -> None:
    """Remove earlier files of the kind (who reads one has it open), and those whose writer died."""
    for path in folder.glob(f"{kind}-*"):
        with contextlib.suppress(OSError):
            abandoned = path.stat().st_mtime < time.time() - _ABANDONED_SECONDS
            if path.name != f"{kind}-{tag}" and (not path.name.endswith(_UNFINISHED) or abandoned):
                path.unlink()
