"""Sitemaps: the addresses of our pages for search engines. Pure.

Source: https://www.sitemaps.org/protocol.html: at most 50,000 addresses and 50 MB a file, more through an index. An
entry is at most 600 bytes here, so the number alone decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from xml.sax.saxutils import escape

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 50_000
MEDIA_TYPE = "application/xml; charset=utf-8"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

#: Address and time of the last change (UTC), None when that is not known.
Page = tuple[str, datetime | None]


def urlset(pages: Iterable[Page]) -> Iterator[bytes]:
    yield f'{_DECLARATION}<urlset xmlns="{NAMESPACE}">\n'.encode()
    yield from (_entry("url", page) for page in pages)
    yield b"</urlset>\n"


def index(sitemaps: Iterable[Page]) -> Iterator[bytes]:
    yield f'{_DECLARATION}<sitemapindex xmlns="{NAMESPACE}">\n'.encode()
    yield from (_entry("sitemap", page) for page in sitemaps)
    yield b"</sitemapindex>\n"


def _entry(name: str, page: Page) -> bytes:
    address, modified = page
    when = f"<lastmod>{stamp(modified)}</lastmod>" if modified else ""
    return f"<{name}><loc>{escape(address)}</loc>{when}</{name}>\n".encode()


def stamp(moment: datetime) -> str:
    """A UTC time without zone, as CKAN keeps them, in ISO 8601."""
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"
