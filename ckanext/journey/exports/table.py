"""A row a step, as CSV that no spreadsheet takes for formulas (pure)."""

from __future__ import annotations

import csv
import io
from typing import Any

from ...council_schemas.formulas import safe
from . import document
from .document import Document

HEADER = (
    "step", "id", "type", "what", "started", "ended", "day_only", "state", "role", "on_behalf_of", "system", "tool",
    "tool_version", "procedure", "procedure_version", "repository", "commit", "why", "rows_in", "rows_out", "rows_rejected",
    "rows_merged", "rows_split", "rows_state", "inputs", "outputs", "evidence", "captured", "confidence",
)  # fmt: skip


def render(doc: Document) -> bytes:
    """UTF-8 with its mark, so that spreadsheets read it as such; what was left out stands in a last row."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for number, step in enumerate(doc.steps, 1):
        writer.writerow([safe(cell) for cell in _cells(number, step)])
    if doc.notice:
        writer.writerow(["", "", "", safe(doc.notice)] + [""] * (len(HEADER) - 4))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cells(number: int, step: dict[str, Any]) -> tuple[Any, ...]:
    plan, rows = step["plan"] or {}, step["rows"]
    counts = (rows[name] for name in ("in", "out", "rejected", "merged", "split", "state"))
    return (
        number, step["id"], step["type"], document.label(step["type"]), step["started"], step["ended"],
        "yes" if step["day_only"] else "no", step["state"], document.role(step["agent_role"]), step["on_behalf_of"],
        (step["system"] or {}).get("name"), step["tool"], step["tool_version"], plan.get("name"), plan.get("version"),
        plan.get("repository"), plan.get("commit"), step["rationale"], *counts, _files(step["inputs"]),
        _files(step["outputs"]), _evidence(step["evidence"]), step["capture"], step["confidence"],
    )  # fmt: skip


def _files(items: list[dict[str, Any]]) -> str:
    """A line a file."""
    return "\n".join(
        " ".join(
            part
            for part in (
                item["name"],
                f"({item['rows']} rows)" if item["rows"] is not None else "",
                f"sha256:{item['sha256']}" if item["sha256"] else "",
            )
            if part
        )
        for item in items
    )


def _evidence(items: list[dict[str, Any]]) -> str:
    told = ((item["kind"], item["value"], item["url"], item["sha256"] and f"sha256:{item['sha256']}") for item in items)
    return "\n".join(": ".join((kind, " ".join(part for part in parts if part))) for kind, *parts in told)
