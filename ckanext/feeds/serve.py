"""Which triples a request means: a dataset, the whole catalogue, a page of it, or a search in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ckan.lib.search import SearchError
from ckan.plugins import toolkit
from ckan.types import Context
from ckanext.dcat.exceptions import RDFProfileException
from ckanext.dcat.processors import DEFAULT_RDF_PROFILES
from ckanext.dcat.utils import catalog_uri
from dateutil.parser import parse as parse_date
from flask import Response, request

from . import catalogue, config, formats, respond, store, sync
from .snapshot import Selection, Snapshot

_FILTERS = ("q", "fq", "modified_since", "profiles")
_PUBLIC = Context(user="", auth_user_obj=None, ignore_auth=False)


def dataset(name_or_id: str, form: formats.Format) -> Response:
    """One dataset's triples; 404 for every dataset that the public does not see."""
    if profiles := _other_profiles():
        return _through_dcat("dcat_dataset_show", {"id": name_or_id}, form, profiles)
    sync.catch_up_one(name_or_id)
    shown = store.get(name_or_id)
    if shown is None:
        return toolkit.abort(404, toolkit._("Dataset not found"))
    return respond.answer(form, shown.sha256, shown.modified, lambda: iter([shown.ntriples]))


def whole_catalogue(form: formats.Format) -> Response:
    """The catalogue: all of it, or with ``page``, ``q``, ``fq`` or ``modified_since`` a page, as ckanext-dcat does."""
    if profiles := _other_profiles():
        return _through_dcat("dcat_catalog_show", _asked(), form, profiles)
    if not sync.catch_up(config.catch_up_seconds()) and store.missing():
        return _unavailable()
    if any(request.args.get(name) for name in ("q", "fq", "modified_since")):
        selection, page = _searched(_page_number())
    elif request.args.get("page"):
        size, number = config.page_size(), _page_number()
        selection, page = Selection(limit=size, offset=(number - 1) * size), _page(number, None)
    else:
        selection, page = Selection(), None
    return _stream(form, selection, page)


def _stream(form: formats.Format, selection: Selection, page: catalogue.Page | None) -> Response:
    snapshot = Snapshot(selection)
    try:
        digest = snapshot.digest()
        head = catalogue.head(_site(digest.modified))
        if page is not None:
            head += catalogue.paging(page if page.count >= 0 else _page(page.number, snapshot.total()))
        content = hashlib.sha256(head).hexdigest() + digest.sha256
        return respond.answer(form, content, digest.modified, lambda: _batches(head, snapshot), snapshot.close)
    except BaseException:
        snapshot.close()
        raise


def _batches(head: bytes, snapshot: Snapshot) -> Iterator[bytes]:
    yield head
    uri = catalog_uri()
    for uris, data in snapshot.batches():
        yield catalogue.links(uri, uris) + data


def _site(modified: datetime | None) -> catalogue.Catalogue:
    settings = toolkit.config
    return catalogue.Catalogue(
        uri=catalog_uri(),
        title=settings.get("ckan.site_title") or "CKAN",
        description=settings.get("ckan.site_description") or "",
        homepage=config.site_url() + "/",
        languages=config.languages(),
        publisher_uri=config.publisher_uri(),
        publisher_name=config.publisher_name(),
        modified=modified,
    )


def _page_number() -> int:
    try:
        number = int(request.args.get("page") or 1)
    except ValueError:
        number = 0
    if not 0 < number < 10**7:
        return toolkit.abort(409, toolkit._("Page must be a positive integer starting at 1"))
    return number


def _page(number: int, count: int | None) -> catalogue.Page:
    """A page's address and number; a count of -1 is filled in from the snapshot."""
    query = tuple((k, v) for k, v in request.args.items(multi=True) if k in _FILTERS)
    address = config.site_url() + request.path
    return catalogue.Page(number, config.page_size(), -1 if count is None else count, address, query)


def _searched(number: int) -> tuple[Selection, catalogue.Page]:
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
    return Selection(ids=ids), _page(number, found["count"])


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


def _unavailable() -> Response:
    text = toolkit._("The catalogue is being prepared. Please try again in a minute.")
    return Response(text, status=503, headers={"Retry-After": "60"}, content_type="text/plain; charset=utf-8")
