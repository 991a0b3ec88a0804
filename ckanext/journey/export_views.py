"""A journey in other tools' formats: by address, and by what a client asks for on the journey's page."""

from __future__ import annotations

import tempfile
from typing import Any

from ckan.plugins import toolkit as tk
from flask import Blueprint, send_file

from . import exporting, pages
from .exports import registry

exports = Blueprint("journey_exports", __name__)

_EXTENSIONS = ",".join(f"'{extension}'" for extension in registry.BY_EXTENSION)
# A drawing opened by itself may style itself and do nothing else.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def chosen() -> registry.Format | None:
    """The format that the request's Accept header likes better than a page."""
    return registry.negotiate(list(tk.request.accept_mimetypes))


@exports.route(f"/dataset/journey/<id>.<any({_EXTENSIONS}):extension>")
def export(id: str, extension: str) -> Any:
    return send(id, registry.BY_EXTENSION[extension])


def send(id: str, form: registry.Format) -> Any:
    """The export, written to a file that is gone once it is sent."""
    pkg = pages.dataset(id)
    out: Any = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        done = exporting.write(pages.context(), pkg["id"], form.name, out)
    except tk.ValidationError as error:
        out.close()
        return tk.abort(503, str(error.error_summary))
    size = out.tell() if out.seek(0, 2) else 0
    out.seek(0)
    attached = form.extension in ("zip", "csv")
    response = send_file(out, mimetype=form.media_type, as_attachment=attached, download_name=done["filename"])
    response.content_length = size
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-cache" if not pkg["private"] else "private, no-store"
    response.vary.add("Accept")
    if any(done["cut"].values()):
        response.headers["X-Journey-Cut"] = f"steps={done['cut']['steps']}; files={done['cut']['files']}"
    return response
