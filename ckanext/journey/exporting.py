"""Gathers what an export says: the public journey and the dataset as everybody sees it; writes the crate with its files."""

from __future__ import annotations

import base64
import hashlib
import io
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, Any

from ckan import model
from ckan.plugins import toolkit as tk

from . import access, config, held, read, uploads
from .exports import crate, document
from .exports.document import About, Document

# In a context: the file that a crate is written to.
SINK = "journey_sink"


def write(context: Any, dataset: str, form: str, out: IO[bytes]) -> dict[str, Any]:
    """Write an export to a file that is open for bytes; gives what `journey_export` tells of it, and raises what it raises."""
    sunk: Any = context | {SINK: out}
    done = tk.get_action("journey_export")(sunk, {"id": dataset, "format": form})
    if "content" in done:
        out.write(done.pop("content").encode())
    elif "content_base64" in done:
        out.write(base64.b64decode(done.pop("content_base64")))
    return done


def gather(context: Any, package: Any) -> Document:
    """The document of a dataset that the caller may read. What only some may see is not in it, whoever asks."""
    shown, is_public = _shown(context, package)
    most = config.export_nodes()
    return document.build(_about(shown, is_public), read.public(model.Session.connection(), package.id, most), most)


def _shown(context: Any, package: Any) -> tuple[dict[str, Any], bool]:
    """The dataset as everybody sees it; one that is not public as the caller sees it, and then no file of it is public."""
    show = tk.get_action("package_show")
    everybody: Any = {"user": "", "auth_user_obj": None, "ignore_auth": False}
    try:
        return show(everybody, {"id": package.id}), True
    except tk.NotAuthorized:
        shown, kept_back = show(access.as_caller(context), {"id": package.id}), held.checks(package.id)
        files = [each for each in shown.get("resources") or [] if each["id"] not in kept_back]
        return {**shown, "resources": files}, False


def _about(pkg: dict[str, Any], is_public: bool) -> About:
    site = str(tk.config["ckan.site_url"]).rstrip("/")
    owner = pkg.get("organization") or {}
    texts = {name: document.clean(pkg[name]) for name in ("notes", "license_title", "license_url") if pkg.get(name)}
    return About(
        id=pkg["id"],
        name=pkg["name"],
        title=document.clean(pkg.get("title") or pkg["name"]),
        site_url=site,
        site_title=document.clean(tk.config.get("ckan.site_title") or site),
        made=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        notes=texts.get("notes"),
        publisher=document.clean(owner.get("title") or owner.get("name") or "") or None,
        publisher_url=f"{site}/organization/{owner['name']}" if owner.get("name") else None,
        licence=texts.get("license_title"),
        licence_url=texts.get("license_url"),
        created=pkg.get("metadata_created"),
        modified=pkg.get("metadata_modified"),
        resources=tuple(_resource(each, is_public) for each in pkg.get("resources") or []),
    )


def _resource(told: dict[str, Any], is_public: bool) -> dict[str, Any]:
    names = ("id", "name", "description", "url", "format", "mimetype", "size")
    return {name: told.get(name) for name in names} | {
        "url_type": told.get("url_type"),
        "held": is_public and told.get("url_type") == "upload",
    }


def write_crate(doc: Document, out: IO[bytes]) -> None:
    """The crate as a ZIP, on its way to the disk: a file that would make it larger than the cap is referred to."""
    carried: dict[str, crate.Carried] = {}
    left, left_out = config.export_bytes(), 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for resource in doc.about.resources:
            if not resource["held"]:
                continue
            with tempfile.TemporaryFile() as spool:
                found = _spool(resource, spool, left)
                if found is None:
                    left_out += 1
                    continue
                carried[resource["id"]] = crate.Carried(crate.path_of(resource), *found)
                left -= found[0]
                _add(archive, carried[resource["id"]].path, spool)
        _add(archive, crate.METADATA, io.BytesIO(crate.metadata(doc, carried, left_out)))


def _spool(resource: dict[str, Any], spool: IO[bytes], most: int) -> tuple[int, str] | None:
    """The bytes of a file and their SHA-256; None if there are more than `most`, or none at all."""
    digest, count = hashlib.sha256(), 0
    try:
        for chunk in _chunks(resource):
            count += len(chunk)
            if count > most:
                return None
            digest.update(chunk)
            spool.write(chunk)
    except FileNotFoundError:
        return None
    spool.seek(0)
    return count, digest.hexdigest()


def _chunks(resource: dict[str, Any]) -> Iterator[bytes]:
    return uploads.read({name: resource[name] for name in ("id", "url", "url_type")})


def _add(archive: zipfile.ZipFile, name: str, source: IO[bytes]) -> None:
    about = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    with archive.open(about, "w", force_zip64=True) as target:
        while chunk := source.read(uploads.CHUNK):
            target.write(chunk)
