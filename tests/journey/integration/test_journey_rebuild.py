"""Whatever the ledger can hold: the tables made again from it are those that grew with it."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import helpers

from ckanext.journey import bodies, jobs, ledger
from ckanext.journey import events as ev
from ckanext.journey import model as tables

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]
ONE, TWO = "11" * 32, "22" * 32
PLACE = ("s3://council", "out/spend.csv")


def report(run, kind, outputs, links=(), version=None):
    document = {
        "eventType": kind, "eventTime": "2026-01-01T10:00:00Z", "producer": "https://x.example/etl",
        "run": {"runId": run}, "job": {"namespace": "finance", "name": "anonymise"},
        "inputs": [{"namespace": "postgres://agresso", "name": "ap.spend"}],
        "outputs": [{"namespace": namespace, "name": name} for namespace, name in outputs],
    }  # fmt: skip
    if version:
        document["job"]["facets"] = {"sourceCodeLocation": {"url": "https://git.example", "version": version}}
    return bodies.LineageReceived("run", json.dumps(document), "token", links=tuple(links))


def everything():
    """Each kind of event at least once, in an order in which it may happen; with the dataset that it is about."""
    link = [bodies.DatasetLink("https://portal", f"dataset/{name}", name) for name in ("one", "two")]
    both = [(each.namespace, each.name) for each in link]
    checked = {"resource_id": "r", "name": "spend.csv", "sha256": ONE, "rows": 9, "tool": "check", "tool_version": "1"}
    yield None, ev.SystemRegistered("Northgate", "revenues-benefits", retirement_date="2027-03-31")
    yield "one", ev.DatasetChanged("created", "Northgate", {"title": "a" * 16, "file:r": "b" * 16}, added=1)
    yield (
        "one",
        ev.StepRecorded(
            "extract",
            "2026-01-01",
            system="NORTHGATE",
            plan=ev.Plan("spend.sql", "1"),
            rows_in=9,
            rows_out=9,
            outputs=(ev.File("spend.csv", ONE, 10, 9),),
            evidence=(ev.Evidence("legal-basis", "Localism Act"),),
        ),
    )
    yield "one", report("r1", "START", [])
    yield "one", ev.FileReceived("r", "spend.csv", ONE, 10, 9, "CSV", "2026-01-02T00:00:00")
    yield "one", bodies.FileChecked("checked", outcome="problems", summary={"problems": 3}, **checked)
    yield "one", bodies.FileChecked("tidied", sha256_before=ONE, rows_before=9, **(checked | {"sha256": TWO}))
    yield "one", bodies.FileChecked("waived", outcome="waived", reason="agreed", **checked)
    yield "one", bodies.FileChecked("decided", outcome="approved", reason="no personal data", **checked)
    yield "one", ev.FileReceived("r", "spend.csv", TWO, 10, 9, "CSV", "2026-01-03T00:00:00", replaces=ONE)
    for number, sha256 in enumerate(("3" * 64, "4" * 64)):
        yield "one", ev.FileReceived("h", "held.csv", sha256, 10, 9, held="first", check=f"check-{number}")
        yield (
            "one",
            bodies.FileChecked("checked", "h", name="held.csv", sha256=sha256, held=True, check=f"check-{number}"),
        )
    yield "one", bodies.FileChecked("released", "h", sha256="3" * 64, check="check-0")
    yield "one", ev.TableLoaded("r", "spend.csv", 9, TWO, 9, "ckanext-xloader", "1")
    yield "one", ev.WorkflowMoved("submit", "approval", owner_role="Editor", due="2026-02-01", content="c")
    yield "one", ev.WorkflowMoved("approve", "scheduled", publish_at="2026-02-01T09:00:00Z", content="c")
    yield "one", ev.DatasetChanged("published", None, {"private": "c" * 16})
    yield "one", ev.DatasetChanged("updated", None, {"notes": "d" * 16, "title": None}, altered=1)
    yield None, report("r1", "COMPLETE", both, link, "c0ffee")
    yield None, report("r2", "COMPLETE", [PLACE])
    yield None, report("r3", "FAIL", [PLACE])
    yield "one", bodies.ProvReceived("prov-json", "{}", TWO, "token")
    yield None, bodies.AliasRegistered(*PLACE, "two")
    yield None, report("r4", "COMPLETE", [PLACE], [bodies.DatasetLink(*PLACE, "two")])
    yield None, bodies.AliasRegistered(*PLACE, "one", "r")
    hops = (ev.Hop("first.example", "https://first.example/1"), ev.Hop("second.example"))
    yield "two", ev.HarvestImported("node", "u1", run_id="h1", raw_sha256=ONE, fetch_sha256=TWO, asserted=hops)
    yield "two", ev.HarvestImported("node", "u1", run_id="h2", raw_sha256=TWO, asserted=hops[:1])
    yield "two", ev.HarvestWithdrawn("node", "u1", "h3", "gone")
    yield "one", bodies.DownloadsCounted("2026-02-03", {"r": 4})
    yield "one", bodies.DownloadsCounted("2026-02-03", {"r": 5})
    yield "one", bodies.ReuseRecorded("Where the money goes", "https://app.example", kind="app")
    yield "one", ev.CaptureFailed("upload", "disk full")
    yield "one", ev.DatasetChanged("withdrawn", reason="wrong quarter")
    yield "one", bodies.EvidenceErased("no-event", 99, ONE, TWO, 10, "a person asked")


def contents():
    """All rows of every projection, in the order of their keys."""
    found = {}
    for table in tables.PROJECTIONS:
        keys = [table.c[column.name] for column in table.primary_key]
        found[table.name] = [tuple(row) for row in model.Session.execute(sa.select(table).order_by(*keys))]
    return found


def record(fold_between):
    for package, body in everything():
        ledger.append(model.Session.connection(), ledger.Draft(body, "council", package, role="editor"))
        model.Session.commit()
        if fold_between:
            jobs.fold_lineage()
    jobs.fold_lineage()


def test_every_kind_of_event_is_tried():
    assert {type(body) for _, body in everything()} == set(ev.BODIES.values())


@pytest.mark.parametrize("fold_between", [False, True])
def test_a_rebuild_gives_the_same_tables(conn, fold_between):
    record(fold_between)
    before = contents()
    assert [name for name, rows in before.items() if not rows] == []  # no table is left out
    assert helpers.call_action("journey_rebuild")["events"] == len(list(everything()))
    after = contents()
    for name, rows in before.items():
        assert after[name] == rows, name


def test_what_was_folded_at_once_or_in_parts_is_the_same(conn, operator):
    shown = []
    for fold_between in (False, True):
        names = ", ".join(table.name for table in tables.metadata.sorted_tables)
        operator(f"TRUNCATE {names}")
        record(fold_between)
        query = sa.select(tables.step.c.package_id, tables.step.c.run_id, tables.step.c.state)
        rows = model.Session.execute(query.where(tables.step.c.capture == "openlineage")).all()
        shown.append(sorted(map(str, rows)))
    assert shown[0] == shown[1]
    assert len([row for row in shown[0] if "'one'" in row]) >= 2  # by the alias that was registered last
