"""One dataset's RDF without CKAN's request handling: one query says whether the public sees it and whether it is up to date.

A WSGI application around CKAN's (IMiddleware). What it does not answer itself, CKAN answers in full: other addresses,
datasets that have to be rendered first, private or unknown ones, filters, sites that set CORS headers.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from ckan.plugins import toolkit
from psycopg2.extensions import QuotedString
from sqlalchemy.exc import SQLAlchemyError

from . import config, connections, documents, formats, respond, serve
from .forms import accept, registry
from .model import LIVE
from .render import recipe

log = logging.getLogger(__name__)

_ADDRESS = re.compile(r"/dataset/([^/.]+)(?:\.([a-z0-9]+))?")
_FIND = """
SELECT f.sha256, f.modified, {data}
FROM package p JOIN feeds_fragment f ON f.package_id = p.id {join}
WHERE p.{column} = $1 AND p.state = 'active' AND NOT p.private AND p.type <> ALL({excluded})
  AND f.state = {live} AND f.recipe = {recipe} AND f.source_modified IS NOT DISTINCT FROM p.metadata_modified
"""
_STORED = "JOIN feeds_document d ON d.package_id = p.id AND d.form = '{form}'"
# May be kept, but asked about each time: never stale.
_KEPT = ("Cache-Control", "public, no-cache")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Start = Callable[..., Any]


class ShortPath:
    """CKAN's WSGI application behind the short path."""

    def __init__(self, app: Any):
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        asked = target(environ)
        if asked is not None and _is_plain_site():
            name, form = asked
            found = _find(name, documents.stored_form(form))
            if found is not None:
                return _answer(environ, start_response, form, *found)
        return self.app(environ, start_response)


def target(environ: dict[str, Any]) -> tuple[str, formats.Format] | None:
    """Name or id of the dataset and the form that a request means; None for a request that is not for the short path."""
    path = environ.get("PATH_INFO", "")
    if not path.startswith("/dataset/") or environ.get("QUERY_STRING") or environ.get("SCRIPT_NAME"):
        return None
    match = _ADDRESS.fullmatch(path)
    if match is None or environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
        return None
    if match[2]:
        form = formats.BY_EXTENSION.get(match[2])
    else:
        form = _preferred(environ.get("HTTP_ACCEPT")) if config.content_negotiation() else None
    return (match[1], form) if form else None


def _preferred(header: str | None) -> formats.Format | None:
    """The RDF form that is asked for, unless another form is liked better."""
    form = formats.negotiate(header)
    return None if form is None or accept.chosen(header, registry.FORMS) else form


def _is_plain_site() -> bool:
    """Whether CKAN would add nothing to the answer that the site asked for."""
    settings = toolkit.config
    return not settings.get("ckan.cors.origin_allow_all") and not settings.get("ckan.cors.origin_whitelist")


def _answer(
    environ: dict[str, Any], start_response: Start, form: formats.Format, sha256: str, modified: datetime, stored: bytes
) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] == "GET" and not any(name in environ for name in respond.CONDITIONS):
        headers, body = respond.plain(
            environ, form.media_type, sha256, modified, partial(documents.whole, form, stored)
        )
        start_response("200 OK", [*headers, _KEPT])
        return [body]
    response = serve.dataset_answer(environ, form, sha256, modified, stored)
    response.headers.add(*_KEPT)
    return response(environ, start_response)


def _find(name: str, form: str | None) -> tuple[str, datetime, bytes] | None:
    """Hash, time and stored form of a dataset that the public sees and that is up to date. None, too, without a database."""
    column = "id" if _UUID.fullmatch(name) else "name"
    try:
        query = _query(column, form, tuple(config.excluded_types()), recipe())
        row = connections.fetch(query, name)
    except (SQLAlchemyError, connections.Error, AttributeError):
        log.exception("The short path found no database")
        return None
    return (row[0], row[1], bytes(row[2])) if row else None


@lru_cache(maxsize=32)
def _query(column: str, form: str | None, excluded: tuple[str, ...], recipe: str) -> str:
    """What does not change from request to request is part of the query, which is prepared once."""
    data, join = ("d.data", _STORED.format(form=form)) if form else ("f.ntriples", "")
    types = f"ARRAY[{', '.join(map(_literal, excluded))}]::text[]"
    return _FIND.format(
        data=data, join=join, column=column, excluded=types, live=_literal(LIVE), recipe=_literal(recipe)
    )


def _literal(text: str) -> str:
    adapted = QuotedString(text)
    adapted.encoding = "utf-8"
    return adapted.getquoted().decode()
