from __future__ import annotations

import logging
from typing import Any

from ckan.common import current_user
from ckan.lib.search import SearchError, SolrConnectionError
from ckan.plugins import toolkit as tk
from flask import Blueprint, Response, g, jsonify, make_response, request

from . import cache, config, headers, home, search

log = logging.getLogger(__name__)
portal = Blueprint("portal", __name__)

SHORT_CACHE = 60  # seconds for which a browser may keep suggestions


def _context() -> Any:
    return {"user": current_user.name, "auth_user_obj": current_user}


def index() -> str:
    """The home page, in place of CKAN's own: one search, and figures that are kept for a while."""
    shown = cache.for_public(("home", tk.h.lang()), lambda: home.contents(_context()))
    home.ask_for_email()
    return tk.render("home/index.html", extra_vars=dict(shown))


def status_page() -> Response:
    report = tk.get_action("portal_status")(_context(), {})
    return _reported(tk.render("portal/status.html", extra_vars={"report": report}), report)


def status_json() -> Response:
    report = tk.get_action("portal_status")(_context(), {})
    return _reported(jsonify(report), report)


def _reported(body: str | Response, report: dict[str, Any]) -> Response:
    response = make_response(body, 503 if report["status"] == "down" else 200)
    # Tells the fallback that this 503 is an answer, not a failure.
    response.headers["X-Portal-Status"] = report["status"]
    request.environ["__no_cache__"] = True
    return response


def autocomplete() -> Response:
    """What portal_autocomplete suggests, for the search box. An unreachable index suggests nothing."""
    asked = {"q": request.args.get("q", ""), "limit": request.args.get("limit", 8)}
    try:
        found = tk.get_action("portal_autocomplete")(_context(), asked)
    except tk.ValidationError as error:
        return make_response(jsonify({"error": error.error_summary}), 400)
    except (SearchError, SolrConnectionError):
        return make_response(jsonify({"q": asked["q"], "suggestions": []}), 503)
    response = jsonify(found)
    if current_user.is_authenticated:
        request.environ["__no_cache__"] = True
    else:
        response.headers["X-Robots-Tag"] = "noindex"
        response.cache_control.max_age = SHORT_CACHE
    return response


def accessibility() -> str:
    return tk.render("portal/accessibility.html", extra_vars={"email": config.contact_email()})


def privacy() -> str:
    return tk.render("portal/privacy.html", extra_vars={"email": config.contact_email()})


portal.add_url_rule("/", view_func=index)
portal.add_url_rule("/status", view_func=status_page)
portal.add_url_rule("/status.json", view_func=status_json)
portal.add_url_rule("/portal/autocomplete", view_func=autocomplete)
portal.add_url_rule("/accessibility", view_func=accessibility)
portal.add_url_rule("/privacy", view_func=privacy)


@portal.after_app_request
def secure(response: Response) -> Response:
    """Security headers on each answer; a header that a view has set itself stays."""
    for name, value in headers.ALWAYS.items():
        response.headers.setdefault(name, value)
    if config.content_security_policy() and response.mimetype == "text/html":
        kind = headers.kind_of(request.endpoint or "")
        https = tk.config["ckan.site_url"].startswith("https:")
        policy = headers.policy(
            kind, config.csp_connect(), config.csp_frame(), https, config.csp_pictures(), config.map_tiles()
        )
        response.headers.setdefault("Content-Security-Policy", policy)
    return response


@portal.app_errorhandler(SearchError)
@portal.app_errorhandler(SolrConnectionError)
def search_is_away(error: Exception) -> tuple[str, int]:
    """What CKAN does not catch itself, such as the list of organisations, which asks Solr how many datasets each has."""
    log.warning("Search cannot be reached: %s", error)
    g.portal_unanswered = True
    return tk.render("error_document_template.html", extra_vars={"code": 500, "name": "", "content": ""}), 500


@portal.after_app_request
def say_that_search_is_away(response: Response) -> Response:
    """A page that failed because Solr does not answer is not the portal's error: come again."""
    if response.status_code == 500 and search.unanswered():
        response.status_code = 503
        response.headers["Retry-After"] = "30"
    return response
