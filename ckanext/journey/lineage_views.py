"""`POST /api/v1/lineage` and `/batch`: the addresses that an unmodified OpenLineage client posts to.

`Front` takes them around CKAN's own request handling, as tools may send hundreds a second and need none of it: no
session, no user, no page. The blueprint answers the same where a site has no such front.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from typing import Any

from ckan import model
from ckan.config.middleware.flask_app import csrf
from ckan.plugins import toolkit as tk
from flask import Blueprint
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from . import config, prov_views
from .lineage import receive, tokens
from .lineage.document import DocumentError

log = logging.getLogger(__name__)

PATH = "/api/v1/lineage"
lineage = Blueprint("journey_lineage", __name__, url_prefix=PATH)
# Tools carry no cookie and no form's token: who they are is their bearer token alone.
csrf.exempt(lineage)
SCHEME = "bearer "


def bearer(request: Request) -> str:
    header = request.headers.get("Authorization", "")
    return header[len(SCHEME) :].strip() if header.lower().startswith(SCHEME) else ""


def _json(status: int, document: dict[str, Any]) -> Response:
    return Response(json.dumps(document), status, mimetype="application/json")


def _refuse(status: int, message: str) -> Response:
    answer = _json(status, {"error": message})
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="lineage"'
    return answer


def take(request: Any, is_batch: bool) -> Response:
    """A request, from its token to its receipt; what is wrong with it is a 4xx that says so."""
    secret = bearer(request)
    token = tokens.find(model.Session.connection(), secret) if secret else None
    if token is None:
        return _refuse(401, "give the token of an organisation: Authorization: Bearer ...")
    request.max_content_length = config.lineage_bytes()
    here = {str(tk.config["ckan.site_url"]).rstrip("/"), request.host_url.rstrip("/")}
    try:
        body = receive.plain(request.get_data(cache=False), request.headers.get("Content-Encoding", "").lower())
        if is_batch:
            return _counted(receive.batch(token, body, here))
        receipt = receive.single(token, body, here)
        return _json(201, {"warnings": receipt.warnings}) if receipt.warnings else Response("", 201)
    except (receive.TooLargeError, RequestEntityTooLarge):
        return _refuse(413, f"at most {config.lineage_bytes():,} bytes are taken, packed or unpacked")
    except DocumentError as error:
        return _refuse(400, str(error))
    except OperationalError:
        model.Session.rollback()
        answer = _refuse(503, "the organisation's ledger is busy; send it again")
        answer.headers["Retry-After"] = "2"
        return answer


def _counted(receipt: receive.Receipt) -> Response:
    """204 if all were taken, else 200 with which were not, as the OpenLineage API has it."""
    if not receipt.failed:
        return Response("", 204)
    received = receipt.taken + len(receipt.failed)
    summary = {"received": received, "successful": receipt.taken, "failed": len(receipt.failed), "retriable": 0}
    return _json(200, {"status": "partial_success", "summary": summary, "failed_events": receipt.failed})


@lineage.route("", methods=["POST"])
def single() -> Any:
    return take(tk.request, False)


@lineage.route("/batch", methods=["POST"])
def batch() -> Any:
    return take(tk.request, True)


@lineage.route("/prov", methods=["POST"])
def prov() -> Any:
    """A file in W3C PROV for the dataset that the address names; from a tool with a token, or an editor with an API token."""
    request: Any = tk.request
    secret = bearer(request)
    token = tokens.find(model.Session.connection(), secret) if secret else None
    # A cookie is not enough: another site's page could send a form here in its owner's name.
    if token is None and not (tk.g.get("login_via_auth_header") and tk.current_user.is_authenticated):
        return _refuse(401, "give the token of an organisation: Authorization: Bearer ...")
    request.max_content_length = config.lineage_bytes()
    try:
        body = receive.plain(request.get_data(cache=False), request.headers.get("Content-Encoding", "").lower())
        return prov_views.answered(request, token, body)
    except (receive.TooLargeError, RequestEntityTooLarge):
        return _refuse(413, f"at most {config.lineage_bytes():,} bytes are taken, packed or unpacked")
    except DocumentError as error:
        return _refuse(400, str(error))


class Front:
    """CKAN's WSGI application behind the addresses of lineage."""

    def __init__(self, app: Any):
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path not in (PATH, f"{PATH}/batch") or environ.get("REQUEST_METHOD") != "POST":
            return self.app(environ, start_response)
        try:
            answer = take(Request(environ), path != PATH)
        except ClientDisconnected:
            answer = _refuse(400, "the request breaks off")
        except Exception:
            log.exception("Journey: a report of lineage could not be taken")
            answer = _refuse(500, "the report could not be taken; send it again")
        finally:
            model.Session.remove()
        return answer(environ, start_response)
