"""Signed checkpoints: an operator with full access to the database, and to its code, is still found out."""

from __future__ import annotations

import http.server
import json
import stat
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

from ckanext.journey import events as ev
from ckanext.journey import jobs, ledger, mirror, proof, signing

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db", "key"),
]


@pytest.fixture
def key(tmp_path, monkeypatch):
    monkeypatch.setitem(tk.config, "ckanext.journey.signing_key", str(tmp_path / "keys" / "key.pem"))
    return tmp_path / "keys" / "key.pem"


def tell(*texts, stream="org"):
    drafts = [ledger.Draft(ev.StepRecorded("clean", rationale=text), stream, "p1", "u1") for text in texts]
    ledger.append_all(model.Session.connection(), drafts)
    model.Session.commit()


def sign(**values):
    return helpers.call_action("journey_checkpoint_create", **values)["made"]


def served():
    return json.loads(json.dumps(helpers.call_action("journey_checkpoint_list")))


def verify(**values):
    found = helpers.call_action("journey_verify", **values)
    wrong = [each["finding"] for each in found["streams"] if each["finding"]]
    return wrong[0] if wrong else None


def rewrite(operator, *texts):
    """The whole stream told anew, with a chain that is whole in itself."""
    operator("TRUNCATE journey_event", "TRUNCATE journey_head")
    tell(*texts)


def test_the_key_is_made_once_and_is_the_owners_alone(key):
    tell("a")
    sign()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    assert signing.private_key() and key.read_bytes() == before
    key.write_text("nonsense")
    with pytest.raises(tk.ValidationError, match="cannot be read"):
        tell("b")
        sign()


def test_only_what_moved_is_signed_again():
    tell("a", "b")
    tell("x", stream="other")
    assert sign() == 2
    assert sign() == 0
    tell("c")
    assert sign(anchor="The Aireborough Post, no. 12") == 1
    last = [json.loads(each["statement"]) for each in served()["checkpoints"]]
    assert max(each["sequence"] for each in last) == 3
    assert [each.get("anchor") for each in last if each["sequence"] == 3] == ["The Aireborough Post, no. 12"]
    assert verify() is None


def test_a_chain_that_was_rewritten_whole_fails_against_its_checkpoint(operator):
    tell("a", "b")
    sign()
    tell("c")
    sign()
    rewrite(operator, "a", "b", "forged")
    finding = verify()
    assert (finding["sequence"], finding["kind"]) == (1, "changed")
    tell("more")
    with pytest.raises(tk.ValidationError):
        sign()  # a broken chain is not signed


def test_events_taken_off_the_end_are_missed(operator):
    tell("a", "b", "c")
    sign()
    rewrite(operator, "a", "b")
    assert verify()["kind"] == "dropped"


@pytest.mark.parametrize("change", ["signature = 'AAAA'", "body = replace(body, '2', '1')"])
def test_a_checkpoint_that_was_touched_is_named(operator, change):
    tell("a", "b")
    sign()
    with pytest.raises(sa.exc.DBAPIError):
        model.Session.connection().execute(sa.text(f"UPDATE journey_checkpoint SET {change}"))
    model.Session.rollback()
    forced(f"UPDATE journey_checkpoint SET {change}")
    assert "checkpoint" in verify()["detail"]


def forced(statement):
    with model.meta.engine.begin() as conn:
        conn.execute(sa.text("ALTER TABLE journey_checkpoint DISABLE TRIGGER ALL"))
        conn.execute(sa.text(statement))
        conn.execute(sa.text("ALTER TABLE journey_checkpoint ENABLE ALWAYS TRIGGER journey_checkpoint_kept"))


def test_a_checkpoint_that_was_taken_out_is_missed():
    tell("a")
    sign()
    tell("b")
    sign()
    forced("DELETE FROM journey_checkpoint WHERE sequence = 1")
    assert verify()["kind"] == "dropped"


def test_who_rewrites_everything_even_the_signatures_fails_against_a_copy_elsewhere(operator, key):
    tell("a", "b")
    sign()
    elsewhere = served()
    forced("DELETE FROM journey_checkpoint")
    rewrite(operator, "a", "forged")
    key.unlink()
    sign()  # a new key, new signatures: whole in itself
    assert verify() is None
    finding = verify(against=elsewhere)
    assert (finding["sequence"], finding["kind"]) == (1, "changed")
    elsewhere["checkpoints"][0]["signature"] = "AAAA"
    with pytest.raises(tk.ValidationError):
        verify(against=elsewhere)


@pytest.fixture
def other_portal():
    """A real server that serves a document of checkpoints, and says where."""
    documents = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = documents.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield documents, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_another_portal_is_mirrored_and_held_to_what_it_said(other_portal, monkeypatch):
    documents, url = other_portal
    tell("a")
    sign()
    told = served() | {"portal": "https://leeds.example"}
    documents["/journey/checkpoints.json"] = json.dumps(told).encode()
    with pytest.raises(tk.ValidationError, match="private address"):
        helpers.call_action("journey_checkpoint_mirror", url=url)
    monkeypatch.setitem(tk.config, "ckanext.journey.mirror_private_hosts", [url.removeprefix("http://")])
    monkeypatch.setitem(tk.config, "ckanext.journey.mirrors", [url, f"{url}/gone.json"])
    # A statement says which portal it is of, and is signed: it cannot be passed off as another's.
    assert helpers.call_action("journey_checkpoint_mirror", url=url)["new"] == 0
    documents["/journey/checkpoints.json"] = json.dumps(served()).encode()
    assert helpers.call_action("journey_checkpoint_mirror", url=url) == {"portal": proof.portal(), "new": 1, "known": 0}
    jobs.sign()
    assert len(served()["mirrored"]) == 1
    documents["/journey/checkpoints.json"] = json.dumps(served() | {"checkpoints": []}).encode()
    with pytest.raises(tk.ValidationError, match="no longer has"):
        helpers.call_action("journey_checkpoint_mirror", url=url)
    for body in (b"<html>", b"[]", b'{"portal": 1}'):
        documents["/journey/checkpoints.json"] = body
        with pytest.raises(tk.ValidationError):
            helpers.call_action("journey_checkpoint_mirror", url=url)


@pytest.mark.parametrize(
    "url", ["ftp://example.org", "http://user:word@example.org", "http://127.0.0.1:9", "http://169.254.169.254"]
)
def test_addresses_that_are_not_asked(url):
    with pytest.raises(mirror.MirrorError):
        mirror.fetch(url)


def test_who_may(app):
    tell("a")
    sign()
    answer = app.get("/journey/checkpoints.json")
    assert answer.json["algorithm"] == "Ed25519" and len(answer.json["checkpoints"]) == 1
    user = factories.User()
    for action in ("journey_checkpoint_create", "journey_checkpoint_mirror"):
        with pytest.raises(tk.NotAuthorized):
            helpers.call_action(action, {"user": user["name"], "ignore_auth": False}, url="http://example.org")


def test_the_command(cli, tmp_path, operator):
    from ckanext.journey.cli import journey

    tell("a", "b")
    assert "1 checkpoints signed" in cli.invoke(journey, ["checkpoint"]).output
    copy = tmp_path / "copy.json"
    copy.write_text(json.dumps(served()))
    assert cli.invoke(journey, ["verify", "--against", str(copy)]).exit_code == 0
    rewrite(operator, "a", "forged")
    told = cli.invoke(journey, ["verify"])
    assert told.exit_code == 1 and "was rewritten" in told.output
    assert cli.invoke(journey, ["verify", "--against", str(Path("/no/such.json"))]).exit_code == 1
