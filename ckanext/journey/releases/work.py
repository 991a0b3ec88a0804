"""Keeps published files, and works out what changed; jobs, and what starts them.

A file is copied when it is published, not by the job: a corrected one may take its place before the job runs.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit as tk

from .. import config, measure
from . import keep, table, waiting
from .difference import compare

log = logging.getLogger(__name__)
MOST_CHANGES = 200_000  # of one difference that are kept; all are counted
WAITS = 600  # seconds after which a job that never ran is asked for again
ENDINGS = (".csv", ".tsv", ".xlsx", ".ods")


def _on() -> bool:
    return bool(config.releases_kept() and tk.config.get("ckan.storage_path"))


def watch_all(sender: Any, **told: Any) -> None:
    """`journey:all-changed`: have new public tables of the datasets kept. Most datasets have no file of their own here."""
    if not _on():
        return
    uploaded = model.Resource.package_id.in_(told.get("package_ids") or []), model.Resource.url_type == "upload"
    query = sa.select(model.Resource.package_id).where(*uploaded, model.Resource.state == "active").distinct()
    for package_id in model.Session.execute(query).scalars().all():
        watch("", package_id=package_id)


def watch(sender: str, **told: Any) -> None:
    """Have new public tables of a dataset kept."""
    if not _on():
        return
    package: Any = model.Package.get(told.get("package_id"))
    if package is None or package.private or package.state != "active":
        return
    new = [resource for resource in package.resources if _is_table(resource) and waiting.is_new(resource)]
    copied = [_copied(resource) for resource in new if keep.is_public(resource.id)]
    if any(copied) and _alone(package.id):
        tk.enqueue_job(publish, [package.id], title=f"Journey: releases of {package.name}")


def _copied(resource: Any) -> bool:
    """Whether the job has something to do: also after a copy that failed, which is no reason to refuse the publication."""
    try:
        return waiting.copy(resource)
    except OSError:
        log.exception("The file of resource %s could not be copied for its releases; the job tries again", resource.id)
        return True


def released(sender: str, **told: Any) -> None:
    """`council_schemas:file_released`: what was held is public now."""
    watch(sender, package_id=told.get("package_id"))


def redacted(sender: str, **told: Any) -> None:
    """What was redacted is not to be read in an earlier release either."""
    resource_id, sha256 = str(told.get("resource_id") or ""), str(told.get("sha256") or "")
    if told.get("decision") == "redacted" and resource_id and sha256:
        waiting.forget(resource_id, sha256)
        keep.forget(resource_id, sha256)


def _is_table(resource: Any) -> bool:
    name, kind = (resource.url or "").lower(), (resource.format or "").lower()
    return resource.url_type == "upload" and (name.endswith(ENDINGS) or kind in measure.TABULAR)


def _alone(package_id: str) -> bool:
    """Whether no job for the dataset waits: it changes several times while its files are loaded."""
    return bool(connect_to_redis().set(_waiting(package_id), 1, nx=True, ex=WAITS))


def _waiting(package_id: str) -> str:
    return f"ckan:{tk.config['ckan.site_id']}:journey:release:{package_id}"


def publish(package_id: str) -> None:
    """The job: keep the dataset's files that everybody may read, and work out what changed since the releases before."""
    connect_to_redis().delete(_waiting(package_id))
    package: Any = model.Package.get(package_id)
    for resource in package.resources_all if package else []:
        if resource.state != "active":
            waiting.forget(resource.id)
            continue
        # Not copied when it was published: the copy failed, or that was before an upgrade.
        if _is_table(resource) and waiting.is_new(resource) and keep.is_public(resource.id):
            waiting.copy(resource)
        made = {each.sha256 for each in waiting.pack(resource.id)}
        hashes = [each.sha256 for each in keep.kept(resource.id)]
        for before, after in pairwise(hashes):
            if made & {before, after} and not result(resource.id, before, after).exists():
                work_out(resource.id, before, after)


def work_out(resource_id: str, before: str, after: str) -> None:
    """The job: the difference of two kept releases, into a file of lines: its summary first, then the changes."""
    by_hash = {each.sha256: each for each in keep.kept(resource_id)}
    if before not in by_hash or after not in by_hash:
        return
    try:
        frames = []
        for sha256 in (before, after):
            with keep.unpacked(resource_id, by_hash[sha256]) as path:
                frames.append(table.read(path))
        found = compare(frames[0], frames[1])
        lines: Iterator[Any] = iter([found.summary(), *islice(found.changes(), MOST_CHANGES)])
    except ValueError as error:
        lines = iter([{"error": str(error)}])
    except Exception as error:  # said on the page, or it would be asked for again and again
        log.exception("Journey: releases of %s could not be compared", resource_id)
        lines = iter([{"error": type(error).__name__}])
    target = result(resource_id, before, after)
    part = target.with_suffix(".part")
    with part.open("w", encoding="utf-8") as handle:
        for line in lines:
            handle.write(json.dumps(line, ensure_ascii=False) + "\n")
    part.rename(target)


def result(resource_id: str, before: str, after: str) -> Path:
    return keep.folder(resource_id) / f"{before}-{after}.changes"


def read(resource_id: str, before: str, after: str, offset: int, limit: int) -> tuple[Any, list[Any]] | None:
    """The summary and some of the changes, or None where they are not worked out."""
    try:
        with result(resource_id, before, after).open(encoding="utf-8") as handle:
            summary = json.loads(next(handle))
            return summary, [json.loads(line) for line in islice(handle, offset, offset + limit)]
    except FileNotFoundError:
        return None
