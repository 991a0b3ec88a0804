"""A clean portal with every plugin that the demo uses, and a council of two small datasets."""

from __future__ import annotations

import dataclasses

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.portal.demo import loader

KEPT = {"pay-multiple", "parking-spaces"}


@pytest.fixture
def demo_db(with_plugins, clean_db, clean_index, migrate_db_for):
    """The tables of the plugins, empty. The journey's ledger has triggers that let nobody empty it otherwise."""
    model.Session.remove()
    for plugin in ("journey", "federation", "council_schemas"):
        migrate_db_for(plugin)
    with model.meta.engine.begin() as conn:
        found = [name for name in sa.inspect(conn).get_table_names() if name.startswith("journey_")]
        names = [name for name in found if not name.endswith("_alembic_version")]
        for name in names:
            conn.execute(sa.text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
        conn.execute(sa.text(f"TRUNCATE {', '.join(names)}"))
        for name in names:
            conn.execute(sa.text(f"ALTER TABLE {name} ENABLE TRIGGER USER"))


@pytest.fixture
def small(demo_seeds):
    """The seeds with the datasets in ``KEPT`` only."""
    datasets = [one for one in demo_seeds.datasets if one["name"] in KEPT]
    return dataclasses.replace(demo_seeds, datasets=datasets)


@pytest.fixture
def load(small):
    """A function that loads the small council and returns the lines it said."""

    def run(previews: bool = False) -> list[str]:
        lines: list[str] = []
        one = loader.Loader(small, lines.append)
        one.council()
        if previews:
            one.previews()
        return lines

    return run
