"""Spreadsheets of metadata on a real database, search index and queue: out, in, previewed, run."""

import base64
import csv
import io

import pytest
from ckan import model
from ckan.lib import jobs as queues
from ckan.lib import search
from ckan.lib.redis import connect_to_redis
from ckan.lib.search import SearchError
from ckan.plugins import toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import call_action
from openpyxl import Workbook, load_workbook
from rq import SimpleWorker

from ckanext.council_schemas import vocabularies
from ckanext.council_schemas.bulk import export, indexed, jobs, people, store
from ckanext.council_schemas.bulk.kit import kit
from ckanext.council_schemas.bulk.model import now
from ckanext.council_schemas.bulk.notation import KEEP
from ckanext.council_schemas.review import store as checks

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "council_schemas scheming_datasets scheming_organizations dcat"),
    pytest.mark.usefixtures("with_plugins"),
]


def code(name, number=0):
    return list(vocabularies.get(name).terms)[number]


AGENT = {"name": "Data team", "email": "data@aireborough.gov.uk", "url": "https://aireborough.gov.uk", "type": "public"}
FULL = {
    "notes": "- nitrogen dioxide\r\n- by hour\r\n\r\n=SUM(A1) stays a text",
    "tags": [{"name": "air quality"}, {"name": "nitrogen dioxide"}],
    "theme": [
        "http://publications.europa.eu/resource/authority/data-theme/ENVI",
        "http://publications.europa.eu/resource/authority/data-theme/TRAN",
    ],
    "contact": [{"name": "Open data: team", "email": "open@aireborough.gov.uk"}, {"name": "=HYPERLINK(1)"}],
    "transparency_set": code("transparency_set"),
    "esd_function": code("esd_function"), "hvd_category": [code("hvd_category"), code("hvd_category", 1)],
    "lgsl_service": "524",
    "use_area": ["open-data"],
    "language": ["http://publications.europa.eu/resource/authority/language/ENG"],
    "gss_area": "E08000035",
    "spatial_coverage": [{"text": "Leeds"}, {"uri": "https://example.org/x", "text": "X", "geom": '{"type": "Point",\n "coordinates": [1, 2]}'}],
    "temporal_coverage": [{"start": "2025-01-01", "end": "2025-12-31"}, {"start": "2026"}],
    "legacy_source": "'=quoted",
    "provenance": "Copied _x0041_ by hand.",
    "quality_statement": "+1 better\n\nthan before  ",
    "frequency": "Quarterly",
    "created": "2020-01-31", "issued": "2021", "modified": "2026-01-31T10:00:00",
    "version": "1.0", "version_notes": "@home",
    "sensitivity": code("sensitivity"), "dpia_status": code("dpia_status"),
    "security_classification": code("security_classification"), "access_rights": "anybody who asks",
    "temporal_resolution": "P1D", "spatial_resolution_in_meters": "10",
    "url": "https://example.org/air?a=1;b=2", "identifier": "007",
    "alternate_identifier": ["a;b", "c, d", "[x", "line\nbreak"],
    "publisher": [AGENT], "creator": [AGENT | {"identifier": "-5"}],
    "homepage": "https://example.org", "documentation": ["https://example.org/a", "https://example.org/b;c"],
    "conforms_to": ["https://example.org/s"], "applicable_legislation": ["http://data.europa.eu/eli/reg_impl/2023/138/oj"],
    "is_referenced_by": ["https://doi.org/1"], "has_version": ["https://example.org/v2"],
    "dcat_type": "http://example.org/type", "uri": "https://example.org/id",
    "qualified_relation": [{"uri": "https://example.org/r", "relation": "https://example.org/o", "role": "http://x/y"}],
    "provenance_activity": [{"label": "Made", "wasAssociatedWith": [{"name": "A", "actedOnBehalfOf": [{"name": "B"}]}]}],
    "qualified_attribution": [{"agent": [{"name": "A"}], "role": "http://x/y"}],
    "resources": [
        {"name": "January", "url": "https://example.org/jan.csv", "format": "CSV", "description": "=1+1",
         "status": "http://purl.org/adms/status/Completed", "language": ["http://publications.europa.eu/resource/authority/language/ENG"],
         "size": 42, "access_services": [{"title": "API", "endpoint_url": ["https://example.org/api"], "contact": [{"name": "C"}]}]},
        {"name": "February", "url": "https://example.org/feb.csv"},
    ],
}  # fmt: skip


@pytest.fixture
def bulk(migrate_db_for, council, clean_queues):
    migrate_db_for("council_schemas")
    return council


@pytest.fixture
def person(bulk):
    def make(capacity="editor", org=None):
        user = factories.User()
        call_action(
            "member_create", id=(org or bulk.org)["id"], object=user["id"], object_type="user", capacity=capacity
        )
        return user

    return make


def as_(user):
    return {"user": user["name"] if user else "", "ignore_auth": False}


def work():
    SimpleWorker(queues.get_all_queues(), connection=connect_to_redis()).work(burst=True)
    model.Session.remove()


def out(user, **more):
    made = call_action("council_bulk_export", as_(user), **more)
    return made, base64.b64decode(made["content"])


def book_of(content):
    return load_workbook(io.BytesIO(content))


def saved(book):
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def sheet(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def take(user, content, **more):
    """Upload, and have it looked at: the plan with its steps."""
    plan = call_action(
        "council_bulk_plan", as_(user), content=base64.b64encode(content).decode(), file_name="sheet.xlsx", **more
    )
    work()
    return call_action("council_bulk_show", as_(user), id=plan["id"], limit=200)


def apply(user, plan):
    call_action("council_bulk_apply", as_(user), id=plan["id"])
    work()
    return call_action("council_bulk_show", as_(user), id=plan["id"], limit=200)


def codes(step):
    return [one["code"] for one in step["problems"]]


def test_every_field_comes_back_as_it_was(bulk, person):
    user = person()
    series = call_action("package_create", **bulk(name="air-series", type="dataset_series", title="Air"))
    first = call_action("package_create", **bulk(**FULL, in_series=[series["id"]]))
    call_action("package_create", **bulk())
    before = call_action("package_show", as_(user), id=first["id"])
    empty = [
        f.name for f in kit("dataset").datasets if not before.get(f.name) and f.name not in ("tag_string", "private")
    ]
    assert empty == []
    for form in ("xlsx", "csv"):
        made, content = out(user, organization=bulk.org["id"], format=form)
        assert (made["count"], made["rows"]) == (2, 2)
        plan = take(user, content, organization=bulk.org["id"])
        assert plan["state"] == "planned" and plan["problems"] == []
        assert plan["counts"] == {"new": 0, "changed": 0, "unchanged": 2, "refused": 0}, [
            (one["name"], one["problems"], one["changes"]) for one in plan["steps"]
        ]
        with pytest.raises(tk.ValidationError):
            call_action("council_bulk_apply", as_(user), id=plan["id"])
    assert call_action("package_show", as_(user), id=first["id"]) == before


def edited(content, changes, where="Datasets"):
    """The workbook with cells changed: {name of the field: value} of the first dataset."""
    book = book_of(content)
    place = book[where]
    titles = {cell.value: cell.column for cell in place[1]}
    for title, text in changes.items():
        place.cell(2, titles[title]).value = text
        if isinstance(text, str):
            place.cell(2, titles[title]).data_type = "s"  # as Excel has what is typed into a cell of text
    return saved(book)


def changes_of(step):
    return {one["field"]: (one["old"], one["new"]) for one in step["changes"]}


def test_what_is_previewed_is_what_happens(bulk, person):
    user = person()
    call_action("package_create", **bulk(name="b-2", title="B"))
    made = call_action("package_create", **bulk(**FULL | {"name": "a-1", "title": "A"}))
    _, content = out(user, organization=bulk.org["id"])
    sent = edited(content, {
        "Title": "=Air", "Description": "New\nlines", "Keywords": "ozone; air quality", "Themes": "transport;Health",
        "Council area": "leeds", "Update frequency": "R/P1M", "Time covered": "start: 1/4/2025\nTo: 31/03/2026",
        "Whom to ask": "", "Other identifiers": "one\ntwo", "First published": "13/02/2024", "Private": "YES", "Quality": KEEP,
        "Council service": "find out about noise nuisance",
    })  # fmt: skip
    sent = edited(sent, {"Name": "January 2026", "Status": "withdrawn"}, "Files")
    plan = take(user, sent, organization=bulk.org["id"])
    assert plan["counts"] == {"new": 0, "changed": 1, "unchanged": 1, "refused": 0}, [
        (one["name"], one["problems"], one["changes"]) for one in plan["steps"]
    ]
    step = plan["steps"][0]
    found = changes_of({"changes": [one for one in step["changes"] if "file" not in one]})
    assert found["title"] == ("A", "=Air")
    assert found["theme"][1] == "Transport\nHealth"
    assert found["frequency"] == ("Quarterly", "Monthly")
    assert found["temporal_coverage"][1] == "start: 2025-04-01\nend: 2026-03-31"
    assert found["contact"][1] == "" and found["issued"] == ("2021", "2024-02-13")
    assert set(found) == {
        "title", "notes", "tag_string", "theme", "frequency", "temporal_coverage", "contact", "alternate_identifier",
        "issued", "private", "lgsl_service",
    }  # fmt: skip
    files = {one["field"]: one["new"] for one in step["changes"] if one.get("file_name") == "January"}
    assert files == {"name": "January 2026", "status": "Withdrawn"}
    assert call_action("package_show", id=made["id"])["title"] == "A"

    plan = apply(user, plan)
    assert plan["state"] == "done" and plan["outcomes"] == {"ready": 0, "done": 1, "refused": 0, "failed": 0}
    after = call_action("package_show", as_(user), id=made["id"])
    kept = {
        name: FULL[name]
        for name in FULL
        if name not in found and name not in ("tags", "resources", "notes", "spatial_coverage")
    }
    assert {name: after[name] for name in kept} == kept
    assert after["title"] == "=Air" and after["private"] is True and after["notes"] == "New\nlines"
    assert sorted(tag["name"] for tag in after["tags"]) == ["air quality", "ozone"]
    assert after["temporal_coverage"] == [{"start": "2025-04-01", "end": "2026-03-31"}]
    assert after["resources"][0]["name"] == "January 2026"
    assert after["resources"][0]["access_services"][0]["title"] == "API"
    assert after["resources"][1] == made["resources"][1] | {
        "metadata_modified": after["resources"][1]["metadata_modified"]
    }
    assert plan["steps"][0]["result"]["saved"] == after["metadata_modified"]
    again = take(user, sent, organization=bulk.org["id"])
    assert again["counts"]["changed"] == again["counts"]["refused"] == 0, [
        (one["name"], one["problems"], one["changes"]) for one in again["steps"]
    ]


def test_new_datasets(bulk, person):
    user = person()
    content = sheet(
        ["Web address", "Title", "Description", "Licence", "Private", "Themes"],
        ["noise", "Noise", "By street.", "Open Government Licence", "no", "Transport"],
        [None, "Dog bins!", "Where they are.", "uk-ogl"],
        [None, "Dog bins", "Again.", "uk-ogl"],
        [None, "No licence", "x"],
    )
    plan = take(user, content, organization=bulk.org["id"])
    assert [step["action"] for step in plan["steps"]] == ["new", "refused", "refused"], [
        (one["name"], one["problems"], one["changes"]) for one in plan["steps"]
    ]
    assert codes(plan["steps"][1]) == ["twice"] and plan["steps"][1]["problems"][0]["lines"] == [3, 4]
    assert plan["steps"][2]["problems"][0]["field"] == "license_id"
    apply(user, plan)
    made = call_action("package_show", as_(user), id="noise")
    assert made["private"] is False and made["owner_org"] == bulk.org["id"] and made["creator_user_id"] == user["id"]
    assert call_action("package_list") == ["noise"]


def test_refused_rows_say_why_and_the_others_run(bulk, person):
    user = person()
    other = factories.Organization()
    theirs = call_action("package_create", **bulk(name="theirs", owner_org=other["id"]))
    hidden = call_action("package_create", **bulk(name="hidden", owner_org=other["id"], private=True))
    gone = call_action("package_create", **bulk(name="gone"))
    call_action("package_delete", id=gone["id"])
    series = call_action("package_create", **bulk(name="a-series", type="dataset_series"))
    names = [call_action("package_create", **bulk(name=f"set-{n}", title=f"Set {n}"))["name"] for n in range(6)]
    content = sheet(
        ["A title row"],
        ["Record ID", "name", "Title", "Themes", "Licence", "First published", "Whom to ask", "Home pgae"],
        [None, names[0], "Changed", None, "ogl"],
        [None, names[1], "", None, "ogl"],
        [None, names[2], "x", "Trasport", "ogl"],
        [None, names[3], "x", None, "ogl", "31 June 2024"],
        [None, names[4], "x", None, "ogl", None, "telephone: 0113"],
        [None, "theirs", "x", None, "ogl"],
        [None, "hidden", "x", None, "ogl"],
        ["no-such-id", None, "x", None, "ogl"],
        [None, "gone", "x", None, "ogl"],
        [None, "a-series", "x", None, "ogl"],
    )
    plan = take(user, content, organization=bulk.org["id"])
    found = {step["line"]: step for step in plan["steps"]}
    assert plan["problems"][0]["column"] == "Home pgae" and plan["problems"][0]["near"] == "homepage"
    assert found[3]["action"] == "changed" and found[3]["changes"] == [
        {"field": "title", "label": "Title", "old": "Set 0", "new": "Changed"}
    ]
    assert {line: codes(step) for line, step in found.items() if line > 3} == {
        4: ["invalid"], 5: ["invalid"], 6: ["invalid"], 7: ["part"], 8: ["not_allowed"], 9: ["unknown_id"],
        10: ["unknown_id"], 11: ["deleted"], 12: ["other_type"],
    }  # fmt: skip
    assert found[4]["problems"][0]["label"] == "Title"
    assert found[5]["problems"][0]["near"] == ["Transport"] and "Trasport" in found[5]["problems"][0]["message"]
    assert "31 June 2024" in found[6]["problems"][0]["message"]
    assert "telephone" in found[7]["problems"][0]["message"] and "email" in found[7]["problems"][0]["message"]
    plan = apply(user, plan)
    assert plan["outcomes"]["done"] == 1 and plan["counts"]["refused"] == 9
    titles = {name: call_action("package_show", id=name)["title"] for name in ("theirs", "hidden", *names)}
    assert titles.pop(names[0]) == "Changed" and "x" not in titles.values()
    assert call_action("package_show", id=series["id"])["title"] == series["title"]
    assert (
        call_action("package_show", id=hidden["id"]) == hidden
        and call_action("package_show", id=theirs["id"]) == theirs
    )


def test_a_dataset_changed_meanwhile_is_refused_not_overwritten(bulk, person):
    user = person()
    made = call_action("package_create", **bulk(notes="Before"))
    _, content = out(user, organization=bulk.org["id"])
    call_action("package_patch", as_(user), id=made["id"], notes="Changed on the page")
    sent = edited(content, {"Title": "From the sheet"})
    plan = take(user, sent, organization=bulk.org["id"])
    assert codes(plan["steps"][0]) == ["moved"]
    assert take(user, content, organization=bulk.org["id"])["counts"]["refused"] == 1  # its old notes are in the sheet

    over = take(user, edited(sent, {"Saved at": None, "Description": KEEP}), organization=bulk.org["id"])
    assert changes_of(over["steps"][0]) == {"title": ("Air quality", "From the sheet")}
    call_action("package_patch", as_(user), id=made["id"], notes="Changed after the preview")
    over = apply(user, over)
    assert (
        over["state"] == "done"
        and over["steps"][0]["state"] == "refused"
        and codes(over["steps"][0]) == ["moved_since"]
    )
    now = call_action("package_show", id=made["id"])
    assert (now["title"], now["notes"]) == ("Air quality", "Changed after the preview")


def test_missing_columns_and_rows_are_untouched_and_empty_cells_clear(bulk, person):
    user = person()
    first = call_action("package_create", **bulk(theme=FULL["theme"], version="7", tags=[{"name": "air"}]))
    second = call_action("package_create", **bulk(version="8"))
    plan = take(
        user, sheet(["Record ID", "Keywords", "Version"], [first["id"], None, "7"]), organization=bulk.org["id"]
    )
    assert changes_of(plan["steps"][0]) == {"tag_string": ("air", "")}
    apply(user, plan)
    now = call_action("package_show", id=first["id"])
    assert now["tags"] == [] and now["theme"] == FULL["theme"] and now["version"] == "7"
    assert call_action("package_show", id=second["id"])["metadata_modified"] == second["metadata_modified"]


def test_who_may_do_what(bulk, person):
    member, editor, other = person("member"), person(), person("editor", factories.Organization())
    sysadmin = factories.Sysadmin()
    made = call_action("package_create", **bulk())
    org = bulk.org["id"]
    content = sheet(["Record ID", "Title"], [made["id"], "New title"])
    for user in (None, member, other):
        for action in ("council_bulk_export", "council_bulk_plan", "council_bulk_list"):
            with pytest.raises(tk.NotAuthorized):
                call_action(action, as_(user), organization=org, content="AAAA")
    for user in (None, member):
        with pytest.raises(tk.NotAuthorized):
            call_action("council_bulk_export", as_(user))
    plan = take(editor, content, organization=org)
    free = take(editor, content)
    for action in ("council_bulk_show", "council_bulk_apply", "council_bulk_cancel"):
        for user in (None, member, other):
            for each in (plan, free):
                with pytest.raises(tk.NotAuthorized):
                    call_action(action, as_(user), id=each["id"])
    assert call_action("council_bulk_list", as_(sysadmin), organization=org)["count"] == 1
    assert call_action("council_bulk_list", as_(editor))["count"] == 2
    assert out(other)[0]["count"] == 0 and out(editor, q="air")[0]["count"] == 1

    # The rights of the person who runs it count as it runs.
    call_action("council_bulk_apply", as_(editor), id=plan["id"])
    call_action("member_delete", id=org, object=editor["id"], object_type="user")
    work()
    step = call_action("council_bulk_show", as_(sysadmin), id=plan["id"])["steps"][0]
    assert step["state"] == "refused"
    assert call_action("package_show", id=made["id"])["title"] == "Air quality"


def test_an_organisations_sheet_moves_nothing_to_another(bulk, person):
    user = person()
    other = factories.Organization(name="other-council")
    call_action("member_create", id=other["id"], object=user["id"], object_type="user", capacity="editor")
    made = call_action("package_create", **bulk())
    content = sheet(["Record ID", "Organisation"], [made["id"], "other-council"])
    assert codes(take(user, content, organization=bulk.org["id"])["steps"][0]) == ["moves"]
    plan = take(user, content)
    assert changes_of(plan["steps"][0]) == {"owner_org": (bulk.org["name"], "other-council")}
    apply(user, plan)
    assert call_action("package_show", id=made["id"])["owner_org"] == other["id"]


def test_stop_and_go_on(bulk, person):
    user = person()
    made = [call_action("package_create", **bulk()) for _ in range(3)]
    content = sheet(["Record ID", "Title"], *([each["id"], f"New {n}"] for n, each in enumerate(made)))
    plan = take(user, content, organization=bulk.org["id"])
    call_action("council_bulk_apply", as_(user), id=plan["id"])
    with pytest.raises(tk.ValidationError):
        call_action("council_bulk_apply", as_(user), id=plan["id"])
    assert call_action("council_bulk_cancel", as_(user), id=plan["id"])["state"] == "stopped"
    work()
    assert call_action("package_show", id=made[0]["id"])["title"] == "Air quality"
    plan = apply(user, plan)
    assert plan["state"] == "done" and plan["outcomes"]["done"] == 3
    with pytest.raises(tk.ValidationError):
        call_action("council_bulk_cancel", as_(user), id=plan["id"])
    given_up = take(user, sheet(["Record ID", "Title"], [made[0]["id"], "Never"]), organization=bulk.org["id"])
    assert call_action("council_bulk_cancel", as_(user), id=given_up["id"])["state"] == "cancelled"
    with pytest.raises(tk.ValidationError):
        call_action("council_bulk_apply", as_(user), id=given_up["id"])


def test_one_row_that_fails_does_not_stop_the_others(bulk, person, monkeypatch):
    user = person()
    made = [call_action("package_create", **bulk()) for _ in range(3)]
    content = sheet(["Record ID", "Title"], *([each["id"], f"New {n}"] for n, each in enumerate(made)))
    plan = take(user, content, organization=bulk.org["id"])
    call_action("package_delete", id=made[1]["id"])
    plan = apply(user, plan)
    assert [step["state"] for step in plan["steps"]] == ["done", "refused", "done"]
    assert call_action("package_show", id=made[2]["id"])["title"] == "New 2"


def test_broken_off_work_is_taken_up(bulk, person):
    user = person()
    made = call_action("package_create", **bulk())
    plan = take(user, sheet(["Record ID", "Title"], [made["id"], "New"]), organization=bulk.org["id"])
    call_action("council_bulk_apply", as_(user), id=plan["id"])
    connect_to_redis().flushdb()  # the queue is lost
    assert jobs.pick_up() == 0
    row = store.get(plan["id"])
    row.made = row.started = now() - jobs.QUIET * 2
    model.repo.commit()
    assert jobs.pick_up() == 1 and jobs.pick_up() == 0
    work()
    assert call_action("council_bulk_show", as_(user), id=plan["id"])["state"] == "done"
    assert call_action("package_show", id=made["id"])["title"] == "New"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no bytes"),
        (b"%PDF-1.4", "PDF"),
        (b"PK\x03\x04nonsense", "cannot be opened"),
        (b"a,b,c\n1,2,3\n", "Record ID"),
        (b"Record ID,Title,Title\n1,2,3\n", "twice"),
    ],
)
def test_files_that_are_no_such_sheet(bulk, person, content, says):
    with pytest.raises(tk.ValidationError) as error:
        take(person(), content or b"", organization=bulk.org["id"]) if content else call_action(
            "council_bulk_plan", as_(person()), content="", organization=bulk.org["id"]
        )
    assert says in str(error.value.error_dict) or not content
    assert call_action("council_bulk_list", as_(factories.Sysadmin()), organization=bulk.org["id"])["count"] == 0


@pytest.mark.ckan_config("ckanext.council_schemas.bulk_max_rows", 2)
def test_more_rows_than_are_taken(bulk, person):
    user = person()
    for _ in range(3):
        call_action("package_create", **bulk())
    assert out(user, organization=bulk.org["id"])[0] | {"content": ""} == {
        "count": 3, "rows": 2, "offset": 0, "content": "", **{k: v for k, v in out(user, organization=bulk.org["id"])[0].items() if k in ("file_name", "mimetype")},
    }  # fmt: skip
    assert out(user, organization=bulk.org["id"], offset=2)[0]["rows"] == 1
    with pytest.raises(tk.ValidationError, match="3 datasets"):
        take(user, sheet(["name", "Title"], ["a", "A"], ["b", "B"], ["c", "C"]), organization=bulk.org["id"])


def test_a_csv_in_another_encoding(bulk, person):
    user = person()
    made = call_action("package_create", **bulk())
    for encoding in ("cp1252", "utf-16", "utf-8"):
        text = f"Record ID;Title;Description\r\n{made['id']};Café {encoding};Nitrogen dioxide by hour.\r\n"
        plan = take(user, text.encode(encoding), organization=bulk.org["id"])
        assert changes_of(plan["steps"][0])["title"][1] == f"Café {encoding}"


def test_csv_runs_no_formula_and_names_may_head_it(bulk, person):
    user = person()
    call_action("package_create", **bulk(title="=cmd|' /C calc'!A0", notes="@x", version="-1"))
    made, content = out(user, organization=bulk.org["id"], format="csv", by_name=True)
    row = next(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert (row["title"], row["notes"], row["version"]) == ("'=cmd|' /C calc'!A0", "'@x", "'-1")
    assert made["mimetype"].startswith("text/csv") and made["file_name"].endswith(".csv")
    assert take(user, content, organization=bulk.org["id"])["counts"]["unchanged"] == 1


def test_what_machines_save_is_no_conflict(bulk, person):
    """A file is loaded, checked, measured: its dataset is saved, and a sheet that a steward works on stays good."""
    user = person()
    made = call_action("package_create", **bulk(resources=FULL["resources"]))
    _, content = out(user, organization=bulk.org["id"])
    file = made["resources"][0]["id"]
    call_action("resource_patch", id=file, hash="abc", size=99)
    sent = edited(edited(content, {"Title": "New"}), {"Name": "Jan"}, "Files")
    plan = take(user, sent, organization=bulk.org["id"])
    assert plan["counts"]["changed"] == 1, [(one["problems"], one["changes"]) for one in plan["steps"]]
    call_action("resource_patch", id=file, hash="abcd")
    apply(user, plan)
    after = call_action("package_show", id=made["id"])
    assert (after["title"], after["resources"][0]["name"], after["resources"][0]["hash"]) == ("New", "Jan", "abcd")

    _, content = out(user, organization=bulk.org["id"])
    call_action("resource_patch", id=file, description="Described on its page")
    sent = edited(edited(content, {"Title": "Newer"}), {"Name": "January"}, "Files")
    step = take(user, sent, organization=bulk.org["id"])["steps"][0]
    assert codes(step) == ["moved"] and step["problems"][0]["file"] == file  # its old description is in the sheet
    assert (
        take(user, edited(content, {"Title": "Newer"}), organization=bulk.org["id"])["steps"][0]["action"] == "refused"
    )
    plan = take(user, sheet(["File ID", "Name"], [file, "January"]), organization=bulk.org["id"])
    call_action("resource_delete", id=file)
    assert codes(apply(user, plan)["steps"][0]) == ["moved_since"]
    assert codes(take(user, sheet(["File ID", "Name"], [file, "x"]))["steps"][0]) == ["unknown_file"]


def test_series_and_projects_have_sheets_too(bulk, person):
    user = person()
    data = call_action("package_create", **bulk())
    call_action("package_create", **bulk(name="series", type="dataset_series", title="Series"))
    project = {"type": "analytics-project", "name": "project", "problem": "Potholes", "datasets": [data["id"]]}
    call_action("package_create", **bulk(**{**project, "use_area": ["open-data"]}))
    for kind, name in (("dataset_series", "series"), ("analytics-project", "project")):
        for form in ("xlsx", "csv"):
            made, content = out(user, organization=bulk.org["id"], type=kind, format=form)
            assert made["count"] == 1
            plan = take(user, content, organization=bulk.org["id"])
            assert plan["type"] == kind and plan["counts"]["unchanged"] == 1, plan["steps"]
        plan = take(
            user, sheet(["Web address", "Record type", "Title"], [name, kind, "Renamed"]), organization=bulk.org["id"]
        )
        apply(user, plan)
        assert call_action("package_show", id=name)["title"] == "Renamed"
    with pytest.raises(tk.ValidationError):
        out(user, organization=bulk.org["id"], type="nonsense")


def test_the_files_as_csv(bulk, person):
    user = person()
    made = call_action("package_create", **bulk(resources=FULL["resources"]))
    _, content = out(user, organization=bulk.org["id"], format="csv", files=True)
    plan = take(user, content, organization=bulk.org["id"])
    assert plan["counts"] == {"new": 0, "changed": 0, "unchanged": 1, "refused": 0}
    plan = take(user, content.replace(b"February", b"Chwefror"), organization=bulk.org["id"])
    apply(user, plan)
    after = call_action("package_show", id=made["id"])
    assert [one["name"] for one in after["resources"]] == ["January", "Chwefror"]


def test_a_search_that_cannot_be_understood(bulk, person):
    with pytest.raises(tk.ValidationError):
        out(person(), q="title:[", organization=bulk.org["id"])


# From the index, not one by one


def kept(bulk, **more):
    return call_action("package_create", {"ignore_auth": True}, **bulk(**more))


def shows(monkeypatch):
    """The datasets that are asked for one by one."""
    asked, show = [], people.show
    monkeypatch.setattr(people, "show", lambda user, each, **more: asked.append(each) or show(user, each, **more))
    return asked


def test_a_sheet_is_made_from_the_index_and_holds_what_the_database_has(bulk, person, monkeypatch):
    made = [kept(bulk, **FULL, title=f"Dataset {number}") for number in range(4)]
    user, ids = person(), [each["id"] for each in made]
    of = kit("dataset")
    asked = shows(monkeypatch)
    before = export.sheets(of, ids, model.User.get(user["name"]))
    assert asked == []
    monkeypatch.setattr(indexed, "records", lambda ids: {})
    after = export.sheets(of, ids, model.User.get(user["name"]))
    assert asked == ids
    assert [sheet.rows for sheet in before] == [sheet.rows for sheet in after]
    assert before[0].rows[0]["sensitivity"] and len(before[1].rows) == 8


def test_what_the_index_does_not_have_as_it_was_saved_is_read_from_the_database(bulk, person, monkeypatch):
    fresh, stale, gone = (kept(bulk, title=title) for title in ("Fresh", "Stale", "Not indexed"))
    stored = model.Package.get(stale["id"])
    stored.title, stored.metadata_modified = "Changed", now()
    model.repo.commit()
    search.clear(gone["id"])
    asked = shows(monkeypatch)
    user = model.User.get(person()["name"])
    rows = export.sheets(kit("dataset"), [fresh["id"], stale["id"], gone["id"]], user)[0].rows
    assert [row["title"] for row in rows] == ["Fresh", "Changed", "Not indexed"]
    assert asked == [stale["id"], gone["id"]]
    model.Package.get(fresh["id"]).state = "deleted"
    model.repo.commit()
    assert "Fresh" not in [row["title"] for row in export.sheets(kit("dataset"), [fresh["id"]], user)[0].rows]


def test_a_dataset_with_a_held_file_is_read_from_the_database(bulk, person, monkeypatch):
    dataset = kept(bulk, resources=[{"name": "January", "url": "https://example.org/jan.csv"}])
    monkeypatch.setattr(checks, "packages_with_held", lambda ids: {dataset["id"]})
    asked = shows(monkeypatch)
    export.sheets(kit("dataset"), [dataset["id"]], model.User.get(person()["name"]))
    assert asked == [dataset["id"]]


def test_without_the_index_a_sheet_comes_from_the_database(bulk, person, monkeypatch):
    dataset = kept(bulk, title="Here")

    def broken(_self, _query, **_more):
        raise SearchError("Solr is away")

    monkeypatch.setattr("ckan.lib.search.query.PackageSearchQuery.run", broken)
    rows = export.sheets(kit("dataset"), [dataset["id"]], model.User.get(person()["name"]))[0].rows
    assert [row["title"] for row in rows] == ["Here"]
