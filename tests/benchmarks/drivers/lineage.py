"""Commands of the benchmark of lineage: a token, how many events are kept, folding, and a large graph."""

import time
from typing import Any

import wire

GRAPH = """
INSERT INTO journey_artefact (id, name) SELECT 'art-' || n, 'file-' || n || '.csv' FROM generate_series(1, :nodes) n;
INSERT INTO journey_step (id, event_id, stream, sequence, type, state, day_only, recorded, capture, confidence, visibility, detail)
  SELECT 'step-' || n, 'e', 'bench', n, 'clean', 'complete', false, now(), 'openlineage', 'observed', 'public', '{}'
  FROM generate_series(1, :steps) n;
INSERT INTO journey_step_io (step_id, direction, position, artefact_id, name, node, at)
  SELECT 'step-' || n, 'output', 0, 'art-' || t, 'file-' || t || '.csv', 'node-' || t, now() + n * interval '1 second'
  FROM generate_series(1, :steps) n, LATERAL (SELECT 1 + n % :nodes AS t) x;
INSERT INTO journey_step_io (step_id, direction, position, artefact_id, name, node, at)
  SELECT 'step-' || n, 'input', 0, 'art-' || f, 'file-' || f || '.csv', 'node-' || f, now() + n * interval '1 second'
  FROM generate_series(1, :steps) n, LATERAL (SELECT 1 + (n::bigint * 7919 + n / :nodes * 104729) % :nodes AS f) x;
"""


def prepare(organisation: str) -> str:
    """A token of the organisation; returns its secret."""
    from catalogue import context
    from ckan.plugins import toolkit

    made = toolkit.get_action("journey_token_create")(context(), {"organization": organisation, "name": "bench"})
    return made["token"]


def events() -> int:
    """How many events of tools the ledger holds."""
    import sqlalchemy as sa
    from ckan import model

    query = sa.text("SELECT count(*) FROM journey_event WHERE type = 'lineage-received'")
    return model.Session.execute(query).scalar_one()


def fold() -> float:
    """Seconds to fold all that waits."""
    from ckanext.journey import jobs

    seconds, _none = wire.timed(jobs.fold_lineage)
    return seconds


def shown(dataset: str) -> int:
    """Steps of a dataset's journey."""
    from catalogue import context
    from ckan.plugins import toolkit

    return toolkit.get_action("journey_show")(context(), {"id": dataset})["total"]


def edges(count: int) -> int:
    """Makes a graph of so many edges: each step reads one file and writes one, four steps to each file and four from it."""
    import sqlalchemy as sa
    from ckan import model

    steps = count // 2
    for statement in GRAPH.strip().split(";\n"):
        if statement.strip():
            given = {"steps": steps, "nodes": max(steps // 4, 1)}
            model.Session.execute(sa.text(statement), {k: v for k, v in given.items() if f":{k}" in statement})
    model.Session.commit()
    for table in ("journey_step", "journey_step_io", "journey_artefact"):
        model.Session.execute(sa.text(f"ANALYZE {table}"))
    model.Session.commit()
    return model.Session.execute(
        sa.text("SELECT count(*) FROM journey_step_io WHERE step_id LIKE 'step-%'")
    ).scalar_one()


def graph(node: int, hops: int) -> dict[str, Any]:
    """Milliseconds of one answer about a node, by an anonymous reader, and how many nodes it had."""
    from ckan.plugins import toolkit

    asked = {"node": f"node-{node}", "hops": hops}
    began = time.perf_counter()
    found = toolkit.get_action("journey_graph")({"user": ""}, asked)
    return {"ms": (time.perf_counter() - began) * 1000, "nodes": len(found["nodes"]), "edges": len(found["edges"])}


COMMANDS = {
    "lineage_token": prepare,
    "lineage_events": events,
    "lineage_fold": fold,
    "lineage_shown": shown,
    "lineage_edges": edges,
    "lineage_graph": graph,
}
