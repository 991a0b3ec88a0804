"""Connections that lead only where they may, and no longer than they may.

Each connection resolves its host, refuses private addresses, and connects to the very address it checked.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from . import addresses


class FetchError(Exception):
    """The address could not be fetched; its text says why, for a steward."""


class Refused(FetchError):
    """A refusal that no second try changes."""


class Watch:
    """Cuts the connection at the deadline, however slowly the other side drips."""

    def __init__(self, deadline: float):
        self.deadline, self.expired = deadline, False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(max(0.0, deadline - time.monotonic()), self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Watch:
        self._timer.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._timer.cancel()
        for one in self._sockets:
            one.close()

    def add(self, connection: socket.socket) -> None:
        self._sockets.append(connection.dup())

    def check(self) -> None:
        if self.expired or time.monotonic() > self.deadline:
            raise Refused("The feed took too long; the time for it is up.")

    def _cut(self) -> None:
        self.expired = True
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class Adapter(HTTPAdapter):
    """Connections that check the address they connect to."""

    def __init__(self, allowed: bool, watch: Watch):
        self._classes = _pools(allowed, watch)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._classes


def _pools(allowed: bool, watch: Watch) -> dict[str, Any]:
    class Checked:
        """Connects to an address that was checked, not to a name."""

        def _new_conn(self) -> socket.socket:
            connection = _connect(self, allowed)  # type: ignore[arg-type]
            watch.add(connection)
            return connection

    plain = type("CheckedHTTPConnection", (Checked, HTTPConnection), {})
    secure = type("CheckedHTTPSConnection", (Checked, HTTPSConnection), {})
    return {
        "http": type("CheckedHTTPPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("CheckedHTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }


def _connect(connection: HTTPConnection, allowed: bool) -> socket.socket:
    host = connection._dns_host.strip("[]")
    port = connection.port or 80
    failure: OSError | None = None
    for family, kind, protocol, _name, target in checked(host, port, allowed):
        candidate = socket.socket(family, kind, protocol)
        candidate.settimeout(connection.timeout if isinstance(connection.timeout, int | float) else None)
        try:
            candidate.connect(target)
        except OSError as error:
            failure = error
            candidate.close()
        else:
            candidate.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return candidate
    raise NewConnectionError(connection, f"no connection to {host}: {failure}")


def checked(host: str, port: int, allowed: bool) -> list[Any]:
    """What the name resolves to, public addresses only.

    :raises FetchError: it does not resolve, or to private addresses only.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchError(f"The name {host} does not resolve.") from None
    public = [one for one in found if allowed or addresses.is_public(str(one[4][0]))]
    if not public:
        raise Refused(f"{host} is a private address, which is never fetched.")
    return public
