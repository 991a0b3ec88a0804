"""Exports over HTTP, by action and by command: who gets them, what is in them, what never is."""

from __future__ import annotations

import base64
import io
import json
import zipfile

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

from ckanext.journey import config, exporting, ledger
from ckanext.journey import events as ev
from ckanext.journey.cli import journey as command
from ckanext.journey.exports import registry

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]

SECRET = "SECRETMARKER"
PLAIN = [form for form in registry.FORMATS if form.render]


def secret_step(visibility):
    """A step with the marker in every field that takes words."""
    return ev.StepRecorded(
        "clean",
        started="2025-03-01",
        system=f"{SECRET} system {visibility}",
        agent_role=f"{SECRET} role",
        on_behalf_of=f"{SECRET} body",
        tool=f"{SECRET} tool",
        tool_version=f"{SECRET} version",
        rationale=f"{SECRET} why",
        plan=ev.Plan(f"{SECRET} plan", f"{SECRET} v", f"https://{SECRET}.example/r", f"{SECRET} commit"),
        run_id=f"{SECRET} run",
        inputs=(ev.File(f"{SECRET} in.csv", "1" * 64, 5, 5),),
        outputs=(ev.File(f"{SECRET} out.csv", "2" * 64, 5, 5),),
        evidence=(ev.Evidence("approval", f"{SECRET} evidence", f"https://{SECRET}.example/e", "3" * 64),),
        visibility=visibility,
    )


@pytest.fixture
def people():
    """The members of an organisation, and a dataset of theirs with an uploaded file, public and private steps."""
    users = {name: factories.User() for name in ("editor", "stranger")}
    org = factories.Organization(users=[{"name": users["editor"]["name"], "capacity": "editor"}])
    return users | {"org": org}


@pytest.fixture
def dataset(people, create_with_upload):
    found = factories.Dataset(
        owner_org=people["org"]["id"],
        author=f"{SECRET} Author",
        maintainer=f"{SECRET} Keeper",
        maintainer_email="k@x.example",
    )
    upload = create_with_upload(b"a,b\n1,2\n", "spend.csv", package_id=found["id"], name="Spend", format="CSV")
    hidden = (
        ev.Evidence(kind, f"{SECRET} {kind}", f"https://{SECRET}.example/", "4" * 64, visibility)
        for kind in ("legal-basis", "approval")
        for visibility in ("organisation", "restricted")
    )
    tell(
        found["id"],
        ev.StepRecorded(
            "extract", started="2025-02-01", system="Northgate", tool="Crystal", agent_role="Revenues analyst",
            evidence=(*hidden, ev.Evidence("licence", "OGL")),
        ),
        secret_step("organisation"),
        secret_step("restricted"),
    )  # fmt: skip
    return helpers.call_action("package_show", id=found["id"]) | {"file": upload}


def tell(package_id, *bodies):
    stream = model.Package.get(package_id).owner_org or ledger.UNOWNED
    ledger.append_all(model.Session.connection(), [ledger.Draft(body, stream, package_id) for body in bodies])
    model.Session.commit()


def as_user(name):
    user = model.User.get(name) if name else None
    return {"user": name or "", "auth_user_obj": user}


def get(app, path, user=None, status=200, **headers):
    if user:
        token = helpers.call_action("api_token_create", context={"user": user["name"]}, user=user["name"], name="t")
        headers["Authorization"] = token["token"]
    return app.get(path, headers=headers, status=status, follow_redirects=False)


def test_each_format_has_an_address_and_holds_nothing_secret(app, dataset, people):
    for user in (None, people["editor"], factories.Sysadmin()):
        for form in registry.FORMATS:
            response = get(app, f"/dataset/journey/{dataset['name']}.{form.extension}", user)
            check(response, form)
            assert people["editor"]["name"].encode() not in response.get_data(), form.name


def check(response, form):
    assert response.headers["Content-Type"].startswith(form.media_type.partition(";")[0])
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    body = response.get_data()
    assert body and int(response.headers["Content-Length"]) == len(body)
    if form.name == "crate":
        archive = zipfile.ZipFile(io.BytesIO(body))
        body = b"".join(archive.read(name) + name.encode() for name in archive.namelist())
    assert SECRET.encode() not in body, form.name
    if form.is_text:
        assert b"Northgate" in body, form.name


def test_the_marker_is_really_there_for_those_who_may_see_it(dataset):
    shown = tk.get_action("journey_show")({"ignore_auth": True}, {"id": dataset["id"]})
    assert str(shown).count(SECRET) > 20


def test_by_id_as_well_as_by_name(app, dataset):
    assert (
        get(app, f"/dataset/journey/{dataset['id']}.csv").get_data()
        == get(app, f"/dataset/journey/{dataset['name']}.csv").get_data()
    )


def test_the_page_gives_what_is_asked_for(app, dataset):
    for form in registry.FORMATS:
        if form.name != "crate-metadata":  # by its media type that is JSON-LD, and PROV-O comes first
            response = get(app, f"/dataset/journey/{dataset['name']}", Accept=form.media_type)
            assert response.headers["Content-Type"].startswith(form.media_type)
            assert "Accept" in response.headers["Vary"]


def test_the_page_stays_a_page_for_browsers(app, dataset):
    for accept in ("text/html,application/xml;q=0.9,*/*;q=0.8", "*/*", "", "text/html,text/csv;q=0.5"):
        response = get(app, f"/dataset/journey/{dataset['name']}", Accept=accept)
        assert response.headers["Content-Type"].startswith("text/html")
        assert "Accept" in response.headers["Vary"]
    for form in registry.FORMATS:
        assert f'href="/dataset/journey/{dataset["name"]}.{form.extension}"' in response.get_data(as_text=True)


def test_an_unknown_extension_is_not_found(app, dataset):
    get(app, f"/dataset/journey/{dataset['name']}.exe", status=404)


@pytest.mark.parametrize("path", [".ttl", ".zip", ".png"])
def test_a_private_dataset_is_not_said_to_exist(app, people, path):
    closed = factories.Dataset(owner_org=people["org"]["id"], private=True)
    get(app, f"/dataset/journey/{closed['name']}{path}", status=404)
    get(app, f"/dataset/journey/{closed['name']}{path}", people["stranger"], status=404)
    response = get(app, f"/dataset/journey/{closed['name']}{path}", people["editor"])
    assert "no-store" in response.headers["Cache-Control"]


def test_the_action_asks_who_may_read_the_dataset(people):
    closed = factories.Dataset(owner_org=people["org"]["id"], private=True)
    export = tk.get_action("journey_export")
    for name in (None, people["stranger"]["name"]):
        with pytest.raises(tk.NotAuthorized):
            export(as_user(name), {"id": closed["id"]})
    assert json.loads(export(as_user(people["editor"]["name"]), {"id": closed["id"]})["content"])["entity"]


def test_the_action_gives_what_the_address_gives(app, dataset):
    for form in PLAIN:
        told = tk.get_action("journey_export")(as_user(None), {"id": dataset["name"], "format": form.name})
        content = told["content"].encode() if form.is_text else base64.b64decode(told["content_base64"])
        assert told["media_type"] == form.media_type
        assert told["filename"] == f"{dataset['name']}-journey.{form.extension}"
        assert told["cut"] == {"steps": 0, "files": 0}
        path = told["url"].removeprefix(tk.config["ckan.site_url"])
        assert len(get(app, path).get_data()) == len(content), form.name


def test_the_action_names_the_formats_if_it_is_given_another(dataset):
    with pytest.raises(tk.ValidationError, match="prov-json, prov-ttl"):
        tk.get_action("journey_export")(as_user(None), {"id": dataset["name"], "format": "docx"})
    with pytest.raises(tk.ObjectNotFound):
        tk.get_action("journey_export")({"ignore_auth": True}, {"id": "nothing"})


# The crate


def crate_of(dataset, user=None):
    out = io.BytesIO()
    exporting.write(as_user(user), dataset["id"], "crate", out)
    archive = zipfile.ZipFile(out)
    assert archive.testzip() is None
    told = json.loads(archive.read("ro-crate-metadata.json"))
    return archive, {entity["@id"]: entity for entity in told["@graph"]}


def test_the_crate_carries_the_uploaded_files(dataset):
    archive, told = crate_of(dataset)
    place = f"data/{dataset['file']['id']}/spend.csv"
    assert sorted(archive.namelist()) == [place, "ro-crate-metadata.json"]
    assert archive.read(place) == b"a,b\n1,2\n"
    assert told[place]["contentSize"] == "8"
    received = next(each for each in told.values() if each.get("identifier") == "receive")
    assert received["result"] == {"@id": place}


def test_a_file_beyond_the_cap_is_referred_to(dataset, ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, "ckanext.journey.export_bytes", 7)
    archive, told = crate_of(dataset)
    assert archive.namelist() == ["ro-crate-metadata.json"]
    assert told["./"]["hasPart"]["@id"].startswith("http")
    assert "1 files are referred to" in told["./"]["description"]


def test_a_file_that_is_gone_is_referred_to(dataset, monkeypatch):
    def gone(_resource):
        raise FileNotFoundError
        yield

    monkeypatch.setattr(exporting.uploads, "read", gone)
    archive, _told = crate_of(dataset)
    assert archive.namelist() == ["ro-crate-metadata.json"]


def test_the_crate_of_a_private_dataset_carries_no_file(people, create_with_upload):
    closed = factories.Dataset(owner_org=people["org"]["id"], private=True)
    create_with_upload(b"a\n", "x.csv", package_id=closed["id"])
    archive, _told = crate_of(closed, people["editor"]["name"])
    assert archive.namelist() == ["ro-crate-metadata.json"]


def test_a_file_elsewhere_is_referred_to(people):
    found = factories.Dataset(owner_org=people["org"]["id"])
    factories.Resource(package_id=found["id"], url="https://elsewhere.example/x.csv", url_type="")
    archive, told = crate_of(found)
    assert archive.namelist() == ["ro-crate-metadata.json"]
    assert told["https://elsewhere.example/x.csv"]["@type"] == "File"


# Caps and the command


def test_a_hub_is_cut_and_the_answer_says_so(app, dataset):
    many = tuple(ev.File(f"part-{n}.csv") for n in range(10_000))
    tell(dataset["id"], ev.StepRecorded("join", started="2025-03-03", inputs=many, outputs=(ev.File("all.csv"),)))
    response = get(app, f"/dataset/journey/{dataset['name']}.ttl")
    steps = exporting.gather(as_user(None), model.Package.get(dataset["id"])).steps
    kept = sum(len(step[side]) for step in steps for side in ("inputs", "outputs", "evidence"))
    assert len(steps) + kept == config.export_nodes()
    assert response.headers["X-Journey-Cut"].startswith("steps=0; files=500")
    assert b"This export was cut" in response.get_data()


def test_the_command_writes_a_file(cli, dataset, tmp_path):
    out = tmp_path / "x.zip"
    result = cli.invoke(command, ["export", dataset["name"], "--format", "crate", "-o", str(out)])
    assert result.exit_code == 0, result.output
    assert "ro-crate-metadata.json" in zipfile.ZipFile(out).namelist()
    result = cli.invoke(command, ["export", dataset["name"], "-f", "csv"])
    assert result.exit_code == 0 and "Northgate" in result.output and SECRET not in result.output


def test_the_command_names_what_is_wrong(cli, dataset):
    assert "no such dataset" in cli.invoke(command, ["export", "nothing"]).output
    result = cli.invoke(command, ["export", dataset["name"], "-f", "docx"])
    assert result.exit_code == 1 and "Not a format" in result.output
