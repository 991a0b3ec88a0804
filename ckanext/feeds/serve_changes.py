"""The feed of changes over HTTP: ``/feeds/changes.json`` and in RDF."""

from __future__ import annotations

import json
from functools import partial
from typing import Any
from urllib.parse import urlencode

from ckan.plugins import toolkit
from ckanext.dcat.utils import catalog_uri
from flask import request
from werkzeug.wrappers import Response

from . import catalogue, changes, config, current, documents, formats, respond, serve, stream, tombstones

_JSON = "application/json"


def answer(extension: str) -> Response:
    """Changes after ``since`` (a token or a time), ``limit`` at most. 409 for wrong questions, 410 for an expired token."""
    form = formats.BY_EXTENSION.get(extension)
    if form is None and extension != "json":
        return toolkit.abort(404, toolkit._("There is no such format"))
    limit = _limit()
    if current.verified() is None:
        return serve.unavailable()
    try:
        part = changes.read(_since(), limit, documents.stored_form(form) if form else documents.SOURCE)
    except changes.WrongToken as error:
        return toolkit.abort(409, changes.explain(error))
    except changes.Expired as error:
        return _problem(410, changes.explain(error))
    following = f"{config.site_url()}{request.path}?{urlencode({'since': part.next, 'limit': limit})}"
    body = _rdf(form, part, following) if form else _json(part, following)
    return _described(form.media_type if form else _JSON, body, part, following)


def _described(media_type: str, body: bytes, part: changes.Part, following: str) -> Response:
    content = documents.fingerprint(body)
    response = respond.document(request.environ, media_type, content, None, partial(documents.coded, body))
    response.headers["Link"] = f'<{following}>; rel="{"next" if part.more else "monitor"}"'
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def _json(part: changes.Part, following: str) -> bytes:
    told = [changes.as_dict(change) for change in part.changes]
    answer = {"changes": told, "next": part.next, "more": part.more, "next_url": following}
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def _rdf(form: formats.Format, part: changes.Part, following: str) -> bytes:
    """Datasets as in the catalogue, tombstones, and where to go on."""
    here = [change for change in part.changes if change.data is not None]
    triples = catalogue.links(catalog_uri(), ((change.uri, change.series) for change in here))
    triples += tombstones.triples(part.changes)
    if part.more:
        triples += tombstones.following(f"{config.site_url()}{request.full_path.rstrip('?')}", following)
    stored = documents.stored_form(form)
    bodies = (documents.unpack(change.data) if stored else change.data for change in here if change.data)
    return b"".join(stream.join(form, [stream.body(form, triples), *bodies]))


def _since() -> str:
    return request.args.get("since") or ""


def _limit() -> int:
    try:
        limit = int(request.args.get("limit") or changes.USUAL)
    except ValueError:
        limit = 0
    if not 1 <= limit <= changes.MOST:
        return toolkit.abort(409, toolkit._("limit: a number from 1 to {most}").format(most=changes.MOST))
    return limit


def _problem(status: int, text: str) -> Response:
    """An error that programs read (RFC 9457)."""
    problem: dict[str, Any] = {"title": text, "status": status, "read": config.site_url() + "/catalog.jsonld"}
    return Response(json.dumps(problem), status=status, content_type="application/problem+json")
