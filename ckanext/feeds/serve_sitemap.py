"""The sitemap over HTTP: our pages, organisations, datasets and series; in parts when they are many."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from werkzeug.wrappers import Response

from . import current, serve
from .catalogue import Catalogue
from .forms import read, sitemap
from .model import package, row, shown
from .snapshot import Snapshot

_PAGES = ("/", "/dataset/", "/organization/", "/catalog")
_group: sa.Table = model.Group.__table__  # type: ignore[assignment]


def whole() -> Response:
    """All addresses, or the index of the parts."""
    version = current.verified()
    if version is None:
        return serve.unavailable()
    parts = _parts(version.count + len(_others(serve.site(None))))
    if parts == 1:
        return _answer("sitemap", lambda site, held: sitemap.urlset(chain(_others(site), _datasets(site, held))))
    return _answer("sitemap-index", lambda site, _held: sitemap.index(_index(site, parts)))


def part(number: int) -> Response:
    """The part of this number, from 1; 404 for one that is not there."""
    version = current.verified()
    if version is None:
        return serve.unavailable()
    others = len(_others(serve.site(None)))
    if not 1 <= number <= _parts(version.count + others):
        return toolkit.abort(404, toolkit._("There is no such part of the sitemap"))
    # The first part begins with what is no dataset.
    first, most = max((number - 1) * sitemap.MOST - others, 0), sitemap.MOST - (others if number == 1 else 0)

    def pages(site: Catalogue, held: Snapshot) -> Iterator[bytes]:
        begin = _others(site) if number == 1 else []
        return sitemap.urlset(chain(begin, _datasets(site, held, first, most)))

    return _answer(f"sitemap-{number}", pages)


def _parts(count: int) -> int:
    return max(1, -(-count // sitemap.MOST))


def _answer(kind: str, chunks) -> Response:
    return serve.everything(kind, sitemap.MEDIA_TYPE, lambda site: repr((kind, _others(site))).encode(), chunks)


def _index(site: Catalogue, parts: int) -> Iterator[sitemap.Page]:
    return ((f"{site.base}/sitemap-{number}.xml", site.modified) for number in range(1, parts + 1))


def _others(site: Catalogue) -> list[sitemap.Page]:
    """The portal's own pages, and each organisation's with the time of its datasets' last change."""
    newest = sa.func.max(package.c.metadata_modified)
    datasets = package.join(row, sa.and_(row.c.package_id == package.c.id, shown()))
    theirs = sa.select(package.c.owner_org, newest.label("newest")).select_from(datasets).group_by(package.c.owner_org)
    found = theirs.subquery()
    query = sa.select(_group.c.name, found.c.newest).select_from(
        _group.outerjoin(found, found.c.owner_org == _group.c.id)
    )
    query = query.where(_group.c.is_organization, _group.c.state == "active").order_by(_group.c.name)
    rows = model.Session.execute(query.limit(sitemap.MOST // 2))
    pages: list[tuple[str, datetime | None]] = [(site.base + path, None) for path in _PAGES]
    return pages + [(f"{site.base}/organization/{name}", changed) for name, changed in rows]


def _datasets(site: Catalogue, held: Snapshot, first: int = 0, most: int | None = None) -> Iterator[sitemap.Page]:
    for name, kind, modified in held.pages(first, most):
        yield read.page({"name": name, "type": kind}, site), modified
