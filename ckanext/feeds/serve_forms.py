"""The forms besides RDF over HTTP: privacy, entity tags, compression and files are those of the RDF forms."""

from __future__ import annotations

from functools import partial

from ckan.plugins import toolkit
from flask import request
from werkzeug.wrappers import Response

from . import columns, documents, respond, serve, source, store, sync
from .forms import Entry, Form


def one(form: Form, name_or_id: str) -> Response:
    """A dataset in a form; 404 for every dataset that the public does not see, and for one that has not this form."""
    sync.catch_up_one(name_or_id)
    shown = store.get(name_or_id, documents.SOURCE)
    body = None
    if shown is not None and form.one is not None:
        made_of = source.from_bytes(documents.unpack(shown.data))
        known = columns.of(made_of.dataset) if form.columns else {}
        entry = Entry(shown.package_id, shown.uri, shown.modified, made_of, known)
        body = form.one(entry, serve.site(shown.modified))
    if shown is None or body is None:
        return toolkit.abort(404, toolkit._("Dataset not found"))
    content = f"{form.name} {form.version} {documents.fingerprint(body)}"
    return respond.document(
        request.environ, form.media_type, content, shown.modified, partial(documents.coded, body), form.compress
    )


def whole(form: Form) -> Response:
    """All datasets in a form."""
    make = form.whole
    if make is None:
        return toolkit.abort(404, toolkit._("There is no such format"))
    return serve.everything(
        f"form.{form.name}",
        form.media_type,
        lambda site: repr((form.name, form.version, site)).encode(),
        lambda site, held: make(held.entries(), site),
        form.compress,
    )
