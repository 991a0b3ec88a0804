"""Templates of releases: what the next one begins with, taken from one that was published. Kept in PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from .. import access, model, read

# What a release has of its own, or CKAN gives it.
_OWN = frozenset(
    [
        "id",
        "name",
        "state",
        "private",
        "resources",
        "num_resources",
        "num_tags",
        "metadata_created",
        "metadata_modified",
        "creator_user_id",
        "organization",
        "isopen",
        "license_title",
        "license_url",
        "relationships_as_object",
        "relationships_as_subject",
        "plugin_data",
        "tracking_summary",
        "issued",
        "modified",
        "version",
        "version_notes",
        "temporal_coverage",
        "created",
    ]
)
_OF_STEP = ("type", "agent_role", "on_behalf_of", "tool", "tool_version", "rationale", "visibility")
# Evidence that holds for every release; reports and checksums are of one.
_LASTING = frozenset({"legal-basis", "dpia-reference", "licence"})
_EVIDENCE = ("kind", "value", "url", "visibility")


def of_dataset(dataset: dict[str, Any]) -> dict[str, Any]:
    """The metadata that the next release begins with."""
    kept = {name: value for name, value in dataset.items() if name not in _OWN and value not in (None, "", [], {})}
    if kept.get("tags"):
        kept["tags"] = [{"name": tag["name"]} for tag in kept["tags"]]
    if kept.get("groups"):
        kept["groups"] = [{"name": group["name"]} for group in kept["groups"]]
    return kept


def of_steps(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps that people told, each kind of step once for each system and tool, without what is of one release only."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for step in steps:
        if step["capture"] != "manual":
            continue
        kept = {name: step[name] for name in _OF_STEP if step[name]}
        if step["system"]:
            kept["system"] = step["system"]["name"]
        if step["plan"]:
            kept["plan"] = {name: value for name, value in step["plan"].items() if value}
        lasting = [item for item in step["evidence"] if item["kind"] in _LASTING]
        if lasting:
            kept["evidence"] = [{name: item[name] for name in _EVIDENCE if item[name]} for item in lasting]
        found[kept["type"], kept.get("system"), kept.get("tool")] = kept
    return list(found.values())


def create(conn: sa.Connection, stream: str, name: str, dataset: dict[str, Any]) -> str:
    """Keep a template of a dataset under a name of its organisation's own; the one of that name is replaced. Gives its id."""
    steps = of_steps(read.journey(conn, dataset["id"], access.EVERYTHING)["steps"])
    values = {"package_id": dataset["id"], "dataset": of_dataset(dataset), "steps": steps, "created": datetime.now(UTC)}
    here = model.template.c
    known = conn.execute(sa.select(here.id).where(here.stream == stream, here.name == name)).scalar()
    if known:
        conn.execute(sa.update(model.template).where(here.id == known).values(values))
        return known
    made = str(uuid4())
    conn.execute(sa.insert(model.template).values(id=made, stream=stream, name=name, **values))
    return made


def find(conn: sa.Connection, template_id: str) -> Any:
    return conn.execute(sa.select(model.template).where(model.template.c.id == template_id)).first()


def listed(conn: sa.Connection, streams: list[str]) -> list[Any]:
    here = model.template.c
    return list(conn.execute(sa.select(model.template).where(here.stream.in_(streams)).order_by(here.name, here.id)))


def of_release(conn: sa.Connection, package_id: str) -> Any:
    """The template that a dataset is the latest release of, or None."""
    here = model.template.c
    query = sa.select(model.template).where(here.package_id == package_id).order_by(here.created.desc())
    return conn.execute(query).first()


def released(conn: sa.Connection, template_id: str, package_id: str, title: str) -> None:
    """A release was begun: the next one follows on it."""
    row = find(conn, template_id)
    dataset = {**row.dataset, "title": title}
    here = model.template.c
    values = {"package_id": package_id, "dataset": dataset}
    conn.execute(sa.update(model.template).where(here.id == template_id).values(values))


def delete(conn: sa.Connection, template_id: str) -> None:
    conn.execute(sa.delete(model.template).where(model.template.c.id == template_id))
