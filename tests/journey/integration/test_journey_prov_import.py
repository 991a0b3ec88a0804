"""PROV files of other tools through the action, the command, the address for tools and the form."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

from ckanext.journey import model as tables

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]
SAMPLES = Path(__file__).parents[1] / "prov"
TOOLBOX = (SAMPLES / "toolbox.provn").read_bytes()
PRIMER = (SAMPLES / "primer.ttl").read_bytes()
ADDRESS = "/api/v1/lineage/prov"


@pytest.fixture
def editor():
    return factories.UserWithToken()


@pytest.fixture
def org(editor):
    return factories.Organization(users=[{"name": editor["name"], "capacity": "editor"}])


@pytest.fixture
def dataset(org):
    return factories.Dataset(owner_org=org["id"])


def token_of(org, **values):
    return helpers.call_action("journey_token_create", organization=org["id"], name="CWL", **values)["token"]


def bring(dataset, content=TOOLBOX, **values):
    return helpers.call_action("journey_prov_import", dataset=dataset["id"], content=content, **values)


def steps(dataset):
    return [
        each for each in helpers.call_action("journey_show", id=dataset["id"])["steps"] if each["capture"] == "prov"
    ]


def as_user(user, action, **values):
    found = model.User.get(user["name"])
    return tk.get_action(action)({"user": found.name, "auth_user_obj": found}, values)


def test_a_file_becomes_steps_and_is_kept_as_it_came(dataset):
    done = bring(dataset)
    assert (done["format"], done["recorded"], done["known"]) == ("prov-n", 1, 0)
    assert done["sha256"] == hashlib.sha256(TOOLBOX).hexdigest()
    assert {"The attribute http://example.org/colour has no place in a step"} <= {n["text"] for n in done["not_mapped"]}
    (step,) = steps(dataset)
    assert step["id"] == done["steps"][0]["id"]
    assert (step["tool"], step["tool_version"], step["plan"]["name"]) == ("R", "4.4.1", "tidy.R")
    assert step["inputs"][0]["sha256"] == "a" * 64 and step["outputs"][0]["sha256"] == "b" * 64
    kept = json.loads(_raw(done["event"]))
    assert kept["body"]["document"].encode() == TOOLBOX and kept["type"] == "prov-received"
    assert helpers.call_action("journey_verify")["valid"]
    before = steps(dataset)
    helpers.call_action("journey_rebuild")
    assert steps(dataset) == before


def _raw(event):
    query = sa.select(tables.event.c.raw).where(tables.event.c.id == event)
    return bytes(model.Session.connection().execute(query).scalar_one())


def test_told_again_it_is_recorded_once(dataset):
    first = bring(dataset)
    again = bring(dataset)
    assert (again["recorded"], again["known"], again["event"]) == (0, 1, first["event"])
    # The same activity in a file that has grown.
    more = TOOLBOX.replace(b"endDocument", b"activity(later)\nendDocument")
    grown = bring(dataset, more)
    assert (grown["recorded"], grown["known"]) == (1, 1) and grown["event"] != first["event"]
    assert len(steps(dataset)) == 2
    other = factories.Dataset(owner_org=dataset["owner_org"])
    assert bring(other)["recorded"] == 1


def test_a_dry_run_writes_nothing(dataset):
    count = sa.select(sa.func.count()).select_from(tables.event)
    before = model.Session.connection().execute(count).scalar_one()
    done = bring(dataset, PRIMER, dry_run=True)
    assert done["event"] is None and done["recorded"] == 0 and len(done["steps"]) == 4
    assert model.Session.connection().execute(count).scalar_one() == before and not steps(dataset)


def test_persons_are_named_nowhere_in_public(app, dataset):
    bring(dataset, PRIMER)
    bring(dataset, TOOLBOX)
    pages = [
        app.get(f"/dataset/journey/{dataset['name']}{end}").body
        for end in ("", "?view=table", ".prov.json", ".ttl", ".csv")
    ]
    assert not [page for page in pages if "Derek" in page or "Jane" in page]
    assert "Chart Generators Inc" in pages[0] and "In the file that it was read from: ValidateAndFix" in pages[0]


def test_an_export_comes_home_and_goes_elsewhere(dataset):
    key = {"rows_in": 12, "rows_out": 10, "rows_rejected": 2, "inputs": [{"name": "raw.csv", "sha256": "a" * 64}]}
    helpers.call_action(
        "journey_step_create", dataset=dataset["id"], type="clean", agent_role="Data officer", tool="Python",
        outputs=[{"name": "open.csv", "sha256": "b" * 64}], system="Northgate", started_at="2025-03-01", **key,
    )  # fmt: skip
    for form in ("prov-json", "prov-ttl"):
        text = helpers.call_action("journey_export", id=dataset["id"], format=form)["content"]
        home = bring(dataset, text)
        assert home["recorded"] == 0 and home["known"] == len(home["steps"]) >= 2
        other = factories.Dataset(owner_org=dataset["owner_org"])
        assert bring(other, text)["recorded"] == len(home["steps"])
        said, copy = (next(each for each in helpers.call_action("journey_show", id=one["id"])["steps"] if each["type"] == "clean")
                      for one in (dataset, other))  # fmt: skip
        same = ("agent_role", "tool", "started", "day_only", "rows")
        assert {name: copy[name] for name in same} == {name: said[name] for name in same}
        assert copy["system"]["name"] == "Northgate"
        assert [each["sha256"] for each in (*copy["inputs"], *copy["outputs"])] == ["a" * 64, "b" * 64]


def test_who_may(dataset, editor):
    stranger = factories.User()
    with pytest.raises(tk.NotAuthorized):
        as_user(stranger, "journey_prov_import", dataset=dataset["id"], content=TOOLBOX)
    assert as_user(editor, "journey_prov_import", dataset=dataset["id"], content=TOOLBOX)["recorded"] == 1
    assert steps(dataset)[0]["visibility"] == "public"
    made = as_user(editor, "journey_prov_import", dataset=dataset["id"], content=PRIMER, visibility="organisation")
    assert made["recorded"] == 4
    everybody = tk.get_action("journey_show")({"user": ""}, {"id": dataset["id"]})
    assert len([each for each in everybody["steps"] if each["capture"] == "prov"]) == 1


@pytest.mark.parametrize(
    ("values", "where", "says"),
    [
        ({"content": ""}, "content", "Give the file"),
        ({"content": "Dear Sir"}, "content", "none of the formats"),
        ({"content": b"\xff\xfe"}, "content", "not UTF-8: byte 0"),
        ({"content": "document\nused(a, b)\nendDocument"}, "content", "line 2"),
        ({"content": TOOLBOX, "format": "prov-xls"}, "format", "Choose one of"),
        ({"content": TOOLBOX, "visibility": "mine"}, "visibility", "Choose one of"),
        ({"content": TOOLBOX, "colour": "red"}, "colour", "no field of this name"),
    ],
)
def test_what_is_refused(dataset, values, where, says):
    with pytest.raises(tk.ValidationError) as caught:
        helpers.call_action("journey_prov_import", dataset=dataset["id"], **values)
    assert says in str(caught.value.error_dict[where])


@pytest.mark.ckan_config("ckanext.journey.prov_statements", 5)
@pytest.mark.ckan_config("ckanext.journey.lineage_bytes", 4000)
def test_the_caps(dataset):
    with pytest.raises(tk.ValidationError, match="at most 5 are taken"):
        bring(dataset)
    with pytest.raises(tk.ValidationError, match="At most 4,000 bytes"):
        bring(dataset, TOOLBOX + b" " * 4000)


def post(app, dataset, body=TOOLBOX, status=201, query="", **headers):
    return app.post(f"{ADDRESS}?dataset={dataset['name']}{query}", data=body, headers=headers, status=status)


def test_a_tool_sends_it_with_its_token(app, org, dataset):
    bearer = {"Authorization": f"Bearer {token_of(org, visibility='organisation')}"}
    assert post(app, dataset, gzip.compress(TOOLBOX), **bearer, **{"Content-Encoding": "gzip"}).json["recorded"] == 1
    assert steps(dataset)[0]["visibility"] == "organisation" and steps(dataset)[0]["agent_role"] == "person"
    assert post(app, dataset, status=200, **bearer).json["known"] == 1
    assert post(app, dataset, PRIMER, **bearer, **{"Content-Type": "text/turtle"}).json["format"] == "prov-ttl"
    assert "line 1" in post(app, dataset, b"document x", status=400, **bearer).json["error"]
    assert "Name the dataset" in app.post(ADDRESS, data=b"x", headers=bearer, status=400).json["error"]


def test_whom_the_address_refuses(app, org, dataset, editor):
    post(app, dataset, status=401)
    post(app, dataset, status=401, Authorization="Bearer nonsense")
    other = factories.Dataset(owner_org=factories.Organization()["id"])
    post(app, other, status=404, Authorization=f"Bearer {token_of(org)}")
    bound = {"Authorization": f"Bearer {token_of(org, namespaces=['http://example.org/finance/*'])}"}
    assert "does not speak for" in post(app, dataset, status=400, **bound).json["error"]
    assert not steps(dataset)
    assert post(app, dataset, Authorization=editor["token"]).json["recorded"] == 1
    assert post(app, other, status=403, Authorization=editor["token"]).json["error"]


@pytest.mark.ckan_config("ckanext.journey.lineage_bytes", 4000)
def test_too_much_for_the_address(app, org, dataset):
    bearer = {"Authorization": f"Bearer {token_of(org)}"}
    post(app, dataset, b" " * 5000, status=413, **bearer)
    post(app, dataset, gzip.compress(b" " * 50000), status=413, **bearer, **{"Content-Encoding": "gzip"})


def test_the_form(app, dataset, editor):
    headers = {"Authorization": editor["token"]}
    url = f"/dataset/journey/{dataset['name']}/prov"
    assert url in app.get(f"/dataset/journey/{dataset['name']}/add", headers=headers).body
    app.get(url, status=403)
    file = lambda: {"upload": (io.BytesIO(TOOLBOX), "x.provn"), "visibility": "public"}  # noqa: E731
    looked = app.post(url, data={**file(), "do": "look"}, headers=headers, content_type="multipart/form-data")
    assert "nothing is recorded yet" in looked.body and not steps(dataset)
    done = app.post(url, data={**file(), "do": "record"}, headers=headers, content_type="multipart/form-data")
    page = BeautifulSoup(done.body, "html.parser")
    assert page.select_one("#journey-read").text == "Recorded" and len(steps(dataset)) == 1
    none = app.post(url, data={"do": "record"}, headers=headers, status=400, content_type="multipart/form-data")
    assert BeautifulSoup(none.body, "html.parser").select_one("#error-upload").text == "Give the file"


@pytest.mark.usefixtures("with_extended_cli")
def test_the_command(cli, dataset):
    from ckan.cli.cli import ckan

    def run(*words):
        return cli.invoke(ckan, ["journey", "prov-import", *words, "--dataset", dataset["name"]])

    result = run(str(SAMPLES / "primer.ttl"), "--dry-run")
    assert result.exit_code == 0 and "would be aggregate: http://example.org/compose" in result.output, result.output
    result = run(str(SAMPLES / "primer.ttl"))
    assert "4 steps recorded, 0 known before." in result.output
    assert "names roles, not people" in result.output
    result = run(str(SAMPLES / "toolbox.provn"), "-f", "prov-json")
    assert result.exit_code == 1 and "prov-json:" in result.output
