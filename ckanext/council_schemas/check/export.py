"""A report for other tools: in the shape of Frictionless, and as CSV (pure)."""

from __future__ import annotations

import csv
import io
from typing import Any

from ..formulas import safe
from .types import ERROR, Problem, Report

HEADER = ("line", "column", "header", "field", "severity", "rule", "value", "message", "fix")


def frictionless(report: Report) -> dict[str, Any]:
    """A Frictionless Report (v5). What is no error for us is told in ``warnings``; counts are full, errors are capped."""
    errors = [_error(each, report) for each in report.problems if each.severity == ERROR]
    if report.stopped:
        errors.append(
            {"type": "source-error", "title": "Stopped", "message": report.stopped, "note": report.stopped, "tags": []}
        )
    count = report.errors + bool(report.stopped)
    warnings = [f"line {each.line}: {each.message}" for each in report.problems if each.severity != ERROR]
    stats = {
        "errors": count, "warnings": len(warnings), "seconds": 0, "bytes": report.bytes, "rows": report.rows,
        "fields": len(report.columns), "sha256": report.sha256,
    }  # fmt: skip
    task = {
        "name": report.name, "type": "table", "valid": report.valid, "place": report.name,
        "labels": [column.header for column in report.columns], "stats": stats, "warnings": warnings, "errors": errors,
    }  # fmt: skip
    whole = {"tasks": 1, "errors": count, "warnings": len(warnings), "seconds": 0}
    return {"valid": report.valid, "stats": whole, "warnings": [], "errors": [], "tasks": [task]}


def _error(problem: Problem, report: Report) -> dict[str, Any]:
    rule = report.rules[problem.rule]
    made: dict[str, Any] = {
        "type": rule.frictionless, "title": rule.title, "description": rule.why, "message": problem.message,
        "note": problem.fix, "tags": ["#table"], "rule": problem.rule,
    }  # fmt: skip
    if problem.line is not None:
        made["rowNumber"] = problem.line
    if problem.position is not None:
        made |= {"fieldName": problem.column, "fieldNumber": problem.position, "cell": problem.value or ""}
    return made


def to_csv(report: Report) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for each in report.problems:
        told = (
            each.line,
            each.position,
            each.column,
            each.field,
            each.severity,
            each.rule,
            each.value,
            each.message,
            each.fix,
        )
        writer.writerow([safe(cell) for cell in told])
    return out.getvalue()
