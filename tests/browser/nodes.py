"""Nodes to harvest: feeds on a server of the tests' own, changed as a test goes on."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OGL = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


class Node:
    """One node. ``records`` are of a data.json; the page and the file of each are the council's, at whatever node it is met."""

    def __init__(self, nodes: "Nodes", name: str, about: str):
        self.nodes, self.name, self.about = nodes, name, about
        self.title = name.replace("-", " ").title()

    def record(self, number: int, **more) -> dict:
        return {
            "identifier": f"{self.name}-{number}",
            "title": f"{self.about} {number}",
            "description": f"Readings of {self.about} {number}.",
            "modified": "2026-05-06",
            "landingPage": f"https://{self.about.replace(' ', '-')}.example/d/{number}",
            "license": OGL,
            "publisher": {"name": "Rivers Board"},
            "distribution": [
                {"title": "CSV", "downloadURL": f"https://{self.about.replace(' ', '-')}.example/{number}.csv"}
            ],
            **more,
        }

    def serve(self, *records: dict) -> None:
        self.nodes.feeds[f"/{self.name}"] = json.dumps({"dataset": records}).encode()

    def harvest(self, *records: dict) -> dict:
        """Serve these and harvest them at once."""
        self.serve(*records)
        run = self.nodes.site.administer("federation_run", id=self.name)
        assert run["status"] in ("done", "unchanged"), run
        return run

    def run(self, *statuses: str, seconds: float = 240) -> dict:
        """The latest run, once it has one of these statuses."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            runs = self.nodes.site.administer("federation_run_list", id=self.name, limit=1)
            if runs and runs[0]["status"] in statuses:
                return runs[0]
            time.sleep(0.3)
        raise AssertionError(f"no run of {self.name} came to be {statuses}: {runs}")


class Nodes:
    """The server of the feeds, and the portal that harvests them."""

    def __init__(self, site) -> None:
        self.site, self.feeds = site, {}
        feeds = self.feeds

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = feeds.get(self.path)
                self.send_response(200 if body else 404)
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_args: object) -> None:
                """Quiet."""

        self.http = ThreadingHTTPServer(("127.0.0.1", int(site.node_port)), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def add(self, name: str, about: str, **more) -> Node:
        """Register a node that is harvested by hand alone."""
        made = Node(self, name, about)
        url = {"feed_url": f"http://127.0.0.1:{self.site.node_port}/{name}", "url": f"https://{name}.example/"}
        self.site.administer("federation_node_create", name=name, title=made.title, **url, **more)
        self.site.administer("federation_node_pause", id=name)
        return made

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
