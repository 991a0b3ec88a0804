"""The fetcher against a real server that redirects, drips, lies, bombs and hangs up."""

import gzip
import socket
import time

import pytest

from ckanext.federation.harvest import fetch
from ckanext.federation.harvest.manners import Manners

BODY = b'{"dataset": []}' * 100


@pytest.fixture
def fetcher(server):
    def make(allowed=True, **limits):
        limits = {"seconds": 10, "tries": 1, **limits}
        hosts = frozenset({server.address}) if allowed else frozenset()
        return fetch.Fetcher(
            "Towpath-federation/test (+https://portal.example)", hosts, fetch.Limits(**limits), sleep=waits.append
        )

    waits = []
    make.waits = waits
    return make


def test_an_answer(server, fetcher):
    url = server.serve("/feed", BODY, Content_Type="application/json; charset=UTF-16", ETag='"1"')
    answer = fetcher().get(url)
    assert (answer.body, answer.charset, answer.etag, answer.bytes) == (BODY, "UTF-16", '"1"', len(BODY))
    _path, headers = server.requests[0]
    assert headers["User-Agent"] == "Towpath-federation/test (+https://portal.example)"


def test_not_modified(server, fetcher):
    url = server.serve("/feed", b"", 304)
    assert fetcher().get(url, '"1"', "Mon, 01 Jan 2024 00:00:00 GMT").not_modified
    assert server.requests[0][1]["If-None-Match"] == '"1"'
    assert server.requests[0][1]["If-Modified-Since"] == "Mon, 01 Jan 2024 00:00:00 GMT"


def test_loopback_is_refused_unless_it_is_listed(server, fetcher):
    url = server.serve("/feed", BODY)
    with pytest.raises(fetch.FetchError, match="private address"):
        fetcher(allowed=False).get(url)
    assert server.requests == []


@pytest.mark.parametrize("host", ["localhost", "0.0.0.0", "[::1]", "127.1", "2130706433", "0x7f000001"])
def test_other_names_of_this_machine_are_refused_too(server, fetcher, host):
    port = server.address.split(":")[1]
    with pytest.raises(fetch.FetchError):
        fetcher().get(f"http://{host}:{port}/feed")
    assert server.requests == []


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "file:///etc/passwd", "ftp://e.org/"]
)
def test_redirects_inside_are_refused(server, fetcher, target):
    url = server.serve("/feed", b"", 302, Location=target)
    started = time.monotonic()
    with pytest.raises(fetch.FetchError, match=r"private address|Only http"):
        fetcher(tries=3).get(url)
    assert time.monotonic() - started < 5
    assert fetcher.waits == []


def test_a_name_that_resolves_inside_is_refused_at_connect_time(server, fetcher, monkeypatch):
    """The address that was checked is the address connected to: a second look-up never happens."""
    looked_up = []

    def resolve(host, port, *args, **kwargs):
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(fetch.FetchError, match=r"rebind\.example is a private address"):
        fetcher().get(f"http://rebind.example:{server.address.split(':')[1]}/feed")
    assert looked_up == ["rebind.example"]
    assert server.requests == []


def test_redirects_are_followed_and_counted(server, fetcher):
    server.serve("/end", BODY)
    server.serve("/start", b"", 301, Location="/end")
    server.serve("/loop", b"", 302, Location="/loop")
    assert fetcher().get(server.url + "/start").url == server.url + "/end"
    with pytest.raises(fetch.FetchError, match="redirects more than"):
        fetcher().get(server.url + "/loop")


def test_too_many_bytes(server, fetcher):
    url = server.serve("/feed", BODY)
    with pytest.raises(fetch.FetchError, match="bytes"):
        fetcher(bytes=100).get(url)

    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(10_000):
            handler.wfile.write(b"x" * 65536)

    server.routes["/endless"] = endless
    with pytest.raises(fetch.FetchError, match="larger than"):
        fetcher(bytes=1_000_000).get(server.url + "/endless")


def test_a_gzip_bomb(server, fetcher):
    url = server.serve("/feed", gzip.compress(b"0" * 100_000_000), Content_Encoding="gzip")
    with pytest.raises(fetch.FetchError, match="Decompressed"):
        fetcher(decoded=1_000_000).get(url)


def test_lies_about_the_encoding(server, fetcher):
    assert fetcher().get(server.serve("/a", BODY, Content_Encoding="gzip")).body == BODY
    assert fetcher().get(server.serve("/b", gzip.compress(BODY))).body == BODY
    assert fetcher().get(server.serve("/c", BODY, Content_Encoding="nonsense")).body == BODY
    with pytest.raises(fetch.FetchError, match="cut short"):
        fetcher().get(server.serve("/d", gzip.compress(BODY)[:-9], Content_Encoding="gzip"))


def test_a_body_shorter_than_promised(server, fetcher):
    asks = fetcher(tries=2)
    answer = asks.get(server.serve("/feed", BODY, length=len(BODY) + 100))
    assert (answer.cut, answer.body) == (True, BODY)
    assert (len(server.requests), fetcher.waits) == (2, [2.0])


def test_a_drip_is_cut_off(server, fetcher):
    def drip(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(600):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)

    server.routes["/drip"] = drip
    started = time.monotonic()
    with pytest.raises(fetch.FetchError, match="took too long"):
        fetcher(seconds=1, tries=3).get(server.url + "/drip")
    assert time.monotonic() - started < 3


def test_silence_is_cut_off(server, fetcher):
    server.routes["/silent"] = lambda _handler: time.sleep(5)
    with pytest.raises(fetch.FetchError, match=r"in time|too long"):
        fetcher(silence_seconds=0.3).get(server.url + "/silent")


def test_busy_nodes_are_asked_again(server, fetcher):
    answers = [(503, "3"), (429, None), (200, None)]

    def busy(handler):
        status, wait = answers.pop(0)
        handler.send_response(status)
        if wait:
            handler.send_header("Retry-After", wait)
        handler.send_header("Content-Length", "2")
        handler.end_headers()
        handler.wfile.write(b"[]")

    server.routes["/busy"] = busy
    assert fetcher(tries=3).get(server.url + "/busy").body == b"[]"
    assert fetcher.waits == [3.0, 4.0]


@pytest.mark.parametrize("status", [401, 404, 410, 500])
def test_error_statuses(server, fetcher, status):
    url = server.serve("/feed", b"", status)
    with pytest.raises(fetch.FetchError, match=str(status)):
        fetcher(tries=3).get(url + "?key=secret")
    assert len(server.requests) == 1


def test_messages_hold_no_keys(server, fetcher):
    with pytest.raises(fetch.FetchError) as told:
        fetcher().get(f"http://u:hush@{server.address}/x?key=secret")
    assert "hush" not in str(told.value)
    assert "secret" not in str(told.value)


def test_nobody_listens(fetcher):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    one = fetch.Fetcher("x", frozenset({f"127.0.0.1:{port}"}), fetch.Limits(seconds=5, tries=1))
    with pytest.raises(fetch.FetchError, match="could not be reached"):
        one.get(f"http://127.0.0.1:{port}/")


def polite(server, pause=0.0, exempt=(), waits=None):
    return fetch.Fetcher(
        "Towpath-federation/test",
        frozenset({server.address}),
        fetch.Limits(seconds=30, tries=1),
        sleep=(waits if waits is not None else []).append,
        manners=Manners("Towpath-federation", pause, frozenset(exempt)),
    )


def test_robots_are_kept_to(server):
    server.serve(
        "/robots.txt", b"User-agent: *\nDisallow: /api/\n\nUser-agent: Towpath-federation\nDisallow: /secret\n"
    )
    url, secret = server.serve("/api/feed", BODY), server.serve("/secret", BODY)
    one = polite(server)
    assert one.get(url).body == BODY  # the group that names us counts, and not the one for all
    with pytest.raises(fetch.FetchError, match=r"robots\.txt of 127\.0\.0\.1 asks .*robots_exempt"):
        one.get(secret)
    assert [path for path, _headers in server.requests] == ["/robots.txt", "/api/feed"]
    assert polite(server, exempt={"127.0.0.1"}).get(secret).body == BODY


def test_robots_count_after_a_redirect_too(server):
    server.serve("/robots.txt", b"User-agent: *\nDisallow: /inside\n")
    server.serve("/inside", BODY)
    with pytest.raises(fetch.FetchError, match="robots"):
        polite(server).get(server.serve("/feed", b"", 302, Location="/inside"))


@pytest.mark.parametrize("status", [404, 500])
def test_a_robots_file_that_is_not_there_forbids_nothing(server, status):
    server.serve("/robots.txt", b"Disallow: /", status)
    assert polite(server).get(server.serve("/feed", BODY)).body == BODY


def test_a_huge_robots_file_is_not_read(server):
    server.serve("/robots.txt", b"User-agent: *\n" + b"Disallow: /feed\n" * 100_000)
    assert polite(server).get(server.serve("/feed", BODY)).body == BODY


def test_a_pause_between_requests(server):
    waits = []
    url = server.serve("/feed", BODY)
    one = polite(server, pause=3, waits=waits)
    for _ in range(3):
        one.get(url)
    assert len(waits) == 2
    assert all(2 < wait <= 3 for wait in waits)
    server.serve("/robots.txt", b"User-agent: *\nCrawl-delay: 7200\n")
    waits.clear()
    slow = polite(server, waits=waits)
    slow.get(url)
    slow.get(url)
    assert len(waits) == 1
    assert 9 < waits[0] <= 10


def test_messages_and_progress_hide_queries():
    assert fetch.shown("https://u:p@e.org:81/a/b?key=1#x") == "https://e.org:81/a/b"


def test_a_robots_file_that_stalls_takes_no_more_than_its_share(server, monkeypatch):
    monkeypatch.setattr(fetch, "ROBOTS_SECONDS", 0.5)
    server.routes["/robots.txt"] = lambda _handler: time.sleep(4)
    started = time.monotonic()
    assert polite(server).get(server.serve("/feed", BODY)).body == BODY
    assert time.monotonic() - started < 3
