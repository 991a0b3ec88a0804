"""Security headers of a page, by what kind of page it is. Pure."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from urllib.parse import urlsplit

# Pages on which CKAN itself has scripts in the text or in attributes: previews in frames, forms that manage
# files, API tokens. Everywhere else no script runs that is not a file of this site.
PREVIEWS = (".view",)
HANDLERS = ("_resource.new", "_resource.edit", "_resource.edit_view", "_resource.read", "user.api_tokens")
# The one handler in an attribute that a preview needs: the refit button of CKAN's table view. Any other is
# refused, because ckanext-geoview writes what a (perhaps harvested) GeoJSON says into its popups unescaped.
REFIT = "fitColText()"
HOST = re.compile(r"(\*\.)?[a-z0-9.:_-]+")

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
}


def kind_of(endpoint: str) -> str:
    """preview, handlers or strict."""
    if endpoint.endswith(PREVIEWS) and "resource" in endpoint:
        return "preview"
    return "handlers" if endpoint.endswith(HANDLERS) else "strict"


def origin(address: str) -> str:
    """The source, as a policy names it, of a map's tiles: of https://{s}.tile.example/{z}.png it is https://*.tile.example."""
    try:
        parts = urlsplit(address.replace("{s}", "*"))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    named = parts.scheme in ("http", "https") and HOST.fullmatch(host)
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "") if named else ""


def policy(
    kind: str,
    connect: Iterable[str] = (),
    frame: Iterable[str] = (),
    https: bool = False,
    pictures: Iterable[str] = ("https:",),
    tiles: str = "",
) -> str:
    """The Content-Security-Policy. `connect`, `frame` and `pictures` are further sources the operator allows.

    `tiles` is the address of the map's tiles, which previews may show.

    A preview may be framed by other sites, because CKAN offers code to embed it.
    """
    script = {
        "strict": "'self'",
        # htmx's hx-on and the chart library compile text to functions.
        "handlers": "'self' 'unsafe-eval'",
        "preview": "'self' 'unsafe-inline' 'unsafe-eval'",
    }[kind]
    attribute = {
        "strict": "'none'",
        "handlers": "'unsafe-inline'",
        "preview": f"'unsafe-hashes' 'sha256-{b64encode(sha256(REFIT.encode()).digest()).decode()}'",
    }[kind]
    shown = [*pictures, *([origin(tiles)] if kind == "preview" and origin(tiles) else [])]
    rules = {
        "default-src": "'self'",
        "base-uri": "'self'",
        "object-src": "'none'",
        "script-src": script,
        "script-src-attr": attribute,
        "style-src": "'self' 'unsafe-inline'",
        "img-src": " ".join(["'self'", "data:", "blob:", *shown]),
        "font-src": "'self' data:",
        "media-src": "'self' https:",
        "worker-src": "'self' blob:",
        "connect-src": " ".join(["'self'", *connect]),
        "frame-src": " ".join(["'self'", *frame]),
        "form-action": "'self'",
        "frame-ancestors": "*" if kind == "preview" else "'self'",
    }
    if https:
        rules["upgrade-insecure-requests"] = ""
    return "; ".join(f"{name} {value}".strip() for name, value in rules.items())
