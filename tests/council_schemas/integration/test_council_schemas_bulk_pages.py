"""The pages of spreadsheets: download, upload, preview, run, outcomes; and who gets to see them."""

import io

import pytest
from bs4 import BeautifulSoup
from ckan import model
from ckan.lib import jobs as queues
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories
from ckan.tests.helpers import call_action
from openpyxl import load_workbook
from rq import SimpleWorker

from ckanext.council_schemas.cli import council_schemas as command

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "council_schemas scheming_datasets scheming_organizations dcat"),
    pytest.mark.ckan_config("WTF_CSRF_ENABLED", False),
    pytest.mark.usefixtures("with_plugins"),
]


@pytest.fixture
def bulk(migrate_db_for, council, clean_queues):
    migrate_db_for("council_schemas")
    return council


@pytest.fixture
def person(bulk):
    def make(capacity="editor", org=None):
        user = factories.UserWithToken()
        call_action(
            "member_create", id=(org or bulk.org)["id"], object=user["id"], object_type="user", capacity=capacity
        )
        return user

    return make


def signed(user):
    return {"Authorization": user["token"]} if user else {}


def work():
    SimpleWorker(queues.get_all_queues(), connection=connect_to_redis()).work(burst=True)
    model.Session.remove()


def page(app, path, user, status=200):
    return BeautifulSoup(app.get(path, headers=signed(user), status=status, follow_redirects=False).text, "html.parser")


def post(app, path, user, status=302, **data):
    return app.post(path, data=data, headers=signed(user), follow_redirects=False, status=status)


def upload(app, path, user, text, name="sheet.csv", status=302):
    return post(app, path, user, status, upload=(io.BytesIO(text.encode()), name))


def test_a_stewards_round(bulk, person, app):
    editor = person()
    made = call_action("package_create", **bulk(title="<b>Air</b>"))
    call_action("package_create", **bulk(title="Other"))
    start = f"/organization/spreadsheet/{bulk.org['name']}"
    assert page(app, f"/organization/{bulk.org['name']}", editor).find("a", href=start)
    links = [a["href"] for a in page(app, start, editor).select(".council-section a")]
    book = app.get(links[0], headers=signed(editor))
    assert book.headers["Content-Disposition"].endswith('.xlsx"')
    assert load_workbook(io.BytesIO(book.data)).sheetnames == ["Datasets", "Files", "How to", "Lists"]
    assert app.get(links[1], headers=signed(editor)).headers["Content-Type"].startswith("text/csv")

    text = f"Record ID,Title,Themes,Nonsense\n{made['id']},<i>New</i>,,x\nno-such,Y,,\n"
    at = upload(app, start, editor, text).headers["Location"].split("//", 1)[1].split("/", 1)[1]
    at = f"/{at}"
    waiting = page(app, at, editor)
    assert waiting.find("progress")["value"] == "0" and waiting.find("a", string="Look again")
    work()
    preview = page(app, at, editor)
    assert "Nonsense" in preview.text and "no-such" in preview.text
    assert [cell.text.strip() for cell in preview.select("td .council-value")] == ["<b>Air</b>", "<i>New</i>"]
    assert len(page(app, f"{at}?show=action:refused", editor).select(".council-step")) == 1
    assert call_action("package_show", id=made["id"])["title"] == "<b>Air</b>"

    post(app, at, editor, do="run")
    assert page(app, at, editor).find("button", value="stop").text == "Stop"
    work()
    done = page(app, at, editor)
    assert done.find("progress")["value"] == "1" and done.find("button", value="run") is None
    assert call_action("package_show", id=made["id"])["title"] == "<i>New</i>"
    post(app, at, editor, status=400, do="run")
    assert "sheet.csv" in page(app, start, editor).text


def test_a_file_that_is_no_sheet_is_said_on_the_page(bulk, person, app):
    start = f"/organization/spreadsheet/{bulk.org['name']}"
    answer = upload(app, start, person(), "%PDF-1.7", status=400)
    assert "This is a PDF" in BeautifulSoup(answer.text, "html.parser").find(id="errors").text
    answer = post(app, start, person(), status=400)
    assert "Choose a file" in answer.text


def test_who_sees_the_pages(bulk, person, app):
    editor, member, other = person(), person("member"), person("editor", factories.Organization())
    call_action("package_create", **bulk())
    start = f"/organization/spreadsheet/{bulk.org['name']}"
    at = upload(app, start, editor, "name,Title\nair-quality-1,New\n").headers["Location"]
    work()
    for user in (None, member, other):
        for path in (start, f"{start}/download", at):
            app.get(path, headers=signed(user), status=403, follow_redirects=False)
        post(app, at, user, status=403, do="run")
        assert start not in app.get(f"/organization/{bulk.org['name']}", headers=signed(user)).text
    assert call_action("package_show", id="air-quality-1")["title"] == "Air quality"
    elsewhere = factories.Organization(name="elsewhere")
    call_action("member_create", id=elsewhere["id"], object=editor["id"], object_type="user", capacity="editor")
    app.get(at.replace(bulk.org["name"], "elsewhere"), headers=signed(editor), status=404)
    app.get(f"{start}/plan/none", headers=signed(editor), status=404)
    app.get("/organization/spreadsheet/none", headers=signed(editor), status=404)


def test_the_datasets_of_any_organisation(bulk, person, app):
    editor = person()
    call_action("package_create", **bulk())
    assert page(app, "/spreadsheet", editor).find("h1")
    app.get("/spreadsheet", status=403, follow_redirects=False)
    at = upload(app, "/spreadsheet", editor, "name,Title\nair-quality-1,New\n").headers["Location"]
    work()
    assert "New" in page(app, at, editor).find("table").text
    sheet = app.get("/spreadsheet/download?q=air&format=csv", headers=signed(editor))
    assert "air-quality-1" in sheet.text
    app.get("/spreadsheet/download?format=pdf", headers=signed(editor), status=400)


@pytest.mark.ckan_config("WTF_CSRF_ENABLED", True)
def test_forms_need_their_token(bulk, person, app):
    user = factories.User(password="RandomPassword123")
    call_action("member_create", id=bulk.org["id"], object=user["id"], object_type="user", capacity="editor")
    call_action("package_create", **bulk())
    start = f"/organization/spreadsheet/{bulk.org['name']}"
    app.get("/user/login")
    environ = {"REMOTE_USER": user["name"]}
    answer = app.post(
        start,
        data={"upload": (io.BytesIO(b"name,Title\nair-quality-1,X\n"), "a.csv")},
        extra_environ=environ,
        follow_redirects=False,
    )
    assert answer.status_code in (400, 403)
    assert (
        call_action("council_bulk_list", {"user": user["name"], "ignore_auth": False}, organization=bulk.org["id"])[
            "count"
        ]
        == 0
    )


@pytest.mark.ckan_config("ckan.locales_offered", "en cy")
def test_a_sheet_in_welsh_is_read_in_english(bulk, person, app):
    editor = person()
    call_action("package_create", **bulk(theme=["http://publications.europa.eu/resource/authority/data-theme/TRAN"]))
    start = f"/organization/spreadsheet/{bulk.org['name']}"
    sheet = app.get(f"/cy{start}/download?format=csv", headers=signed(editor)).text
    assert "Teitl" in sheet and "Trafnidiaeth" in sheet and "Title" not in sheet
    at = upload(app, start, editor, sheet).headers["Location"]
    work()
    plan = call_action("council_bulk_show", {"user": editor["name"], "ignore_auth": False}, id=at.rsplit("/", 1)[1])
    assert plan["counts"]["unchanged"] == 1 and plan["problems"] == []


def test_the_commands(bulk, person, cli, tmp_path):
    editor, member = person(), person("member")
    call_action("package_create", **bulk())
    path = tmp_path / "sheet.csv"
    asked = ["bulk-export", str(path), "--organization", bulk.org["name"], "--user"]
    assert "1 of 1 datasets" in cli.invoke(command, [*asked, editor["name"]]).output
    refused = cli.invoke(command, [*asked, member["name"]])
    assert refused.exit_code == 1 and "Only editors" in refused.output
    path.write_text(path.read_text("utf-8-sig").replace("Air quality", "From the command line"), "utf-8")
    asked = ["bulk-plan", str(path), "--organization", bulk.org["name"], "--user", editor["name"]]
    shown = cli.invoke(command, asked)
    assert "Title: Air quality -> From the command line" in shown.output, shown.output
    plan = shown.output.rsplit("plan ", 1)[1].split(":")[0]
    done = cli.invoke(command, ["bulk-apply", plan, "--user", editor["name"]])
    assert done.exit_code == 0 and f"plan {plan}: done" in done.output
    assert call_action("package_show", id="air-quality-1")["title"] == "From the command line"
    assert cli.invoke(command, ["bulk-apply", plan, "--user", editor["name"]]).exit_code == 1
