"""A journey with something of everything, as exports get it; texts and addresses that try to break out of each format."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from ckanext.journey import timeline
from ckanext.journey.exports import document

PUBLIC = frozenset({"public"})
SECRET = "SECRET-MARKER"
EVIL = '=cmd|" /C calc"!A0 <script>alert(1)</script> & \x00\x1b ]]> " \' \ud800 \n+1'
PACKAGE = "0f5c2b3e-1111-4222-8333-444455556666"
NAMES = [
    "system_id",
    "system_name",
    "plan_id",
    "plan_name",
    "plan_version",
    "plan_repository",
    "plan_commit",
    "run_id",
    "resource_id",
    "on_behalf_of",
    "tool",
    "tool_version",
    "rationale",
    "agent_role",
    "rows_in",
    "rows_out",
    "rows_rejected",
    "rows_merged",
    "rows_split",
    "started",
    "ended",
    "io",
    "evidence",
]


def made_id(text: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, text))


def row(name: str, kind: str, day: int, **values: Any) -> dict[str, Any]:
    base = {
        "id": made_id(name),
        "type": kind,
        "state": "complete",
        "day_only": False,
        "detail": {},
        "visibility": "public",
    }
    base |= {"capture": "manual", "confidence": "attested", "started": datetime(2025, 3, day, 9, tzinfo=UTC)}
    return dict.fromkeys(NAMES) | base | {"recorded": datetime(2025, 4, 1, tzinfo=UTC)} | values


def file(name: str, direction: str, sha: str | None, rows: int | None = None, **more: Any) -> dict[str, Any]:
    told = {"direction": direction, "name": name, "sha256": sha, "bytes": 10, "rows": rows, "artefact": made_id(name)}
    return (
        told | {"kind": None, "format": "CSV", "resource_id": None, "package_id": PACKAGE, "invalidated": None} | more
    )


def evidence(kind: str, value: str, visibility: str = "public", url: str | None = None) -> dict[str, Any]:
    return {"kind": kind, "value": value, "url": url, "sha256": None, "visibility": visibility}


def rows() -> list[dict[str, Any]]:
    raw, clean = "a" * 64, "b" * 64
    plan = {"plan_id": "p", "plan_name": "to_open.py", "plan_version": "3", "plan_repository": "https://code.example/x"}
    current = {"kind": "file", "resource_id": "res-1"}
    return [
        row("extract", "extract", 1, ended=datetime(2025, 3, 1, 10, tzinfo=UTC), system_id=made_id("n"),
            system_name="Northgate", agent_role="Revenues analyst", on_behalf_of="Finance", tool="Crystal", tool_version="9",
            rows_out=12, io=[file("raw.csv", "output", raw, 12)]),
        row("clean", "clean", 2, agent_role="Data officer", rationale=EVIL, tool="Python", rows_in=12, rows_out=10,
            rows_rejected=2, **plan, plan_commit="abc",
            io=[file("raw.csv", "input", raw, 12), file("open.csv", "output", clean, 10)]),
        row("dpia", "dpia-review", 3, day_only=True, agent_role="Data protection officer",
            evidence=[evidence("legal-basis", "Act 1", url="https://law.example/act [1]"),
                      evidence("dpia-reference", SECRET, "restricted"), evidence("approval", SECRET, "organisation")]),
        row("hidden", "clean", 3, visibility="organisation", rationale=SECRET, tool=SECRET, agent_role=SECRET,
            io=[file(SECRET, "output", "c" * 64)]),
        row("fail", "validate", 4, state="failed", tool="checker", tool_version="1", rationale="Bad dates"),
        row("receive1", "receive", 5, capture="auto", agent_role="editor", resource_id="res-1",
            io=[file("old.csv", "output", "d" * 64, 9, invalidated="2025-03-06T09:00:00+00:00", **current)]),
        row("receive2", "receive", 6, capture="auto", agent_role="editor", resource_id="res-1",
            io=[file("open.csv", "output", clean, 10, **current)]),
        row("publish", "publish", 7, capture="auto", agent_role="admin"),
        row("import", "harvest-import", 8, capture="harvest", agent_role="system", started=None),
    ]  # fmt: skip


def hop(position: int, portal: str, **values: Any) -> dict[str, Any]:
    names = ("node", "url", "remote_id", "source_type", "remote_modified", "content_hash")
    told = {"position": position, "portal": portal, "observed": True, "step_id": made_id("import")}
    return dict.fromkeys(names) | told | {"harvested": "2025-03-08T09:00:00+00:00"} | values


def about(**values: Any) -> document.About:
    resources = [
        {"id": "res-1", "name": EVIL, "url": "https://data.example/dataset/x/resource/res-1/download/open.csv", "format": "CSV",
         "mimetype": "text/csv", "size": 10, "held": True, "description": None},
        {"id": "res-2", "name": "Map", "url": "https://maps.example/a b.json", "format": "GeoJSON", "held": False},
        {"id": "res-3", "name": "Nowhere", "url": "javascript:alert(1)", "format": None, "held": False},
    ]  # fmt: skip
    told: dict[str, Any] = {
        "id": PACKAGE, "name": "spend", "title": f"Spend {EVIL}", "site_url": "https://data.example",
        "site_title": "Open data", "made": "2025-04-02T00:00:00Z", "publisher": "Anytown Council",
        "publisher_url": "https://data.example/organization/anytown", "licence": "OGL",
        "licence_url": "https://licence.example/ogl/", "created": "2025-03-07T09:00:00", "modified": "2025-03-07T09:00:00",
        "notes": "All spending.", "resources": tuple(resources),
    }  # fmt: skip
    return document.About(**{**told, "title": document.clean(told["title"]), **values})


def journey(told: list[dict[str, Any]], **values: Any) -> dict[str, Any]:
    shown = [each for each in told if each["visibility"] == "public"]
    whole = {"stage": "published", "since": None, "total": len(shown), "hops": [], **values}
    return timeline.build(whole, told, PUBLIC)
