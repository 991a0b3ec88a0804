"""A feed in every rough shape that a network gives it, from a real server: the datasets stay what they were."""

import gzip
import json
import random
import time

import pytest
from ckan import model
from ckan.tests.helpers import call_action

PLUGINS = "federation council_schemas scheming_datasets scheming_organizations dcat"
pytestmark = pytest.mark.ckan_config("ckan.plugins", PLUGINS)
COUNT = 12


@pytest.fixture
def harvested(node, items, ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, "ckanext.federation.pause_seconds", "0")
    assert node.run(items(COUNT))["results"] == {"created": COUNT}
    return node


def titles():
    return sorted(
        model.Session.execute(model.Session.query(model.Package.title).filter_by(state="active").statement).scalars()
    )


def doubled(feed):
    return json.dumps({"dataset": feed + feed}).encode(), {}


def reordered(feed):
    random.Random(5).shuffle(feed)
    return json.dumps({"dataset": [dict(reversed(list(one.items()))) for one in feed]}, indent=3).encode(), {}


def packed(feed):
    return gzip.compress(json.dumps({"dataset": feed}).encode()), {}


def not_packed(feed):
    return json.dumps({"dataset": feed}).encode(), {"Content_Encoding": "gzip"}


def utf16_that_says_latin(feed):
    return json.dumps({"dataset": feed}, ensure_ascii=False).encode("utf-16"), {
        "Content_Type": "application/json; charset=ISO-8859-1"
    }


def called_a_page(feed):
    return json.dumps({"dataset": feed}).encode(), {"Content_Type": "text/html; charset=utf-7"}


def lines(feed):
    return "\n".join(json.dumps(one) for one in feed).encode(), {}


@pytest.mark.parametrize(
    "shape",
    [doubled, reordered, packed, not_packed, utf16_that_says_latin, called_a_page, lines],
    ids=lambda one: one.__name__,
)
def test_the_same_feed_in_another_shape_changes_nothing(harvested, items, server, shape):
    before = titles()
    body, headers = shape(items(COUNT))
    server.serve("/data.json", body, **headers)
    run = harvested.run()
    assert (run["status"], run["counts"]["unchanged"]) == ("unchanged", COUNT), (
        run["error"],
        run["held"],
        run["counts"],
    )
    assert run["counts"]["duplicates"] == (COUNT if shape is doubled else 0)
    assert titles() == before


def test_a_slow_feed_is_read_and_a_stalling_one_is_given_up(harvested, items, server, ckan_config, monkeypatch):
    body = json.dumps({"dataset": items(COUNT)}).encode() + b"\n"

    def drip(pause):
        def answer(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            for start in range(0, len(body), 500):
                handler.wfile.write(body[start : start + 500])
                handler.wfile.flush()
                time.sleep(pause)

        return answer

    server.routes["/data.json"] = drip(0.02)
    assert harvested.run()["status"] == "unchanged"
    monkeypatch.setitem(ckan_config, "ckanext.federation.max_seconds", 1)
    server.routes["/data.json"] = drip(0.5)
    failed = harvested.run()
    assert failed["status"] == "failed"
    assert "took too long" in failed["error"]
    assert len(titles()) == COUNT


@pytest.mark.parametrize("body", [b"", b"{}", b'{"dataset": []}', b"[]", b"null", b"<html><title>Sorry</title></html>"])
def test_an_emptied_feed_withdraws_nothing(harvested, server, body):
    server.serve("/data.json", body)
    run = harvested.run()
    assert run["status"] in ("held", "failed")
    assert run["held"] or run["error"]
    assert len(titles()) == COUNT


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/meta-data/", "http://[fd00::1]/", "http://10.1.2.3/feed"]
)
def test_a_feed_that_redirects_inside(harvested, server, target):
    server.serve("/data.json", b"", 302, Location=target)
    run = harvested.run()
    assert run["status"] == "failed"
    assert "private address" in run["error"]
    assert len(titles()) == COUNT


def test_secrets_of_an_address_are_in_no_message_and_no_log(federation, server, ckan_config, monkeypatch, caplog):
    monkeypatch.setitem(ckan_config, "ckanext.federation.allowed_hosts", [server.address])
    caplog.set_level("INFO")
    call_action("federation_node_create", name="keyed", feed_url=server.url + "/gone.json?api_key=hush-hush")
    run = call_action("federation_run", id="keyed")
    assert "404" in run["error"]
    assert "hush" not in run["error"]
    assert "hush" not in caplog.text
