"""Addresses of the feeds, and RDF at the addresses of pages for who prefers it."""

from __future__ import annotations

from ckan.plugins import toolkit
from flask import Blueprint, Response, request

from . import config, formats, serve


def catalogue_file(_format: str) -> Response:
    return serve.whole_catalogue(_form(_format))


def dataset_file(_id: str, _format: str) -> Response:
    return serve.dataset(_id, _form(_format))


def catalogue() -> str:
    """The page that lists the forms; who prefers RDF has got it before (``negotiated``)."""
    return toolkit.render("feeds/catalogue.html")


def _form(extension: str) -> formats.Format:
    form = formats.BY_EXTENSION.get(extension)
    return form or toolkit.abort(404, toolkit._("There is no such format"))


def _target() -> tuple[str, str] | None:
    """What the requested page is about: ``("catalogue", "")``, ``("dataset", id)``, or None."""
    endpoint, values = request.endpoint or "", request.view_args or {}
    if endpoint in ("feeds_rdf.catalogue", "home.index"):
        return "catalogue", ""
    if endpoint.endswith(".read") and "package_type" in values and "id" in values:
        return "dataset", values["id"]
    return None


def negotiated() -> Response | None:
    """RDF instead of the page, when Accept prefers it. ckanext-dcat's own addresses, if on, are answered by us too."""
    values = request.view_args or {}
    if request.endpoint == "dcat.read_catalog" and values.get("_format"):
        return catalogue_file(values["_format"])
    if request.endpoint == "dcat.read_dataset" and values.get("_format"):
        return dataset_file(values["_id"], values["_format"])
    if request.method not in ("GET", "HEAD") or not config.content_negotiation():
        return None
    target = _target()
    form = formats.negotiate(request.headers.get("Accept")) if target else None
    if target is None or form is None:
        return None
    return serve.whole_catalogue(form) if target[0] == "catalogue" else serve.dataset(target[1], form)


def vary(response: Response) -> Response:
    """Caches must know that these pages have other forms."""
    if config.content_negotiation() and _target():
        response.vary.add("Accept")
    return response


def blueprint() -> Blueprint:
    """The routes, with the settings as they are now (``feeds`` itself is the name of CKAN's Atom feeds)."""
    feeds = Blueprint("feeds_rdf", __name__)
    feeds.add_url_rule("/catalog", view_func=catalogue)
    feeds.add_url_rule(config.catalog_route(), view_func=catalogue_file)
    feeds.add_url_rule("/dataset/<_id>.<_format>", view_func=dataset_file)
    feeds.add_url_rule("/dataset_series/<_id>.<_format>", endpoint="series_file", view_func=dataset_file)
    feeds.before_app_request(negotiated)
    feeds.after_app_request(vary)
    return feeds
