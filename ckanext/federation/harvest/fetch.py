"""The only network code: fetches a feed's bytes, within caps, from public addresses only.

Each connection resolves its host, refuses private addresses, and connects to the very address it checked, so
neither a redirect nor a name that resolves differently the second time leads inside.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError

from . import addresses, inflate

ACCEPT = "application/json, application/ld+json, text/turtle, application/rdf+xml, application/n-triples, */*;q=0.5"
MOST_REDIRECTS = 5
RETRIED = {429, 502, 503, 504}
CHUNK = 64 * 1024


class FetchError(Exception):
    """The address could not be fetched; its text says why, for a steward."""


class _Refused(FetchError):
    """A refusal that no second try changes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``bytes``: of the answer as sent; ``decoded``: once decompressed; seconds for everything together, for
    connecting, and of silence; ``tries`` for answers that ask to come back."""

    bytes: int = 64 * 1024 * 1024
    decoded: int = 512 * 1024 * 1024
    seconds: float = 300
    connect_seconds: float = 10
    silence_seconds: float = 60
    tries: int = 3
    longest_wait: float = 60


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. ``body`` is decompressed; ``sha256`` and ``bytes`` are the body's; ``not_modified``: status 304."""

    url: str
    status: int
    body: bytes = b""
    content_type: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    sha256: str = ""
    not_modified: bool = False

    @property
    def bytes(self) -> int:
        return len(self.body)


@dataclass
class Fetcher:
    """Fetches with the portal's name; ``allowed_hosts``: ``host:port`` that may be private (a test node)."""

    user_agent: str
    allowed_hosts: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)
    proxy: str = ""
    sleep: Callable[[float], None] = time.sleep

    def get(self, url: str, etag: str = "", last_modified: str = "") -> Fetched:
        """The answer at ``url``, conditional when a validator is given.

        :raises FetchError: refused, unreachable, too big, too slow, cut short, or an error status.
        """
        headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        deadline = time.monotonic() + self.limits.seconds
        reason = ""
        for attempt in range(1, self.limits.tries + 1):
            try:
                answer = self._follow(url, {key: value for key, value in headers.items() if value}, deadline)
            except _Refused:
                raise
            except _ComeBack as busy:
                wait, reason = busy.wait or min(2.0**attempt, self.limits.longest_wait), str(busy)
            except FetchError as error:
                wait, reason = min(2.0**attempt, self.limits.longest_wait), str(error)
            else:
                return answer
            if attempt == self.limits.tries or time.monotonic() + wait > deadline:
                break
            self.sleep(wait)
        raise FetchError(reason)

    def _follow(self, url: str, headers: dict[str, str], deadline: float) -> Fetched:
        for _hop in range(MOST_REDIRECTS + 1):
            answer, location = self._once(url, headers, deadline)
            if answer:
                return answer
            url = urljoin(url, location)
        raise _Refused(f"The node redirects more than {MOST_REDIRECTS} times.")

    def _once(self, url: str, headers: dict[str, str], deadline: float) -> tuple[Fetched | None, str]:
        trouble = addresses.problem(url)
        if trouble:
            raise _Refused(f"{_shown(url)} is not fetched. {trouble}")
        allowed = addresses.host_port(url) in self.allowed_hosts
        if self.proxy and not allowed:
            _checked(urlsplit(url).hostname or "", urlsplit(url).port or 443, False)
        watch = _Watch(deadline)
        with requests.Session() as session:
            session.trust_env = False
            session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
            session.proxies = {"http": self.proxy, "https": self.proxy} if self.proxy else {}
            adapter = _Adapter(allowed, watch)
            session.mount("http://", adapter)
            session.mount("https://", adapter)
            try:
                with watch, self._request(session, url, headers) as response:
                    return self._answer(response, url, watch)
            except requests.exceptions.RequestException as error:
                raise _told(error, url, watch) from None
            except (HTTPError, OSError) as error:
                raise _told(error, url, watch) from None

    def _request(self, session: requests.Session, url: str, headers: dict[str, str]) -> requests.Response:
        own = {"User-Agent": self.user_agent, "Accept": ACCEPT, "Accept-Encoding": "gzip, deflate"}
        timeout = (self.limits.connect_seconds, self.limits.silence_seconds)
        return session.get(url, headers={**own, **headers}, timeout=timeout, stream=True, allow_redirects=False)

    def _answer(self, response: requests.Response, url: str, watch: _Watch) -> tuple[Fetched | None, str]:
        status, headers = response.status_code, response.headers
        if status in {301, 302, 303, 307, 308} and headers.get("Location"):
            return None, headers["Location"]
        if status in RETRIED:
            raise _ComeBack(f"The node answered {status}.", _retry_after(headers.get("Retry-After", ""), self.limits))
        validators: dict[str, Any] = {
            "etag": headers.get("ETag", "")[:500],
            "last_modified": headers.get("Last-Modified", "")[:100],
        }
        if status == 304:
            return Fetched(url, status, not_modified=True, **validators), ""
        if status != 200:
            raise _Refused(f"The node answered {status} for {_shown(url)}.")
        body = self._body(response, watch)
        content_type = headers.get("Content-Type", "")
        charset = re.search(r"charset=[\"']?([\w.:-]+)", content_type, re.I)
        digest = hashlib.sha256(body).hexdigest()
        stated = charset[1] if charset else ""
        return Fetched(url, status, body, content_type, stated, sha256=digest, **validators), ""

    def _body(self, response: requests.Response, watch: _Watch) -> bytes:
        stated = response.headers.get("Content-Length", "")
        if stated.isdigit() and int(stated) > self.limits.bytes:
            raise _Refused(f"The feed is {int(stated):,} bytes; at most {self.limits.bytes:,} are read.")
        sink = inflate.Inflater(response.headers.get("Content-Encoding", ""), self.limits.decoded)
        received = 0
        try:
            while chunk := response.raw.read(CHUNK, decode_content=False):
                received += len(chunk)
                if received > self.limits.bytes:
                    raise _Refused(f"The feed is larger than {self.limits.bytes:,} bytes.")
                sink.feed(chunk)
                watch.check()
            watch.check()
            return sink.finish()
        except inflate.TooLarge as error:
            raise _Refused(str(error)) from None
        except inflate.Broken as error:
            raise FetchError(str(error)) from None


class _ComeBack(FetchError):
    """The node asks to be asked again after ``wait`` seconds (0: it does not say when)."""

    def __init__(self, message: str, wait: float):
        super().__init__(message)
        self.wait = wait


class _Watch:
    """Cuts the connection at the deadline, however slowly the other side drips."""

    def __init__(self, deadline: float):
        self.deadline, self.expired = deadline, False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(max(0.0, deadline - time.monotonic()), self._cut)
        self._timer.daemon = True

    def __enter__(self) -> _Watch:
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
            raise _Refused("The feed took too long; the time for it is up.")

    def _cut(self) -> None:
        self.expired = True
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class _Adapter(HTTPAdapter):
    """Connections that check the address they connect to."""

    def __init__(self, allowed: bool, watch: _Watch):
        self._classes = _pools(allowed, watch)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._classes


def _pools(allowed: bool, watch: _Watch) -> dict[str, Any]:
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
    for family, kind, protocol, _name, target in _checked(host, port, allowed):
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


def _checked(host: str, port: int, allowed: bool) -> list[Any]:
    """What the name resolves to, public addresses only.

    :raises FetchError: it does not resolve, or to private addresses only.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchError(f"The name {host} does not resolve.") from None
    public = [one for one in found if allowed or addresses.is_public(str(one[4][0]))]
    if not public:
        raise _Refused(f"{host} is a private address, which is never fetched.")
    return public


def _retry_after(value: str, limits: Limits) -> float:
    if value.strip().isdigit():
        return min(float(value), limits.longest_wait)
    with suppress(ValueError, TypeError):
        return max(0.0, min(parsedate_to_datetime(value).timestamp() - time.time(), limits.longest_wait))
    return 0.0


def _told(error: Exception, url: str, watch: _Watch) -> FetchError:
    """An error of the network in words for a steward."""
    if watch.expired or time.monotonic() > watch.deadline:
        return _Refused("The feed took too long; the time for it is up.")
    text = str(error)
    host = urlsplit(url).hostname
    if isinstance(error, requests.exceptions.SSLError) or "CERTIFICATE" in text.upper():
        return _Refused(f"The certificate of {host} is not valid.")
    if "IncompleteRead" in text or "prematurely" in text:
        return FetchError("The answer was cut short.")
    if isinstance(error, requests.exceptions.Timeout) or "timed out" in text:
        return FetchError(f"{host} did not answer in time.")
    return FetchError(f"{host} could not be reached ({type(error).__name__}).")


def _shown(url: str) -> str:
    """The address without its query and credentials: they may hold keys."""
    with suppress(ValueError):
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"[:300]
    return "The address"
