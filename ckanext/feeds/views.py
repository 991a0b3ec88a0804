"""Addresses of the feeds, and RDF at the addresses of pages for who prefers it."""

from __future__ import annotations

from ckan.config.middleware.flask_app import csrf
from ckan.plugins import toolkit
from flask import Blueprint, request
from werkzeug.wrappers import Response

from . import config, formats, serve, serve_changes, serve_forms, serve_news, serve_oai, serve_sitemap
from .forms import Form, accept, registry


def catalogue_file(_format: str) -> Response:
    return serve.whole_catalogue(_form(_format))


def dataset_file(_id: str, _format: str) -> Response:
    return serve.dataset(_id, _form(_format))


def catalogue() -> str:
    """The page that lists the forms; who prefers RDF has got it before (``negotiated``)."""
    return toolkit.render("feeds/catalogue.html")


def changes(_format: str) -> Response:
    return serve_changes.answer(_format)


def sitemap() -> Response:
    return serve_sitemap.whole()


def sitemap_part(_number: int) -> Response:
    return serve_sitemap.part(_number)


def news(_type: str) -> Response:
    return serve_news.answer(_type)


def oai_pmh() -> Response:
    return serve_oai.answer()


def form_file(_id: str, _form: str) -> Response:
    return serve_forms.one(registry.BY_NAME[_form], _id)


def whole_form(_form: str) -> Response:
    return serve_forms.whole(registry.BY_NAME[_form])


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
    """Another form instead of the page, when Accept prefers it. ckanext-dcat's own addresses, if on, are answered by us too."""
    values = request.view_args or {}
    if request.endpoint == "dcat.read_catalog" and values.get("_format"):
        return catalogue_file(values["_format"])
    if request.endpoint == "dcat.read_dataset" and values.get("_format"):
        return dataset_file(values["_id"], values["_format"])
    if request.method not in ("GET", "HEAD") or not config.content_negotiation():
        return None
    target = _target()
    if target is None:
        return None
    header = request.headers.get("Accept")
    if other := _other_form(target[0], header):
        return serve_forms.whole(other) if target[0] == "catalogue" else serve_forms.one(other, target[1])
    form = formats.negotiate(header)
    if form is None:
        return None
    return serve.whole_catalogue(form) if target[0] == "catalogue" else serve.dataset(target[1], form)


def _other_form(kind: str, header: str | None) -> Form | None:
    """The form besides RDF that a dataset's or the catalogue's address must answer in. The home page has RDF only."""
    if request.endpoint == "home.index":
        return None
    return accept.chosen(header, (f for f in registry.FORMS if (f.whole if kind == "catalogue" else f.one)))


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
    feeds.add_url_rule("/feeds/changes.<_format>", view_func=changes)
    feeds.add_url_rule("/sitemap.xml", view_func=sitemap)
    feeds.add_url_rule("/sitemap-<int:_number>.xml", view_func=sitemap_part)
    feeds.add_url_rule("/feeds/news.atom", "news_atom", news, defaults={"_type": serve_news.ATOM})
    feeds.add_url_rule("/feeds/news.json", "news_json", news, defaults={"_type": serve_news.JSON_FEED})
    # It only reads; the protocol has POST for long arguments, from programs without a form of ours.
    feeds.add_url_rule("/oai", view_func=oai_pmh, methods=["GET", "POST"])
    csrf.exempt(oai_pmh)
    for form in registry.FORMS:
        named = {"_form": form.name}
        if form.address:
            feeds.add_url_rule(form.address, f"whole_{form.name}", whole_form, defaults=named)
        if form.suffix:
            feeds.add_url_rule(f"/dataset/<_id>.{form.suffix}", f"one_{form.name}", form_file, defaults=named)
            series = f"/dataset_series/<_id>.{form.suffix}"
            feeds.add_url_rule(series, f"series_{form.name}", form_file, defaults=named)
    feeds.before_app_request(negotiated)
    feeds.after_app_request(vary)
    return feeds
