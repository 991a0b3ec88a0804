"""What an operator puts before several Solr nodes (HAProxy, nginx, a cloud's balancer): the first that listens is used."""

import contextlib
import selectors
import socket
import socketserver
import threading


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        upstream = self.server.connect()  # type: ignore[attr-defined]
        if upstream is None:
            return
        with upstream, selectors.DefaultSelector() as ready:
            ends = {self.request: upstream, upstream: self.request}
            for end in ends:
                ready.register(end, selectors.EVENT_READ, end)
            with contextlib.suppress(OSError):
                while True:
                    for key, _events in ready.select(120):
                        end: socket.socket = key.data
                        data = end.recv(65536)
                        if not data:
                            return
                        ends[end].sendall(data)


class Balancer(socketserver.ThreadingTCPServer):
    """Passes each connection to the first of `ports` (on 127.0.0.1) that takes it."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, ports: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.ports = ports
        self.port: int = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def connect(self) -> socket.socket | None:
        for port in self.ports:
            with contextlib.suppress(OSError):
                return socket.create_connection(("127.0.0.1", port), timeout=2)
        return None

    def handle_error(self, request: object, client_address: object) -> None:
        """A client or a node that is gone is what these tests are about."""
