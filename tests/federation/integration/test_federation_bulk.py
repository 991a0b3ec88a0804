"""New datasets made together are what ``package_create`` makes of each: rows, pages, index, activities, journeys, feeds."""

import json
import re

import pytest
import sqlalchemy as sa
from ckan import model, plugins
from ckan.lib import plugins as lib_plugins
from ckan.lib.search.common import make_connection
from ckan.plugins import toolkit
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.federation.harvest import apply, bulk, store
from ckanext.federation.harvest.bulk import batch, documents, others

ALL = "journey feeds federation council_schemas scheming_datasets scheming_organizations dcat activity"
ALL += " image_view text_view resource_proxy geojson_view"
ALONE = "federation activity"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
BLANK = re.compile(r"_:b[0-9a-f]+")
NOW = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d+(\+00:00|Z)?")
TABLES = ("package", "resource", "package_tag", "member", "resource_view", "activity", "federation_record")


@pytest.fixture
def everything(node, migrate_db_for):
    """The node, with the tables of all rooms."""
    for name in ("journey", "feeds"):
        if plugins.plugin_loaded(name):
            migrate_db_for(name)
    return node


def rich(make):
    """Records that use many fields: files of several kinds, a place, a period, odd keywords, none of anything."""
    files = [
        {"title": "Rows", "downloadURL": "https://data.wharfedale.example/1.csv", "mediaType": "text/csv"},
        {"title": "Map", "downloadURL": "https://data.wharfedale.example/1.geojson", "format": "GeoJSON"},
        {"downloadURL": "https://data.wharfedale.example/1.json", "mediaType": "application/json"},
        {"accessURL": "https://data.wharfedale.example/service", "description": "A <b>service</b>"},
    ]
    return [
        make(1, distribution=files, spatial="-1.9,53.8,-1.5,54.0", temporal="2020-01-01/2020-12-31"),
        make(2, accrualPeriodicity="R/P1Y", language=["en"], title=" Ünïcode & <i>tags</i> "),
        make(3, keyword=["Parking", "parking", "Car parks", "ÉCOLE"], license=None, distribution=[]),
        make(4, keyword=[], theme=[], publisher=None, contactPoint=None, description=""),
        make(5, title="Dataset 1"),
        make(6, distribution=[*files[1:3], {**files[2], "downloadURL": "https://data.wharfedale.example/6.json"}]),
    ]


def rows(table, package_ids):
    found = model.meta.metadata.tables.get(table)
    if found is None:
        found = toolkit.BaseModel.metadata.tables[table]
    columns = found.c
    names = {"package": "id", "member": "table_id", "activity": "object_id"}
    if table == "resource_view":
        files = sa.select(model.Resource.id).where(model.Resource.package_id.in_(package_ids))
        query = sa.select(found).where(columns.resource_id.in_(files))
    else:
        query = sa.select(found).where(columns[names.get(table, "package_id")].in_(package_ids))
    return sorted(
        (plain({**row, "data": loaded(row.get("data"))}) for row in model.Session.execute(query).mappings()), key=str
    )


def loaded(value):
    return json.loads(value) if isinstance(value, str) else value


def plain(value):
    """A value whose ids and moments are words, so that two datasets can be compared."""
    text = BLANK.sub("_:blank", UUID.sub("ID", json.dumps(value, sort_keys=True, default=str)))
    return in_order(json.loads(NOW.sub("MOMENT", text)))


def in_order(value):
    """PostgreSQL keeps extras in an order of its own, Python as they came."""
    if isinstance(value, dict):
        return {key: in_order(one) for key, one in value.items()}
    if isinstance(value, list):
        extras = value and all(isinstance(one, dict) and one.keys() == {"key", "value"} for one in value)
        return sorted(value, key=lambda one: one["key"]) if extras else [in_order(one) for one in value]
    return value


def without_file_ids(event):
    """Files are named by their ids there, which are different ones."""
    fields = event["body"].get("fields") or {}
    files = sorted(value for key, value in fields.items() if key.startswith("file:"))
    others = {key: value for key, value in fields.items() if not key.startswith("file:")}
    return {**event, "body": {**event["body"], "fields": others, "files": files}}


def index_document(package_id):
    (found,) = make_connection().search(f'id:"{package_id}"', fl="*", rows=2).docs
    for name in ("data_dict", "validated_data_dict"):
        found[name] = json.loads(found[name])
    for name in ("_version_", "index_id", "indexed_ts", "metadata_created", "metadata_modified"):
        found.pop(name, None)
    return plain(found)


def picture():
    """All that a harvest left, by the datasets' names."""
    model.Session.remove()  # from the database, not from what the harvest has in hand
    ids = dict(model.Session.execute(sa.select(model.Package.name, model.Package.id)).tuples().all())
    found = {}
    for name, package_id in ids.items():
        shown = call_action("package_show", {"ignore_auth": True, "use_cache": False}, id=package_id)
        public = call_action("package_show", {"ignore_auth": False, "user": ""}, id=package_id)
        found[name] = {"shown": plain(shown), "public": plain(public), "document": index_document(package_id)}
        found[name] |= {
            table: rows(table, [package_id]) for table in TABLES if table != "activity" or plugins.plugin_loaded(table)
        }
        if plugins.plugin_loaded("journey"):
            events = sa.text(
                "SELECT convert_from(raw, 'UTF8') FROM journey_event WHERE package_id = :id ORDER BY sequence"
            )
            told = [json.loads(raw) for raw in model.Session.execute(events, {"id": package_id}).scalars()]
            found[name]["journey"] = plain([without_file_ids({**one, "sequence": 0}) for one in told])
    return found


def feed_of():
    from ckanext.feeds import store as fragments
    from ckanext.feeds import sync

    assert sync.catch_up(60)
    triples = [plain(bytes(fragments.get(name).data).decode()) for name in fragments.public_ids()]
    return sorted(sorted(one.splitlines()) for one in triples)


def differences(one, other, path=""):
    """Where two pictures differ, as lines."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = sorted(one.keys() | other.keys())
        return [line for key in keys for line in differences(one.get(key), other.get(key), f"{path}/{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [line for number, (a, b) in pairs for line in differences(a, b, f"{path}/{number}")]
    return [] if one == other else [f"{path}: {one!r} is not {other!r}"]


def by_both_ways(node, records, monkeypatch):
    """What is left by the batch, and by ``package_create``."""
    done = node.run(records)
    assert set(done["results"]) == {"created"}
    together = picture()
    feed = feed_of() if plugins.plugin_loaded("feeds") else []
    for name in together:
        call_action("dataset_purge", id=name)
    model.Session.execute(sa.text("DELETE FROM tag"))
    model.Session.commit()
    with monkeypatch.context() as single:
        single.setattr(apply, "allowed", lambda: False)
        assert node.run()["results"] == done["results"]
    one_by_one = picture()
    return [together, feed], [one_by_one, feed_of() if plugins.plugin_loaded("feeds") else []]


@pytest.mark.ckan_config("ckan.plugins", ALL)
@pytest.mark.ckan_config("ckan.views.default_views", "geojson_view image_view text_view")
def test_together_is_as_one_by_one(everything, make, monkeypatch):
    made = []
    real = batch.Bulk.create
    monkeypatch.setattr(batch.Bulk, "create", lambda *given: made.append(real(*given)) or made[-1])
    together, one_by_one = by_both_ways(everything, rich(make), monkeypatch)
    assert [len(ids) for ids in made] == [6], "the batch made all of them"
    assert differences(together, one_by_one) == []
    views = [view for found in together[0].values() for view in found["resource_view"]]
    assert {view["view_type"] for view in views} == {"geojson_view", "text_view"}
    assert all(len(found["journey"]) == 3 or len(found["journey"]) == 2 for found in together[0].values())


@pytest.mark.ckan_config("ckan.plugins", ALONE)
def test_in_a_stock_portal_too(everything, make, monkeypatch):
    together, one_by_one = by_both_ways(everything, rich(make), monkeypatch)
    assert differences(together, one_by_one) == []


@pytest.mark.ckan_config("ckan.plugins", ALL)
def test_a_record_that_the_form_refuses_is_that_record_alone(everything, make, monkeypatch):
    form = lib_plugins.lookup_package_plugin("dataset")
    real = form.create_package_schema

    def picky(key, data, errors, context):
        del data[key]
        if data[("title",)] == "Dataset 2":
            errors[("title",)].append("No such title")

    monkeypatch.setattr(form, "create_package_schema", lambda: {**real(), "picky": [picky]})
    done = everything.run([make(1), make(2), make(3)])
    assert done["results"] == {"created": 2, "quarantined": 1}
    assert [one["reason"] for one in done["outcomes"] if one["status"] == "quarantined"] == ["title: No such title"]
    assert call_action("package_search", rows=0)["count"] == 2


@pytest.mark.ckan_config("ckan.plugins", ALL)
def test_a_batch_that_breaks_is_made_one_by_one(everything, make, monkeypatch):
    def broken(*_given):
        raise OSError("A hook of a plugin broke")

    monkeypatch.setattr(batch.activities, "succeeded", broken)
    done = everything.run([make(1), make(2)])
    assert done["results"] == {"created": 2}
    assert call_action("package_search", rows=0)["count"] == 2
    told = "SELECT count(*) FROM journey_hop WHERE package_id IN (SELECT id FROM package)"
    assert model.Session.execute(sa.text(told)).scalar() == 2


@pytest.mark.ckan_config("ckan.plugins", ALL)
def test_a_document_that_the_index_refuses_keeps_none_of_the_others_out(everything, make, monkeypatch):
    real = documents._documents

    def with_a_bad_one(batch):
        bad = {"metadata_modified": "never"}
        return [found | (bad if found["title"] == "Dataset 2" else {}) for found in real(batch)]

    monkeypatch.setattr(documents, "_documents", with_a_bad_one)
    done = everything.run([make(1), make(2), make(3)])
    assert done["results"] == {"created": 3}
    assert call_action("package_search", rows=0)["count"] == 3
    assert store.unindexed(done["node_id"]) == []


@pytest.mark.ckan_config("ckan.plugins", ALL)
def test_same_titles_and_names_that_are_taken(everything, make):
    factories.Dataset(name="parking", owner_org=factories.Organization()["id"])
    done = everything.run([make(1, title="Parking"), make(2, title="Parking"), make(3, title="New")])
    assert done["results"] == {"created": 3}
    names = model.Session.execute(sa.select(model.Package.name).where(model.Package.title != "Test Dataset")).scalars()
    assert len({name for name in names if name != "parking"}) >= 3
    assert call_action("package_search", rows=0, q="title:Parking")["count"] == 2


@pytest.mark.ckan_config("ckan.plugins", ALL)
def test_tags_are_made_once(everything, make):
    everything.run([make(number, keyword=["Waste", "Bins"]) for number in range(1, 4)])
    everything.run([make(number, keyword=["Waste", "Bins"]) for number in range(1, 7)])
    tags = model.Session.execute(sa.select(model.Tag.name)).scalars().all()
    assert sorted(name.lower() for name in tags) == ["bins", "transport", "waste"]


class Stranger:
    """A plugin that has its own way of making datasets."""

    def get_actions(self):
        return {"package_create": lambda context, data_dict: None}


@pytest.mark.ckan_config("ckan.plugins", ALL)
@pytest.mark.usefixtures("with_plugins")
def test_a_stranger_that_makes_datasets_has_each_made_by_package_create(monkeypatch):
    assert bulk.allowed()
    real = others.p.PluginImplementations
    with monkeypatch.context() as strange:
        strange.setattr(others.p, "PluginImplementations", lambda interface: [*real(interface), Stranger()])
        assert not bulk.allowed()
