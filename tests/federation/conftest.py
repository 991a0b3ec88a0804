"""Feeds of the tests, and a real HTTP server that serves what a test tells it to."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

FEEDS = Path(__file__).parent / "feeds"
PLUGINS = "federation council_schemas scheming_datasets scheming_organizations dcat activity"


@pytest.fixture
def feed() -> Callable[[str], bytes]:
    """The bytes of one of the tests' own feeds."""
    return lambda name: (FEEDS / name).read_bytes()


class Server:
    """``routes``: a path to a function that answers with the request's handler; ``serve`` sets plain answers."""

    def __init__(self) -> None:
        self.routes: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server.requests.append((self.path, dict(self.headers)))
                route = server.routes.get(self.path) or server.routes.get(self.path.split("?")[0])
                self.close_connection = True
                if route is None:
                    self.send_error(404)
                    return
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    route(self)

            def log_message(self, *_args: object) -> None:
                """Quiet."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.address = f"127.0.0.1:{self.http.server_address[1]}"
        self.url = f"http://{self.address}"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def serve(self, path: str, body: bytes, status: int = 200, length: int | None = None, **headers: str) -> str:
        """Answer ``path`` with these bytes; its whole address. ``length`` lies about their number."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            handler.send_header("Content-Length", str(len(body) if length is None else length))
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(body)

        self.routes[path] = answer
        return self.url + path


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of its own for each test."""
    one = Server()
    yield one
    one.http.shutdown()
    one.http.server_close()
