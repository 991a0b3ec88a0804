"""What is new, for people's feed readers: Atom and JSON Feed of changes and withdrawals, newest first, in pages."""

from __future__ import annotations

from functools import partial

from ckan.plugins import toolkit
from flask import request
from werkzeug.wrappers import Response

from . import config, current, documents, lists, respond, serve
from .forms import changes, read

_PAGE = 100
ATOM, JSON_FEED = "application/atom+xml", "application/feed+json"
_WRITERS = {ATOM: changes.atom, JSON_FEED: changes.json_feed}


def answer(media_type: str) -> Response:
    """A page of changes: the newest, or with ``before`` those before that number. 409 for a ``before`` that is none."""
    before = _before()
    version = current.verified()
    if version is None:
        return serve.unavailable()
    found = lists.newest(before, _PAGE + 1)
    site = serve.site(version.modified)
    given = found[:_PAGE]
    address = config.site_url() + request.path
    page = changes.Page(
        address=f"{address}?before={before}" if before else address,
        first=address,
        following=f"{address}?before={given[-1].number}" if len(found) > _PAGE else "",
        updated=(given[0].when if given else version.modified) or changes.NEVER,
    )
    told = [_change(each) for each in given]
    title = toolkit._("{site}: changes in the catalogue").format(site=site.title)
    words = changes.Words(title, toolkit._("This dataset was withdrawn."))
    body = _WRITERS[media_type](told, page, site, words)
    make = partial(documents.coded, body)
    response = respond.document(request.environ, media_type, documents.fingerprint(body), page.updated, make)
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def _change(each: lists.Listed) -> changes.Change:
    entry = each.entry()
    dataset = read.entry(entry, serve.site(None)) if entry else None
    return changes.Change(each.number, each.uri, each.when, dataset)


def _before() -> int | None:
    text = request.args.get("before") or ""
    if text and not (text.isascii() and text.isdigit() and 0 < int(text[:19]) < 2**62):
        return toolkit.abort(409, toolkit._("before: the number of a change"))
    return int(text) if text else None
