"""The only network code: fetches a feed's bytes, within caps, from public addresses only (``connect``), politely
(``manners``).

Redirects are followed by hand, so that each is checked as the first address was: neither a redirect nor a name that
resolves differently the second time leads inside.
"""

from __future__ import annotations

import builtins
import hashlib
import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError, ProtocolError

from . import addresses, inflate
from .connect import Adapter, FetchError, Refused, Watch, checked
from .manners import Manners

__all__ = ["FetchError", "Fetched", "Fetcher", "Limits", "shown"]

ACCEPT = "application/json, application/ld+json, text/turtle, application/rdf+xml, application/n-triples, */*;q=0.5"
MOST_REDIRECTS = 5
RETRIED = {429, 502, 503, 504}
CHUNK = 64 * 1024
LARGEST_ROBOTS = 512 * 1024
ROBOTS_SECONDS = 10.0


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
    """An answer. ``file`` holds the body, decompressed; ``sha256`` and ``bytes`` are the body's; ``cut``: the connection
    ended before the body did; ``not_modified``: status 304."""

    url: str
    status: int
    file: IO[bytes] | None = None
    bytes: int = 0
    content_type: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    sha256: str = ""
    not_modified: bool = False
    cut: bool = False

    @property
    def body(self) -> builtins.bytes:
        """The whole body, in memory."""
        if self.file is None:
            return b""
        self.file.seek(0)
        return self.file.read()


@dataclass
class Fetcher:
    """Fetches with the portal's name; ``allowed_hosts``: ``host:port`` that may be private (a test node). One for each run:
    it remembers each host's robots.txt and when the host was last asked. ``start_only``: an answer of more than
    ``limits.bytes`` is taken as far as that, as ``cut``."""

    user_agent: str
    allowed_hosts: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)
    proxy: str = ""
    sleep: Callable[[float], None] = field(default_factory=lambda: time.sleep)
    manners: Manners | None = None
    start_only: bool = False

    def get(self, url: str, etag: str = "", last_modified: str = "") -> Fetched:
        """The answer at ``url``, conditional when a validator is given.

        An answer that is cut short at each try is given as far as it came, marked ``cut``.

        :raises FetchError: refused, unreachable, too big, too slow, or an error status.
        """
        headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        deadline = time.monotonic() + self.limits.seconds
        reason, short = "", None
        for attempt in range(1, self.limits.tries + 1):
            try:
                answer = self._follow(url, {key: value for key, value in headers.items() if value}, deadline)
            except Refused:
                raise
            except _ComeBack as busy:
                wait, reason = busy.wait or min(2.0**attempt, self.limits.longest_wait), str(busy)
            except FetchError as error:
                wait, reason = min(2.0**attempt, self.limits.longest_wait), str(error)
            else:
                if not answer.cut or self.start_only:
                    return answer
                wait, short = min(2.0**attempt, self.limits.longest_wait), answer
            if attempt == self.limits.tries or time.monotonic() + wait > deadline:
                break
            self.sleep(wait)
        if short:
            return short
        raise FetchError(reason)

    def _follow(self, url: str, headers: dict[str, str], deadline: float, robots: bool = True) -> Fetched:
        for _hop in range(MOST_REDIRECTS + 1):
            if robots and self.manners and not addresses.problem(url):
                self._be_polite(self.manners, url, deadline)
            answer, location = self._once(url, headers, deadline)
            if answer:
                return answer
            url = urljoin(url, location)
        raise Refused(f"The node redirects more than {MOST_REDIRECTS} times.")

    def _be_polite(self, manners: Manners, url: str, deadline: float) -> None:
        host = addresses.host_port(url)
        if not manners.knows(host):
            manners.learn(host, self._robots(url, deadline))
        refusal = manners.refusal(host, url)
        if refusal:
            raise Refused(refusal)
        wait = manners.wait(host, time.monotonic())
        if time.monotonic() + wait > deadline:
            raise Refused("The feed took too long; the time for it is up.")
        if wait:
            self.sleep(wait)
        manners.asked(host, time.monotonic())

    def _robots(self, url: str, deadline: float) -> str:
        """The host's robots.txt; "" where there is none. One that cannot be had forbids nothing: the node was registered
        by a person, and a host that is down answers nothing else either."""
        robots = replace(self, limits=replace(self.limits, bytes=LARGEST_ROBOTS, decoded=LARGEST_ROBOTS))
        deadline = min(deadline, time.monotonic() + ROBOTS_SECONDS)
        with suppress(FetchError):
            answer = robots._follow(urljoin(url, "/robots.txt"), {}, deadline, robots=False)
            return answer.body.decode("utf-8", "replace")
        return ""

    def _once(self, url: str, headers: dict[str, str], deadline: float) -> tuple[Fetched | None, str]:
        trouble = addresses.problem(url)
        if trouble:
            raise Refused(f"{shown(url)} is not fetched. {trouble}")
        allowed = addresses.host_port(url) in self.allowed_hosts
        if self.proxy and not allowed:
            checked(urlsplit(url).hostname or "", urlsplit(url).port or 443, False)
        watch = Watch(deadline)
        with requests.Session() as session:
            session.trust_env = False
            session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
            session.proxies = {"http": self.proxy, "https": self.proxy} if self.proxy else {}
            adapter = Adapter(allowed, watch)
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

    def _answer(self, response: requests.Response, url: str, watch: Watch) -> tuple[Fetched | None, str]:
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
            raise Unlike(status, f"The node answered {status} for {shown(url)}.")
        file, cut = self._body(response, watch)
        content_type = headers.get("Content-Type", "")
        charset = re.search(r"charset=[\"']?([\w.:-]+)", content_type, re.I)
        digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
        size = file.tell()
        stated = charset[1] if charset else ""
        return Fetched(url, status, file, size, content_type, stated, sha256=digest, cut=cut, **validators), ""

    def _body(self, response: requests.Response, watch: Watch) -> tuple[IO[bytes], bool]:
        stated = response.headers.get("Content-Length", "")
        if stated.isdigit() and int(stated) > self.limits.bytes and not self.start_only:
            raise Refused(f"The feed is {int(stated):,} bytes; at most {self.limits.bytes:,} are read.")
        sink = inflate.Inflater(response.headers.get("Content-Encoding", ""), self.limits.decoded)
        received = 0
        try:
            while chunk := _chunk(response):
                received += len(chunk)
                if received > self.limits.bytes and self.start_only:
                    return sink.so_far(), True
                if received > self.limits.bytes:
                    raise Refused(f"The feed is larger than {self.limits.bytes:,} bytes.")
                sink.feed(chunk)
                watch.check()
            watch.check()
            return sink.finish(), bool(chunk is None)
        except inflate.TooLarge as error:
            raise Refused(str(error)) from None
        except inflate.Broken as error:
            raise FetchError(str(error)) from None


def _chunk(response: requests.Response) -> bytes | None:
    """The next bytes of an answer; b"" at its end; None where it breaks off."""
    try:
        return response.raw.read(CHUNK, decode_content=False)
    except ProtocolError:
        return None


class Unlike(Refused):
    """The node answered with another status than 200."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status


class _ComeBack(FetchError):
    """The node asks to be asked again after ``wait`` seconds (0: it does not say when)."""

    def __init__(self, message: str, wait: float):
        super().__init__(message)
        self.wait = wait


def _retry_after(value: str, limits: Limits) -> float:
    if value.strip().isdigit():
        return min(float(value), limits.longest_wait)
    with suppress(ValueError, TypeError):
        return max(0.0, min(parsedate_to_datetime(value).timestamp() - time.time(), limits.longest_wait))
    return 0.0


def _told(error: Exception, url: str, watch: Watch) -> FetchError:
    """An error of the network in words for a steward."""
    if watch.expired or time.monotonic() > watch.deadline:
        return Refused("The feed took too long; the time for it is up.")
    text = str(error)
    host = urlsplit(url).hostname
    if isinstance(error, requests.exceptions.SSLError) or "CERTIFICATE" in text.upper():
        return Refused(f"The certificate of {host} is not valid.")
    if "IncompleteRead" in text or "prematurely" in text:
        return FetchError("The answer was cut short.")
    if isinstance(error, requests.exceptions.Timeout) or "timed out" in text:
        return FetchError(f"{host} did not answer in time.")
    return FetchError(f"{host} could not be reached ({type(error).__name__}).")


def shown(url: str) -> str:
    """The address without its query and credentials: they may hold keys."""
    with suppress(ValueError):
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"[:300]
    return "The address"
