"""The sample nodes' server: ``python -m ckanext.portal.demo.nodes --host 127.0.0.1 --port 5010``.

Reads ``seeds/nodes/*.yaml``, makes every answer once, and serves it from memory: no path of a request ever
reaches the file system. GET and HEAD only; strong ETags, Last-Modified, 304, gzip.
"""

import argparse
import gzip
import hashlib
import signal
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote, urlsplit

import yaml

from . import datapress, hub, samples, seeds

KINDS: dict[str, ModuleType] = {"hub": hub, "datapress": datapress}
SMALLEST_TO_ZIP = 512


@dataclass(frozen=True)
class Answer:
    """A body, plain and zipped, with its validator."""

    body: bytes
    zipped: bytes | None
    content_type: str
    etag: str

    @classmethod
    def of(cls, served: samples.Served) -> "Answer":
        zipped = gzip.compress(served.body, 6, mtime=0) if len(served.body) >= SMALLEST_TO_ZIP else None
        return cls(served.body, zipped, served.content_type, hashlib.sha256(served.body).hexdigest()[:32])


def answers(folder: Path, base: str) -> dict[str, Answer]:
    """Everything to serve, by path. ``base`` is the server's own address, no slash at the end."""
    found: dict[str, samples.Served] = {}
    for path in sorted(folder.glob("*.yaml")):
        node = yaml.safe_load(path.read_text(encoding="utf-8"))
        home = f"/{path.stem}"
        inside = KINDS[node["kind"]].routes(node, f"{base}{home}")
        found.update({f"{home}{route}": served for route, served in inside.items()})
        found[home] = _home(node, home, base, inside)
    if not found:
        raise seeds.SeedError(f"no *.yaml in {folder}")
    nodes = {f"{base}{route}": served for route, served in found.items() if route.count("/") == 1}
    found["/"] = samples.page(
        "Sample nodes",
        ["Invented catalogues in the shapes of real ones, for a portal to harvest."],
        {url: url for url in nodes},
    )
    return {route: Answer.of(served) for route, served in found.items()}


def _home(node: dict, home: str, base: str, inside: dict[str, samples.Served]) -> samples.Served:
    feeds = sorted(route for route in inside if "/api/" in route and "/dataset/" not in route)
    others = sorted(route for route in inside if route not in feeds)
    links = {f"{base}{home}{route}": f"{home}{route}" for route in [*feeds, *others]}
    return samples.page(
        node["title"], [f"{len(node['datasets'])} datasets. Feeds first, then the files they link to."], links
    )


class Handler(BaseHTTPRequestHandler):
    """Looks a path up among the answers."""

    server: "NodeServer"  # pyright: ignore[reportIncompatibleVariableOverride]
    protocol_version = "HTTP/1.1"
    server_version = "TowpathSampleNodes"
    timeout = 30

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, with_body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        answer = self.server.answers.get(path if path == "/" else path.rstrip("/"))
        if answer is None:
            self.send_error(HTTPStatus.NOT_FOUND, "Nothing here", "See / for what this server has.")
            return
        zipped = answer.zipped if self._takes_gzip() else None
        body = zipped or answer.body
        # A zipped answer is another representation, so it has another strong validator (RFC 9110, 8.8.3).
        etag = f'"{answer.etag}{"-gz" if zipped else ""}"'
        fresh = self._is_fresh(etag)
        self.send_response(HTTPStatus.NOT_MODIFIED if fresh else HTTPStatus.OK)
        self.send_header("ETag", etag)
        self.send_header("Last-Modified", format_datetime(self.server.made, usegmt=True))
        self.send_header("Vary", "Accept-Encoding")
        self.send_header("Cache-Control", "no-cache")
        if not fresh:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Content-Length", str(len(body)))
            if zipped:
                self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if with_body and not fresh:
            self.wfile.write(body)

    def _takes_gzip(self) -> bool:
        for part in self.headers.get("Accept-Encoding", "").split(","):
            coding, _, quality = part.partition(";")
            if coding.strip().lower() in ("gzip", "*"):
                return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
        return False

    def _is_fresh(self, etag: str) -> bool:
        """Whether the client has it already; a given ETag decides alone (RFC 9110, 13.1.3)."""
        if asked := self.headers.get("If-None-Match"):
            known = {one.strip().removeprefix("W/") for one in asked.split(",")}
            return "*" in known or etag in known
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
        except (TypeError, ValueError):
            return False
        return (since if since.tzinfo else since.replace(tzinfo=UTC)) >= self.server.made

    def log_message(self, format: str, *args: object) -> None:
        if self.server.verbose:
            super().log_message(format, *args)


class NodeServer(ThreadingHTTPServer):
    """Listens, then makes the answers: their addresses need the port."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, port: int, folder: Path, base_url: str = "", verbose: bool = False) -> None:
        super().__init__((host, port), Handler)
        self.verbose = verbose
        shown = f"[{host}]" if ":" in host else host
        self.base_url = (base_url or f"http://{shown}:{self.server_port}").rstrip("/")
        self.answers = answers(folder, self.base_url)
        # Whole seconds: that is all that If-Modified-Since can say.
        self.made = datetime.now(UTC).replace(microsecond=0)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ckanext.portal.demo.nodes", description="Serve the sample nodes.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5010, help="0 takes a free one")
    parser.add_argument("--folder", type=Path, default=None, help="default: seeds/nodes")
    parser.add_argument("--base-url", default="", help="the address to put in the feeds, if not http://HOST:PORT")
    parser.add_argument("--verbose", action="store_true", help="a line for each request")
    args = parser.parse_args(arguments)
    try:
        server = NodeServer(args.host, args.port, args.folder or seeds.folder() / "nodes", args.base_url, args.verbose)
    except OSError as error:
        print(
            f"cannot listen on {args.host}:{args.port}: {error.strerror or error}; try another --port", file=sys.stderr
        )
        return 1
    except seeds.SeedError as error:
        print(error, file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"sample nodes at {server.base_url}/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
