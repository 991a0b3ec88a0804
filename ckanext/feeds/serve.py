"""Which triples a request means: a dataset, the whole catalogue, a page of it, or a search in it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from ckan.lib.search import SearchError
from ckan.plugins import toolkit
from ckan.types import Context
from ckanext.dcat.exceptions import RDFProfileException
from ckanext.dcat.processors import DEFAULT_RDF_PROFILES
from ckanext.dcat.utils import catalog_uri
from dateutil.parser import parse as parse_date
from flask import current_app, request
from werkzeug.wrappers import Response

from . import catalogue, config, current, documents, formats, respond, store, stream, sync
from .catalogue import Catalogue
from .current import Version
from .render import recipe
from .snapshot import Selection, Snapshot, page_ids

_FILTERS = ("q", "fq", "modified_since", "profiles")
_PUBLIC = Context(user="", auth_user_obj=None, ignore_auth=False)


def dataset(name_or_id: str, form: formats.Format) -> Response:
    """One dataset's triples; 404 for every dataset that the public does not see."""
    if profiles := _other_profiles():
        return _through_dcat("dcat_dataset_show", {"id": name_or_id}, form, profiles)
    sync.catch_up_one(name_or_id)
    shown = store.get(name_or_id, documents.stored_form(form))
    if shown is None:
        return toolkit.abort(404, toolkit._("Dataset not found"))
    return dataset_answer(request.environ, form, shown.sha256, shown.modified, shown.data)


def dataset_answer(environ: Any, form: formats.Format, sha256: str, modified: datetime, stored: bytes) -> Response:
    """One dataset, from its stored form."""
    make = partial(documents.whole, form, stored)
    return respond.document(environ, form.media_type, sha256, modified, make)


def whole_catalogue(form: formats.Format) -> Response:
    """The catalogue: all of it, or with ``page``, ``q``, ``fq`` or ``modified_since`` a page, as ckanext-dcat does."""
    if profiles := _other_profiles():
        return _through_dcat("dcat_catalog_show", _asked(), form, profiles)
    if not any(request.args.get(name) for name in ("q", "fq", "modified_since", "page", "after")):
        return everything(f"catalogue.{form.ext}", form.media_type, catalogue.head, partial(_described, form))
    version = current.verified()
    if version is None:
        return unavailable()
    if any(request.args.get(name) for name in ("q", "fq", "modified_since")):
        return _part(form, *_searched(_page_number()))
    return _part(form, None, _page(_page_number(), 0))


def everything(
    kind: str,
    media_type: str,
    head: Callable[[Catalogue], bytes],
    chunks: Callable[[Catalogue, Snapshot], Iterator[bytes]],
    compress: bool = True,
) -> Response:
    """A document of the whole catalogue: the file that is there, else the stream that becomes it.

    ``head`` is what the document depends on besides the datasets; ``chunks`` makes the document of the catalogue and of them.
    """
    version = current.verified()
    if version is None:
        return unavailable()
    content = _content(version, head(site(version.modified)))
    found = respond.ready(request.environ, kind, media_type, content, version.modified, compress)
    if found is not None:
        return found
    with ExitStack() as stack:
        connection = stack.enter_context(current.snapshot())
        version = current.version(connection)
        about, held = site(version.modified), Snapshot(connection)
        close = stack.pop_all().close
    content = _content(version, head(about))
    start = partial(chunks, about, held)
    return respond.streamed(request.environ, kind, media_type, content, version.modified, start, close, compress)


def _content(version: Version, head: bytes) -> str:
    return f"{version.token}\n{hashlib.sha256(head).hexdigest()}\n{recipe()}"


def _part(form: formats.Format, ids: list[str] | None, page: catalogue.Page) -> Response:
    """A page: of what a search found (``ids``), or of all."""
    with ExitStack() as stack:
        connection = stack.enter_context(current.snapshot())
        version = current.version(connection)
        if ids is None:
            ids = page_ids(connection, page.size, (page.number - 1) * page.size, request.args.get("after") or "")
            page = replace(page, count=version.count, after=ids[-1] if ids else "")
        held = Snapshot(connection, Selection(ids))
        head = catalogue.head(site(version.modified)) + catalogue.paging(page)
        content = hashlib.sha256(head).hexdigest() + held.digest()
        close = stack.pop_all().close
    start = partial(_bodies, form, head, held)
    return respond.streamed(request.environ, "", form.media_type, content, version.modified, start, close)


def _described(form: formats.Format, about: Catalogue, held: Snapshot) -> Iterator[bytes]:
    return _bodies(form, catalogue.head(about), held)


def _bodies(form: formats.Format, head: bytes, held: Snapshot) -> Iterator[bytes]:
    uri = catalog_uri()

    def bodies() -> Iterator[bytes]:
        yield stream.body(form, head)
        for members, body in held.bodies(form):
            yield stream.body(form, catalogue.links(uri, members))
            yield body

    return stream.join(form, bodies())


def site(modified: datetime | None) -> Catalogue:
    """What this portal says of itself; ``modified`` is when its feed last changed."""
    settings = toolkit.config
    return Catalogue(
        uri=catalog_uri(),
        title=settings.get("ckan.site_title") or "CKAN",
        description=settings.get("ckan.site_description") or "",
        homepage=config.site_url() + "/",
        languages=config.languages(),
        publisher_uri=config.publisher_uri(),
        publisher_name=config.publisher_name(),
        modified=modified,
        email=config.contact_email(),
        page_types=_page_types(),
    )


def _page_types() -> tuple[str, ...]:
    """Types of datasets that have pages at an address of their own."""
    return tuple(sorted(name.removesuffix(".read") for name in current_app.view_functions if name.endswith(".read")))


def _page_number() -> int:
    try:
        number = int(request.args.get("page") or 1)
    except ValueError:
        number = 0
    if not 0 < number < 10**7:
        return toolkit.abort(409, toolkit._("Page must be a positive integer starting at 1"))
    return number


def _page(number: int, count: int) -> catalogue.Page:
    query = tuple((k, v) for k, v in request.args.items(multi=True) if k in _FILTERS)
    address = config.site_url() + request.path
    return catalogue.Page(number, config.page_size(), count, address, query)


def _searched(number: int) -> tuple[list[str], catalogue.Page]:
    size, asked, rules = config.page_size(), _asked(), [f"-dataset_type:{t}" for t in config.excluded_types()]
    if asked["modified_since"]:
        rules.append(f"metadata_modified:[{_solr_time(asked['modified_since'])} TO *]")
    query = {"q": asked["q"] or "*:*", "fq": asked["fq"] or "", "fq_list": rules, "fl": ["id"], "rows": size}
    query |= {"start": (number - 1) * size, "sort": "metadata_modified desc, id asc", "include_private": False}
    try:
        found = toolkit.get_action("package_search")(Context(_PUBLIC), query)
    except (SearchError, toolkit.ValidationError) as error:
        return toolkit.abort(409, str(error))
    ids = [row["id"] for row in found["results"]]
    return ids, _page(number, found["count"])


def _solr_time(text: str) -> str:
    try:
        moment = parse_date(text)
        return (moment - (moment.utcoffset() or moment - moment)).replace(tzinfo=None).isoformat() + "Z"
    except (ValueError, OverflowError):
        return toolkit.abort(409, toolkit._("Wrong modified date format. Use ISO-8601 format"))


def _asked() -> dict[str, Any]:
    return {name: request.args.get(name) for name in ("page", "q", "fq", "modified_since")}


def _other_profiles() -> list[str]:
    """Profiles asked for, when they are not those the fragments are made with."""
    asked = (request.args.get("profiles") or "").replace(",", " ").split()
    usual = (toolkit.config.get("ckanext.dcat.rdf.profiles") or " ".join(DEFAULT_RDF_PROFILES)).split()
    return asked if asked != usual else []


def _through_dcat(action: str, data: dict[str, Any], form: formats.Format, profiles: list[str]) -> Response:
    """Other profiles are rendered by ckanext-dcat itself, for the public."""
    data = {k: v for k, v in data.items() if v} | {"format": form.ext, "profiles": profiles}
    try:
        text = toolkit.get_action(action)(Context(_PUBLIC), data)
    except (KeyError, toolkit.NotAuthorized, toolkit.ObjectNotFound):
        return toolkit.abort(404, toolkit._("Dataset not found"))
    except (toolkit.ValidationError, RDFProfileException, SearchError) as error:
        return toolkit.abort(409, str(error))
    return Response(text, content_type=form.media_type)


def unavailable() -> Response:
    text = toolkit._("The catalogue is being prepared. Please try again in a minute.")
    return Response(text, status=503, headers={"Retry-After": "60"}, content_type="text/plain; charset=utf-8")
