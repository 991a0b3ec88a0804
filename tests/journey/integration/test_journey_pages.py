"""The pages, as they are asked for over HTTP."""

from __future__ import annotations

import io
import itertools

import pytest
from bs4 import BeautifulSoup
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers
from werkzeug.datastructures import FileStorage

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]


def soup(response):
    return BeautifulSoup(response.body, "html.parser")


def told(dataset, **values):
    return helpers.call_action("journey_step_create", dataset=dataset["id"], **values)


@pytest.fixture
def editor():
    return factories.UserWithToken()


@pytest.fixture
def as_editor(editor):
    return {"Authorization": editor["token"]}


@pytest.fixture
def dataset(editor):
    organisation = factories.Organization(users=[{"name": editor["name"], "capacity": "editor"}])
    return factories.Dataset(owner_org=organisation["id"], title="Trees & hedges")


def url(dataset, tail=""):
    return f"/dataset/journey/{dataset['name']}{tail}"


def test_the_dataset_page_shows_the_picture_and_the_latest_steps(app, dataset):
    told(dataset, type="extract", started_at="2025-02-01", system="Northgate <b>")
    page = soup(app.get(f"/dataset/{dataset['name']}"))
    section = page.select_one(".journey-summary")
    assert section.find("h2").text == "Journey of this data"
    drawings = section.select("svg[role=img]")
    assert len(drawings) == 2
    for drawing in drawings:
        for name in drawing["aria-labelledby"].split():
            assert drawing.find(id=name).text.strip()
    words = [item.text for item in section.select(".journey-words li")]
    assert words[0] == "Source system: Northgate <b>"
    assert words[2] == "Cleaned: not recorded"
    assert len(section.select(".journey-latest li")) == 2
    assert page.find("a", href=url(dataset)) is not None


def test_a_dataset_without_a_journey_says_so(app, dataset, operator):
    operator("TRUNCATE journey_step, journey_dataset")
    text = soup(app.get(url(dataset))).select_one(".journey").text
    assert "No step has been recorded yet" in text


def test_the_timeline_is_an_ordered_list_with_everything_in_it(app, dataset):
    told(
        dataset,
        type="clean",
        started_at="2025-02-01",
        agent_role="Data steward",
        tool="OpenRefine",
        tool_version="3.8",
        rationale="<script>alert(1)</script>",
        rows_in=1204,
        rows_out=1187,
        rows_rejected=16,
        outputs=[{"name": "clean.csv", "sha256": "a1" * 32, "rows": 1187}],
        evidence=[{"kind": "legal-basis", "value": "Transparency Code", "url": "https://example.org/code"}],
    )
    response = app.get(url(dataset))
    assert "<script>alert(1)" not in response.body
    page = soup(response)
    steps = page.select("ol.journey-timeline > li")
    assert [step.find("h3").text for step in steps] == ["Cleaned", "Published"]
    text = " ".join(steps[0].text.split())
    for expected in (
        "1 February 2025",
        "Data steward",
        "OpenRefine 3.8",
        "1,204 in = 1,187 out + 16 rejected",
        "1 row unaccounted for",
        "a1a1a1a1…a1a1",
        "Legal basis Transparency Code",
        "Told by a data steward",
    ):
        assert expected in text
    assert steps[0].select_one("details .journey-hash-full").text == "a1" * 32
    levels = [int(tag.name[1]) for tag in page.select(".journey h1, .journey h2, .journey h3, .journey h4")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_the_unknown_is_shown_as_unknown(app, dataset):
    told(dataset, type="extract")
    step = soup(app.get(url(dataset))).select("ol.journey-timeline > li")[0]
    assert step.select_one(".journey-when").text.strip() == "Date not recorded"
    facts = {row.dt.text: row.dd.text.strip() for row in step.select(".journey-facts > div")}
    assert facts == dict.fromkeys(("System", "Done by", "Tool", "Rows"), "Not recorded")


def test_the_table_has_the_steps_of_the_timeline(app, dataset):
    for kind in ("extract", "clean", "approve"):
        told(dataset, type=kind)
    timeline = [tag.text for tag in soup(app.get(url(dataset))).select("ol.journey-timeline h3")]
    table = [
        tag.text
        for tag in soup(app.get(url(dataset, "?view=table"))).select("[aria-labelledby=journey-steps] tbody th")
    ]
    assert table == timeline == ["Extracted", "Cleaned", "Approved", "Published"]


def upload(dataset, name):
    file = FileStorage(io.BytesIO(b"a\n1\n2\n" + name.encode()), filename=name)
    return helpers.call_action("resource_create", package_id=dataset["id"], url="x", format="CSV", upload=file)


def test_what_the_portal_recorded_in_a_row_is_one_entry(app, dataset):
    files = [upload(dataset, name) for name in ("a.csv", "b.csv", "c.csv")]
    steps = helpers.call_action("journey_show", id=dataset["id"])["steps"]
    assert len(steps) == 7
    page = soup(app.get(url(dataset)))
    entries = page.select("ol.journey-timeline > li")
    assert [entry.h3.text for entry in entries] == ["Published", "Updated: 3 times", "Files received: 3 files"]
    assert "3 files added" in entries[1].text
    fold = entries[2].find("details", recursive=False)
    assert not fold.has_attr("open")
    assert fold.summary.text == "3 steps: 3 files, 9 rows, each with a checksum"
    # Without a script and in the source every step stands, with its whole checksum.
    shown = [tag["id"].removeprefix("step-") for tag in page.select("[id^=step-]")]
    assert sorted(shown) == sorted(step["id"] for step in steps)
    for step in steps:
        for side in step["outputs"]:
            assert side["sha256"] in fold.text
    assert len(files) == len(fold.select("li[id^=step-]"))
    table = [
        tag.text
        for tag in soup(app.get(url(dataset, "?view=table"))).select("[aria-labelledby=journey-steps] tbody th")
    ]
    assert len(table) == len(steps)
    latest = soup(app.get(f"/dataset/{dataset['name']}")).select(".journey-latest a")
    assert [link.text for link in latest] == ["Files received: 3 files", "Updated: 3 times", "Published"]
    targets = {tag["id"] for tag in page.select("[id]")}
    assert all(link["href"].partition("#")[2] in targets for link in latest)


def test_several_files_and_much_evidence_of_one_kind_are_folded(app, dataset):
    files = [{"name": f"{n}.csv", "sha256": f"{n}" * 64, "rows": 1000 + n} for n in range(1, 4)]
    checks = [{"kind": "checksum", "value": f"check {n}"} for n in range(3)]
    told(dataset, type="extract", started_at="2025-01-01", outputs=files)
    told(
        dataset,
        type="clean",
        started_at="2025-01-02",
        inputs=files[:2],
        outputs=[{"name": "one.csv"}],
        evidence=[*checks, {"kind": "approval", "value": "Minutes"}],
    )
    extract, clean = soup(app.get(url(dataset))).select("ol.journey-timeline > li")[:2]
    assert extract.select_one(".journey-files summary").text == "3 files, 3,006 rows, each with a checksum"
    into, out = clean.select(".journey-files")
    assert into.summary.text == "2 files, 2,003 rows, checksums meet"
    assert out.find("details") is None
    assert "one.csv" in out.text
    folds = clean.select(".journey-evidence details.journey-fold")
    assert [" ".join(fold.summary.text.split()) for fold in folds] == ["Checksum: 3 pieces of evidence"]
    assert all(item["value"] in folds[0].text for item in checks)
    assert "Minutes" not in folds[0].text
    assert "Minutes" in clean.text


def test_hops_stand_in_their_order(app, dataset):
    tk.signals.ckanext.signal("federation:imported").send(
        "bristol",
        package_id=dataset["id"],
        run_id="r",
        node={"title": "Open Data Bristol"},
        upstream_id="77ab",
        content_hash="c1" * 32,
        upstream_modified="2025-09-01T10:00:00Z",
        url="javascript:alert(1)",
        hops=[{"portal": "Origin", "url": "https://origin.example/1"}],
    )
    page = soup(app.get(url(dataset)))
    hops = page.select("ol.journey-hops > li")
    assert [hop.h3.text.strip() for hop in hops] == ["Origin", "Open Data Bristol", "CKAN"]
    assert hops[0].h3.a["href"] == "https://origin.example/1"
    assert hops[1].h3.a is None
    text = " ".join(hops[1].text.split())
    for expected in ("77ab", "1 September 2025", "c1c1c1c1…c1c1", "This portal saw it"):
        assert expected in text


def test_private_evidence_shows_to_those_allowed_alone(app, dataset, as_editor):
    told(
        dataset,
        type="approve",
        evidence=[{"kind": "dpia-reference", "value": "DPIA 2019/114", "visibility": "organisation"}],
    )
    for view in ("", "?view=table"):
        assert "DPIA 2019/114" not in app.get(url(dataset, view)).body
        assert "DPIA 2019/114" in app.get(url(dataset, view), headers=as_editor).body
    assert "1 piece of evidence is not public" in app.get(url(dataset)).body


def test_a_private_dataset_has_no_page_for_others(app, dataset, as_editor):
    helpers.call_action("package_patch", id=dataset["id"], private=True)
    for tail in ("", "/add"):
        app.get(url(dataset, tail), status=404)
        app.get(url(dataset, tail), headers=as_editor, status=200)
    app.get("/dataset/journey/none", status=404)


def test_only_editors_get_the_form(app, dataset, as_editor):
    app.get(url(dataset, "/add"), status=403)
    app.post(url(dataset, "/add"), data={"type": "clean"}, status=403)
    stranger = factories.UserWithToken()
    app.post(url(dataset, "/add"), data={"type": "clean"}, headers={"Authorization": stranger["token"]}, status=403)
    assert "Add a step" not in app.get(url(dataset)).body
    assert "Add a step" in app.get(url(dataset), headers=as_editor).body
    form = soup(app.get(url(dataset, "/add"), headers=as_editor)).select_one(".journey-form form")
    for control in form.select("input:not([type=hidden]), select, textarea"):
        assert form.find("label", attrs={"for": control["id"]}), control["name"]
    ids = [tag["id"] for tag in form.select("[id]")]
    assert len(ids) == len(set(ids))


def test_the_form_records_a_step(app, dataset, as_editor):
    data = {
        "type": "clean",
        "started_at": "2025-02-01",
        "system_new": "Northgate",
        "agent_role": "Data steward",
        "rows_in": "10",
        "rows_out": "10",
        "inputs-count": "1",
        "inputs-0-name": "raw.csv",
        "evidence-count": "2",
        "evidence-0-visibility": "public",
        "evidence-1-kind": "approval",
        "evidence-1-value": "Minutes",
        "evidence-1-visibility": "organisation",
        "visibility": "public",
    }
    response = app.post(url(dataset, "/add"), data=data, headers=as_editor, follow_redirects=False)
    assert response.status_code == 302
    step = helpers.call_action("journey_show", id=dataset["id"])["steps"][0]
    assert response.headers["Location"].endswith(f"{url(dataset)}#step-{step['id']}")
    assert (step["type"], step["system"]["name"], step["inputs"][0]["name"]) == ("clean", "Northgate", "raw.csv")
    assert [item["visibility"] for item in step["evidence"]] == ["organisation"]


def test_errors_are_named_at_their_fields_and_nothing_is_lost(app, dataset, as_editor):
    data = {"type": "", "rows_in": "many", "rationale": "kept", "inputs-count": "1", "inputs-0-sha256": "zz"}
    response = app.post(url(dataset, "/add"), data=data, headers=as_editor, status=400)
    page = soup(response)
    assert page.title.text.startswith("Error: ")
    links = {link["href"].removeprefix("#"): link.text for link in page.select(".journey-errors[role=alert] a")}
    assert set(links) == {"field-type", "field-rows_in", "field-inputs-0-sha256", "field-inputs-0-name"}
    for name, text in links.items():
        control = page.find(id=name)
        assert control["aria-invalid"] == "true"
        described = control["aria-describedby"].split()
        assert any(page.find(id=each).text in text for each in described)
    assert page.find(id="field-rationale").text == "kept"
    assert page.find(id="field-rows_in")["value"] == "many"


def test_one_more_set_of_fields_without_javascript(app, dataset, as_editor):
    data = {"type": "clean", "more": "evidence", "evidence-count": "1", "evidence-0-value": "kept"}
    page = soup(app.post(url(dataset, "/add"), data=data, headers=as_editor, status=200))
    assert page.find(id="field-evidence-1-kind") is not None
    assert page.find(id="field-evidence-0-value")["value"] == "kept"
    assert not page.select(".journey-errors")
    assert len(helpers.call_action("journey_show", id=dataset["id"])["steps"]) == 1


@pytest.mark.ckan_config("WTF_CSRF_ENABLED", True)
def test_the_form_asks_for_its_token(make_app, dataset, editor, as_editor):
    app = make_app()
    # CKAN switches its own check off for a view that was called with an API token; ours stays.
    app.get(url(dataset, "/add"), headers=as_editor, status=200)
    with app.flask_app.test_client() as client:
        with client.session_transaction() as session:
            from ckan import model

            session["_user_id"] = model.User.get(editor["name"]).get_id()
            session["_fresh"] = True
        page = BeautifulSoup(client.get(url(dataset, "/add")).data, "html.parser")
        token = page.select_one(".journey-form input[name=_csrf_token]")["value"]
        assert client.post(url(dataset, "/add"), data={"type": "clean"}).status_code == 400
        assert len(helpers.call_action("journey_show", id=dataset["id"])["steps"]) == 1
        sent = client.post(url(dataset, "/add"), data={"type": "clean", "_csrf_token": token})
        assert sent.status_code == 302
        assert len(helpers.call_action("journey_show", id=dataset["id"])["steps"]) == 2


def test_the_register_and_its_pages(app, dataset):
    made = helpers.call_action(
        "journey_system_create", organization=dataset["owner_org"], name="Northgate", kind="finance"
    )
    told(dataset, type="extract", system="Northgate")
    page = soup(app.get("/journey/systems"))
    cells = [cell.text.strip() for cell in page.select("tbody tr > *")]
    assert cells[:2] == ["Northgate", "Finance"]
    assert cells[-2:] == ["Not recorded", "1"]
    page = soup(app.get(f"/journey/systems/{made['id']}"))
    assert page.h1.text == "Northgate"
    assert page.select_one(".journey-datasets h3").text.strip() == "Trees & hedges"
    app.get("/journey/systems/none", status=404)


def test_the_page_that_explains(app):
    page = soup(app.get("/journey"))
    assert page.h1.text == "The journey of data"
    assert len(page.select(".journey-stages > div")) == 11


def test_a_failed_capture_is_seen_by_the_organisation(app, dataset, as_editor, monkeypatch):
    from ckanext.journey import uploads

    def broken(resource):
        raise OSError("no disk")

    monkeypatch.setattr(uploads, "read", broken)
    file = FileStorage(io.BytesIO(b"a\n1\n"), filename="a.csv")
    helpers.call_action("resource_create", package_id=dataset["id"], url="x", format="CSV", upload=file)
    assert "OSError: no disk" in app.get(url(dataset), headers=as_editor).body
    assert "no disk" not in app.get(url(dataset)).body


@pytest.mark.ckan_config("ckan.locales_offered", "en cy")
@pytest.mark.ckan_config("ckan.locale_order", "en cy")
def test_the_page_speaks_welsh(make_app, dataset):
    told(dataset, type="extract", started_at="2025-02-01", rows_out=3)
    page = soup(make_app().get("/cy" + url(dataset)))
    assert page.h1.text.strip() == "Taith Trees & hedges"
    step = page.select("ol.journey-timeline > li")[0]
    assert step.h3.text == "Wedi'i echdynnu"
    assert "1 Chwefror 2025" in step.text
