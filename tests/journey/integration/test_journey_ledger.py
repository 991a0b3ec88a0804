"""The ledger in PostgreSQL: nobody edits it, whoever forces it is found out, and all tables come from it."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from ckan import model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.journey import bodies, ledger, store
from ckanext.journey import events as ev
from ckanext.journey import model as tables

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]


def tell(conn, *texts, stream="org", package="p1", key=None):
    drafts = [
        ledger.Draft(ev.StepRecorded("clean", rationale=text, system="Northgate"), stream, package, "u1", key=key)
        for text in texts
    ]
    return ledger.append_all(conn, drafts)


@pytest.fixture
def told(conn):
    """A stream of six events, and one beside it."""
    tell(conn, *"abcdef")
    tell(conn, "x", stream="other", package="p2")
    model.Session.commit()


def verify(stream="org"):
    finding = ledger.verify(model.Session.connection(), stream)[1]
    return finding and (finding.sequence, finding.kind)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journey_event SET raw = ''",
        "UPDATE journey_event SET type = 'x' WHERE sequence = 99",
        "DELETE FROM journey_event",
        "TRUNCATE journey_event",
        "DELETE FROM journey_head",
        "TRUNCATE journey_head",
        "UPDATE journey_head SET sequence = 1",
        "UPDATE journey_head SET stream = 'mine', sequence = 100",
    ],
)
def test_the_database_refuses(told, statement):
    with pytest.raises(sa.exc.DBAPIError, match=r"append-only|only move forward"):
        model.Session.connection().execute(sa.text(statement))
    model.Session.rollback()
    assert verify() is None


REWRITE = "UPDATE journey_event SET {} WHERE stream = 'org' AND sequence = {}"


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ([REWRITE.format("raw = convert_to(replace(convert_from(raw, 'UTF8'), '\"c\"', '\"z\"'), 'UTF8')", 3)], (3, "changed")),
        ([REWRITE.format("hash = repeat('0', 64)", 2)], (2, "changed")),
        ([REWRITE.format("previous = repeat('1', 64)", 4)], (4, "changed")),
        ([REWRITE.format("package_id = 'elsewhere'", 5)], (5, "changed")),
        (
            [
                REWRITE.format("raw = convert_to(replace(convert_from(raw, 'UTF8'), '\"c\"', '\"z\"'), 'UTF8')", 3),
                REWRITE.format("hash = encode(sha256(decode(previous, 'hex') || raw), 'hex')", 3),
            ],
            (3, "changed"),
        ),
        (["DELETE FROM journey_event WHERE stream = 'org' AND sequence = 4"], (4, "dropped")),
        (["DELETE FROM journey_event WHERE stream = 'org' AND sequence = 1"], (1, "dropped")),
        (["DELETE FROM journey_event WHERE stream = 'org' AND sequence >= 5"], (5, "dropped")),
        (["TRUNCATE journey_event"], (1, "dropped")),
        (
            [
                REWRITE.format("sequence = 100", 2),
                REWRITE.format("sequence = 2", 3),
                REWRITE.format("sequence = 3", 100),
            ],
            (2, "reordered"),
        ),
        (
            [
                "INSERT INTO journey_event (stream, sequence, raw, hash, previous, id, type, recorded, package_id) "
                "SELECT stream, 7, raw, hash, previous, 'forged', type, recorded, package_id "
                "FROM journey_event WHERE stream = 'org' AND sequence = 6"
            ],
            (6, "added"),
        ),
    ],
)  # fmt: skip
def test_an_operator_with_full_access_is_found_out(told, operator, statements, found):
    operator(*statements)
    assert verify() == found


def test_the_other_streams_stay_whole(told, operator):
    operator("DELETE FROM journey_event WHERE stream = 'org'")
    assert verify() == (1, "dropped")
    assert verify("other") is None
    assert ledger.streams(model.Session.connection()) == ["org", "other"]


def rows():
    conn = model.Session.connection()
    return {table.name: sorted(map(repr, conn.execute(sa.select(table)).all())) for table in tables.PROJECTIONS}


FILE = st.builds(ev.File, st.sampled_from(["a.csv", "b.csv"]), st.none() | st.sampled_from(["a" * 64, "b" * 64]))
BODIES = st.one_of(
    st.builds(
        ev.StepRecorded,
        st.sampled_from(["extract", "clean", "approve"]),
        started=st.none() | st.sampled_from(["2025-01-01", "2025-01-02T10:00:00+00:00"]),
        system=st.none() | st.sampled_from(["Northgate", "northgate ", "Civica"]),
        inputs=st.tuples(FILE),
        outputs=st.tuples(FILE),
        plan=st.none() | st.builds(ev.Plan, st.just("clean.py"), st.none() | st.just("1")),
        evidence=st.tuples(st.builds(ev.Evidence, st.just("approval"), st.just("minutes"))),
    ),
    st.builds(
        ev.DatasetChanged,
        st.sampled_from(["created", "published", "updated", "edited", "withdrawn", "restored", "noticed"]),
        st.none() | st.sampled_from(["Northgate", "Civica"]),
        st.dictionaries(st.sampled_from(["title", "notes", "legacy_source"]), st.none() | st.just("h")),
    ),
    st.builds(
        ev.FileReceived,
        st.sampled_from(["r1", "r2"]),
        st.just("a.csv"),
        st.sampled_from(["a" * 64, "b" * 64]),
        st.just(9),
        replaces=st.none() | st.sampled_from(["a" * 64, "b" * 64]),
    ),
    st.builds(ev.TableLoaded, st.just("r1"), st.just("a.csv"), st.just(3), st.none() | st.just("a" * 64)),
    st.builds(
        ev.HarvestImported,
        st.just("bristol"),
        st.just("77"),
        content_hash=st.sampled_from(["c1", "c2"]),
        asserted=st.lists(st.builds(ev.Hop, st.sampled_from(["one", "two"])), max_size=2).map(tuple),
    ),
    st.builds(
        ev.SystemRegistered,
        st.sampled_from(["Northgate", "NORTHGATE"]),
        vendor=st.none() | st.just("NEC"),
        retirement_date=st.none() | st.just("2027-03-31"),
    ),
    st.builds(ev.HarvestWithdrawn, st.just("bristol"), st.just("77")),
    st.builds(
        ev.WorkflowMoved,
        st.sampled_from(["submit", "approve", "return"]),
        st.sampled_from(["approval", "published", "returned"]),
        reason=st.none() | st.just("minutes"),
        due=st.none() | st.just("2027-01-01"),
        content=st.none() | st.just("c" * 64),
    ),
    st.builds(
        bodies.FileChecked,
        st.sampled_from(["checked", "waived", "tidied", "decided", "released"]),
        st.just("r1"),
        st.just("problems"),
        sha256=st.none() | st.just("a" * 64),
        sha256_before=st.none() | st.just("b" * 64),
        summary=st.just({"rows": 4}),
        reason=st.none() | st.just("known"),
    ),
    st.builds(bodies.DownloadsCounted, st.just("2026-01-01"), st.just({"r1": 4})),
    st.builds(bodies.ReuseRecorded, st.just("A map"), st.none() | st.just("https://example.org/map")),
    st.builds(bodies.AliasRegistered, st.just("file://fme"), st.sampled_from(["a", "b"]), st.none() | st.just("p1")),
    st.builds(ev.CaptureFailed, st.just("upload"), st.just("error")),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(BODIES, st.sampled_from(["org", "other"]), st.sampled_from(["p1", "p2"])), max_size=10))
def test_a_rebuild_gives_the_same_rows(journey_db, operator, drafts):
    operator("TRUNCATE " + ", ".join(table.name for table in tables.metadata.sorted_tables))
    conn = model.Session.connection()
    for body, stream, package in drafts:
        ledger.append(conn, ledger.Draft(body, stream, package))
    model.Session.commit()
    before = rows()
    assert store.rebuild(model.Session.connection()) == len(drafts)
    model.Session.commit()
    assert rows() == before
    assert verify("org") is None


def test_a_rebuild_mends_what_somebody_did_to_the_tables(told):
    before = rows()
    conn = model.Session.connection()
    conn.execute(sa.text("UPDATE journey_step SET rationale = 'lies', rows_in = 7"))
    conn.execute(sa.text("DELETE FROM journey_system"))
    store.rebuild(conn)
    model.Session.commit()
    assert rows() == before


def test_a_key_counts_once_in_its_stream(conn):
    one, two = tell(conn, "a", key="k"), tell(conn, "b", key="k")
    assert one == two
    assert len(tell(conn, "c", "d", key="k2")) == 2
    assert tell(conn, "a", key="k", stream="other") != one
    assert [e["sequence"] for e in store.events(conn, "org", None, 0, 10)] == [1, 2]
    assert verify() is None


def test_a_rolled_back_event_leaves_no_gap(told):
    tell(model.Session.connection(), "never")
    model.Session.rollback()
    tell(model.Session.connection(), "next")
    model.Session.commit()
    assert verify() is None
    assert len(store.events(model.Session.connection(), "org", None, 0, 10)) == 7


def test_time_does_not_run_backwards(conn, freezer):
    freezer.move_to("2030-01-01")
    (first,) = tell(conn, "a")
    freezer.move_to("2029-01-01")
    (second,) = tell(conn, "b")
    assert second.recorded == first.recorded


def test_many_writers_make_one_chain(journey_db):
    def write():
        with model.meta.engine.begin() as conn:
            for number in range(5):
                tell(conn, f"{number}")

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verify() is None
    assert ledger.verify(model.Session.connection(), "org")[0] == 20


def test_a_writer_waits_only_so_long(journey_db):
    with model.meta.engine.connect() as other:
        other.begin()
        tell(other, "busy")
        draft = ledger.Draft(ev.StepRecorded("clean"), "org", "p1")
        conn = model.Session.connection()
        with pytest.raises(sa.exc.OperationalError), conn.begin_nested():
            ledger.append(conn, draft, lock_seconds=1)
        other.rollback()
    ledger.append(conn, draft)
    timeout = conn.execute(sa.text("SELECT current_setting('lock_timeout')")).scalar()
    assert timeout == "0"


def test_migrations_go_down_and_up(journey_db, migrate_db_for):
    model.Session.remove()
    migrate_db_for("journey", "base", False)
    left = [name for name in sa.inspect(model.meta.engine).get_table_names() if name.startswith("journey_")]
    assert left == ["journey_alembic_version"]
    migrate_db_for("journey")
    inspector = sa.inspect(model.meta.engine)
    for table in tables.metadata.sorted_tables:
        found = {column["name"] for column in inspector.get_columns(table.name)}
        assert found == {column.name for column in table.columns}
        indexed = {tuple(index["column_names"]) for index in inspector.get_indexes(table.name)}
        assert {tuple(column.name for column in index.columns) for index in table.indexes} <= indexed
    tell(model.Session.connection(), "again")
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        model.Session.connection().execute(sa.text("DELETE FROM journey_event"))
    model.Session.rollback()
