"""What is answered when CKAN cannot: the outermost layer of the application, which needs no database and no template."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from ckan.plugins import toolkit as tk

from . import status

log = logging.getLogger(__name__)

PAGE = """<!DOCTYPE html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>body{{font:1.1rem/1.6 system-ui,sans-serif;color:#14282d;background:#f7f6f2;margin:0}}
main{{max-width:40rem;margin:12vh auto;padding:2rem}}h1{{font-size:1.9rem;line-height:1.2}}a{{color:#0b5a66}}
table{{border-collapse:collapse;width:100%}}th,td{{text-align:left;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #d8d4c8}}</style>
</head><body><main><h1>{title}</h1><p>{text}</p>{table}</main></body></html>"""

Environ = dict[str, Any]


class Outermost:
    """WSGI: /health is answered here; a page that fails altogether, and /status then, are answered in plain HTML."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = _without_locale(environ.get("PATH_INFO", ""))
        if path == "/health":
            return _health(start_response)
        if path in ("/status", "/status.json"):
            return self._status(environ, start_response, path)
        try:
            return self.application(environ, start_response)
        except Exception:
            log.exception("The request for %s failed altogether", path)
            return _page(start_response, environ, "503 Service Unavailable", table="")

    def _status(self, environ: Environ, start_response: Callable[..., Any], path: str) -> Iterable[bytes]:
        """CKAN's answer, unless it is an error of CKAN's own: then the bare facts."""
        answer: list[Any] = []

        def keep(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            answer[:] = [line, headers]

        try:
            body = self.application(environ, keep)
            if answer and ("X-Portal-Status" in dict(answer[1]) or not answer[0].startswith("5")):
                start_response(*answer)
                return body
        except Exception:
            log.exception("The status page failed; its facts are given without it")
        report = status.report(details=False)
        if path.endswith(".json"):
            return _json(start_response, _line(report), report)
        return _page(start_response, environ, _line(report), _table(report))


def _without_locale(path: str) -> str:
    first, _, rest = path[1:].partition("/")
    return f"/{rest}" if first in tk.config["ckan.locales_offered"] else path


def _line(report: dict[str, Any]) -> str:
    return "503 Service Unavailable" if report["status"] == "down" else "200 OK"


def _health(start_response: Callable[..., Any]) -> Iterable[bytes]:
    failed = status.ready()
    line = "503 Service Unavailable" if failed else "200 OK"
    return _json(start_response, line, {"ready": not failed, "down": sorted(failed)})


def _json(start_response: Callable[..., Any], line: str, value: Any) -> Iterable[bytes]:
    start_response(line, [("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store")])
    return [json.dumps(value, indent=2).encode()]


def _page(start_response: Callable[..., Any], environ: Environ, line: str, table: str) -> Iterable[bytes]:
    title = tk.config["ckan.site_title"] or "Open data"
    text = "This service is not available at the moment. Please try again in a few minutes."
    lang = "en"
    if environ.get("PATH_INFO", "").startswith("/cy"):
        text, lang = (
            "Nid yw'r gwasanaeth hwn ar gael ar hyn o bryd. Rhowch gynnig arall arni ymhen ychydig funudau.",
            "cy",
        )
    body = PAGE.format(title=escape(title), text=text, table=table, lang=lang).encode()
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("Retry-After", "60"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ]
    start_response(line, headers)
    return [body]


def _table(report: dict[str, Any]) -> str:
    rows = (
        f"<tr><th scope=row>{escape(each['label'])}</th><td>{'up' if each['up'] else 'down'}</td></tr>"
        for each in report["services"]
    )
    return f"<table><tbody>{''.join(rows)}</tbody></table>"
