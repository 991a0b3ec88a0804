"""Catalogues as files, ranges of them, zstd; and one dataset by the short path: always the present state, never what is private."""

import gzip
import threading

import pytest
import sqlalchemy as sa
import zstandard
from ckan import model
from ckan.tests import factories, helpers
from werkzeug.test import Client

from ckanext.feeds import cache, current, short_path, store

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "feeds dcat"),
    pytest.mark.usefixtures("with_plugins", "feeds_db"),
]


@pytest.fixture()
def folder(ckan_config, tmp_path):
    ckan_config["ckanext.feeds.cache_path"] = str(tmp_path / "kept")
    return tmp_path / "kept"


def names(folder):
    return sorted(path.name.rsplit("-", 1)[0] for path in folder.iterdir())


def hide(dataset_id):
    """Behind the plugin's back."""
    model.Session.execute(sa.text("update package set private = true where id = :id"), {"id": dataset_id})
    model.Session.commit()


def test_the_second_reader_gets_the_file(app, folder):
    factories.Dataset(title="Bins")
    first = app.get("/catalog.ttl")
    assert b"Bins" in first.data  # read to its end
    assert names(folder) == ["catalogue.ttl"] and "Accept-Ranges" not in first.headers
    second = app.get("/catalog.ttl")
    assert second.data == first.data and second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Content-Length"] == str(len(first.data))
    assert second.headers["Accept-Ranges"] == "bytes"
    head = app.client.head("/catalog.ttl", base_url="http://test.ckan.net")
    assert head.data == b"" and head.headers["Content-Length"] == str(len(first.data))


@pytest.mark.parametrize("coding", ["", "gzip", "zstd"])
def test_compressed_and_in_ranges(app, folder, coding):
    factories.Dataset(title="Bins")
    headers = {"Accept-Encoding": coding} if coding else {}
    whole = app.get("/catalog.rdf", headers=headers)
    assert whole.headers.get("Content-Encoding", "") == coding
    plain = app.get("/catalog.rdf").data
    unpack = {"": bytes, "gzip": gzip.decompress, "zstd": zstandard.ZstdDecompressor().decompressobj().decompress}
    assert unpack[coding](whole.data) == plain
    tag = whole.headers["ETag"]
    for given, expected in (
        ("bytes=5-14", whole.data[5:15]),
        ("bytes=20-", whole.data[20:]),
        ("bytes=-7", whole.data[-7:]),
    ):
        part = app.get("/catalog.rdf", headers={**headers, "Range": given}, status=206)
        assert part.data == expected
        assert part.headers["Content-Range"].endswith(f"/{len(whole.data)}")
        same = app.get("/catalog.rdf", headers={**headers, "Range": given, "If-Range": tag}, status=206)
        assert same.data == expected
    app.get("/catalog.rdf", headers={**headers, "Range": f"bytes={10**9}-"}, status=416)
    factories.Dataset()
    changed = app.get("/catalog.rdf", headers={**headers, "Range": "bytes=5-14", "If-Range": tag}, status=200)
    assert changed.headers["ETag"] != tag and len(changed.data) > 15


def test_nothing_private_by_an_old_file_tag_or_range(app, folder):
    dataset = factories.Dataset(owner_org=factories.Organization()["id"], title="Secret plans")
    before = app.get("/catalog.nt")
    assert b"Secret" in before.data
    hide(dataset["id"])
    tag = before.headers["ETag"]
    for headers in (
        {},
        {"If-None-Match": tag},
        {"Range": "bytes=0-99999"},
        {"Range": "bytes=0-99999", "If-Range": tag},
    ):
        answer = app.get("/catalog.nt", headers=headers)
        assert answer.status_code in (200, 206) and b"Secret" not in answer.data
    app.get("/catalog.nt")
    assert not any(b"Secret" in path.read_bytes() for path in folder.iterdir()), "the old file is gone"


def test_a_broken_folder_costs_only_time(app, ckan_config, tmp_path):
    (tmp_path / "file").write_text("")
    ckan_config["ckanext.feeds.cache_path"] = str(tmp_path / "file" / "below")
    factories.Dataset(title="Bins")
    for _ in range(2):
        assert b"Bins" in app.get("/catalog.ttl").data


def test_a_reader_who_leaves_early_leaves_no_half_file(folder, app):
    chunks = cache.keep("kind.ttl", "tag", iter([b"one", b"two"]))
    assert next(chunks) == b"one"
    chunks.close()
    assert list(folder.iterdir()) == []
    assert list(cache.keep("kind.ttl", "tag", iter([b"one", b"two"]))) == [b"one", b"two"]
    assert cache.find("kind.ttl", "tag").read() == b"onetwo"
    list(cache.keep("kind.ttl", "other", iter([b"three"])))
    assert names(folder) == ["kind.ttl"] and cache.find("kind.ttl", "tag") is None

    def fails():
        yield b"one"
        raise ValueError("no more")

    with pytest.raises(ValueError):
        list(cache.keep("kind.ttl", "third", fails()))
    assert names(folder) == ["kind.ttl"]


def test_readers_at_the_same_time_get_the_same_bytes(app, folder):
    for number in range(5):
        factories.Dataset(title=f"T {number}")
    current.verified()
    model.Session.remove()
    got = []

    def read():
        got.append(app.flask_app.test_client().get("/catalog.ttl", base_url="http://test.ckan.net").data)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 4 and len(set(got)) == 1
    assert len(list(folder.iterdir())) == 1


def test_the_state_is_looked_at_again_only_after_a_commit(app, monkeypatch):
    factories.Dataset()
    current.verified()  # gives numbers, and so commits
    first = current.verified()
    looked, real = [], store.gone
    monkeypatch.setattr(store, "gone", lambda: (looked.append(1), real())[1])
    assert current.verified() == first and looked == []
    factories.Dataset()
    second = current.verified()
    assert second.number > first.number and second.count == 2 and second.token != first.token and looked


def test_no_two_states_have_one_name():
    one, two = factories.Dataset(), factories.Dataset()
    current.verified()
    tokens = set()
    for hidden in ([], [one], [two], [one, two]):
        for dataset in (one, two):
            model.Session.execute(
                sa.text("update package set private = :hidden where id = :id"),
                {"id": dataset["id"], "hidden": dataset in hidden},
            )
        found = current.version(model.Session.connection())
        assert found.count == 2 - len(hidden)
        tokens.add(found.token)
    assert len(tokens) == 4
    model.Session.rollback()


@pytest.fixture()
def short(app):
    """The portal as a server runs it: behind the short path. The answer, and whether CKAN had to be asked."""

    def _short(path, **headers):
        asked = []

        def ckan(environ, start_response):
            asked.append(environ["PATH_INFO"])
            return app.app(environ, start_response)

        answer = Client(short_path.ShortPath(ckan)).get(path, base_url="http://test.ckan.net", headers=headers)
        return answer, bool(asked)

    return _short


def test_the_short_path_says_what_ckan_says(app, short):
    dataset = factories.Dataset(title="Bins", resources=[{"url": "https://example.org/a.csv"}])
    for key in (dataset["id"], dataset["name"]):
        for extension, accept in (
            ("ttl", "text/turtle"),
            ("rdf", "application/rdf+xml"),
            ("jsonld", "application/ld+json"),
            ("nt", "application/n-triples"),
        ):
            usual = app.get(f"/dataset/{key}.{extension}")
            for answer, asked in (short(f"/dataset/{key}.{extension}"), short(f"/dataset/{key}", Accept=accept)):
                assert not asked and answer.data == usual.data
                assert answer.headers["ETag"] == usual.headers["ETag"]
                assert answer.headers["Content-Type"] == usual.headers["Content-Type"]
                assert {name.lower() for name in answer.vary} >= {"accept", "accept-encoding"}
    packed, _ = short(f"/dataset/{dataset['id']}.ttl", **{"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == app.get(f"/dataset/{dataset['id']}.ttl").data
    again, asked = short(f"/dataset/{dataset['id']}.ttl", **{"If-None-Match": usual.headers["ETag"]})
    assert again.status_code == 200 and not asked
    again, asked = short(f"/dataset/{dataset['id']}.nt", **{"If-None-Match": usual.headers["ETag"]})
    assert again.status_code == 304 and not asked


@pytest.mark.parametrize("extension", ["ttl", "rdf", "jsonld", "nt"])
@pytest.mark.parametrize("coding", ["", "gzip", "identity", "br", "gzip;q=0", "*"])
def test_a_plain_answer_is_the_one_that_a_condition_would_have_had(short, extension, coding):
    """Two ways to one answer: without conditions it is written down at once, else werkzeug weighs them."""
    dataset = factories.Dataset(title="Bins")
    address, asks = f"/dataset/{dataset['name']}.{extension}", {"Accept-Encoding": coding}
    plain, _asked = short(address, **asks)
    weighed, _asked = short(address, **asks, **{"If-None-Match": '"another"'})
    assert plain.status == weighed.status == "200 OK" and plain.data == weighed.data
    assert _without_date(plain) == _without_date(weighed)
    assert short(address, **asks, Range="bytes=2-5")[0].data == plain.data[2:6]


def _without_date(answer):
    assert answer.date
    return sorted((name, value) for name, value in answer.headers if name != "Date")


def test_a_type_left_out_later_is_left_out(short, ckan_config):
    dataset = factories.Dataset()
    address = f"/dataset/{dataset['name']}.ttl"
    assert not short(address)[1]
    ckan_config["ckanext.feeds.excluded_types"] = ["it's", "100%s", "dataset"]
    assert short(address)[1], "CKAN is left to say that there is no such dataset"


def test_the_short_path_leaves_the_rest_to_ckan(app, short, ckan_config):
    dataset = factories.Dataset()
    for path, accept in (
        (f"/dataset/{dataset['name']}", "text/html"),
        (f"/dataset/{dataset['name']}.ttl?profiles=euro_dcat_ap_3", ""),
        (f"/dataset/{dataset['name']}.docx", ""),
        ("/dataset/nothing.ttl", ""),
        ("/catalog.ttl", ""),
        (f"/cy/dataset/{dataset['name']}.ttl", ""),
    ):
        assert short(path, **({"Accept": accept} if accept else {}))[1], path
    ckan_config["ckan.cors.origin_allow_all"] = True
    assert short(f"/dataset/{dataset['name']}.ttl")[1]


def test_the_short_path_is_never_stale_and_never_private(short):
    dataset = factories.Dataset(owner_org=factories.Organization()["id"], title="First")
    address = f"/dataset/{dataset['id']}.ttl"
    helpers.call_action("package_patch", id=dataset["id"], title="Second")
    answer, asked = short(address)
    assert b"Second" in answer.data and not asked
    store.mark_stale([dataset["id"]])
    model.Session.commit()
    answer, asked = short(address)
    assert asked and answer.status_code == 200
    hide(dataset["id"])
    answer, asked = short(address)
    assert asked and answer.status_code == 404
    for how in ({"private": False, "state": "draft"}, {"state": "deleted"}):
        helpers.call_action("package_patch", id=dataset["id"], **how)
        answer, asked = short(address)
        assert asked and answer.status_code == 404


def test_the_short_path_finds_its_way_back_to_the_database(short):
    dataset = factories.Dataset(title="Bins")
    address = f"/dataset/{dataset['name']}.nt"
    assert not short(address)[1]
    others = "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and query like 'EXECUTE feeds_%'"
    assert model.Session.execute(sa.text(others)).scalars().all() == [True]
    model.Session.rollback()
    answer, asked = short(address)
    assert b"Bins" in answer.data and not asked
    model.Session.execute(sa.text("alter table feeds_fragment rename to feeds_away"))
    model.Session.commit()
    try:
        assert short(address.replace(".nt", ".docx"))[0].status_code == 404
        assert short_path._find(dataset["name"], None) is None, "CKAN is left to say what is wrong"
    finally:
        model.Session.execute(sa.text("alter table feeds_away rename to feeds_fragment"))
        model.Session.commit()
    assert not short(address)[1]
