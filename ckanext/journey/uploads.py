"""The bytes of a resource's uploaded file, wherever CKAN keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ckan.lib import files, uploader

CHUNK = 1 << 20


def read(resource: dict[str, Any]) -> Iterator[bytes]:
    """Chunks of the file uploaded for a resource; raises FileNotFoundError if there is none to read."""
    # A copy: making an uploader takes the upload out of the dict it is given.
    upload: Any = uploader.get_resource_uploader(dict(resource))
    storage = getattr(upload, "storage", None)
    if storage is not None and hasattr(storage, "stream"):
        location = upload.get_path(resource["id"])
        try:
            yield from storage.stream(files.FileData(location))
        except files.exc.MissingFileError as error:
            raise FileNotFoundError(location) from error
        return
    with open(upload.get_path(resource["id"]), "rb") as source:
        while chunk := source.read(CHUNK):
            yield chunk
