"""The journey's tables, emptied before each test by an operator who switches the ledger's triggers off."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.journey import model as tables


def as_operator(*statements: str) -> None:
    """Do to the ledger what only somebody with full access to the database can."""
    model.Session.rollback()
    with model.meta.engine.begin() as conn:
        conn.execute(sa.text("ALTER TABLE journey_event DISABLE TRIGGER ALL"))
        conn.execute(sa.text("ALTER TABLE journey_head DISABLE TRIGGER ALL"))
        conn.execute(sa.text("ALTER TABLE journey_checkpoint DISABLE TRIGGER ALL"))
        for statement in statements:
            conn.execute(sa.text(statement))
        conn.execute(sa.text("ALTER TABLE journey_event ENABLE ALWAYS TRIGGER journey_event_append_only"))
        conn.execute(sa.text("ALTER TABLE journey_event ENABLE ALWAYS TRIGGER journey_event_erased"))
        conn.execute(sa.text("ALTER TABLE journey_head ENABLE ALWAYS TRIGGER journey_head_kept"))
        conn.execute(sa.text("ALTER TABLE journey_head ENABLE ALWAYS TRIGGER journey_head_forward"))
        conn.execute(sa.text("ALTER TABLE journey_checkpoint ENABLE ALWAYS TRIGGER journey_checkpoint_kept"))


@pytest.fixture
def operator():
    return as_operator


def _is_latest() -> bool:
    """Servers that are kept from run to run may have tables of before."""
    latest = "SELECT 1 FROM pg_trigger WHERE tgname = 'journey_event_erased'"
    with model.meta.engine.connect() as conn:
        return conn.execute(sa.text(latest)).first() is not None


@pytest.fixture
def journey_db(with_plugins, non_clean_db, migrate_db_for):
    """The tables of the journey, migrated and empty."""
    model.Session.remove()
    there = set(sa.inspect(model.meta.engine).get_table_names())
    if not there.issuperset(tables.metadata.tables) or not _is_latest():
        migrate_db_for("journey")
    names = ", ".join(table.name for table in tables.metadata.sorted_tables)
    as_operator(f"TRUNCATE {names}")


@pytest.fixture
def conn(journey_db):
    return model.Session.connection()
