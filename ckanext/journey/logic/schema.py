"""What actions take."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk

FEW, MANY, ADDRESS = 200, 4000, 2000
MOST_ITEMS = 50


def _text(limit: int) -> Any:
    factory: Any = tk.get_validator("journey_text")
    return factory(limit)


def _optional(*names: str, limit: int = FEW) -> list[Any]:
    get: Any = tk.get_validator
    return [get("ignore_empty"), _text(limit), *(get(name) for name in names)]


def _number() -> list[Any]:
    return [tk.get_validator("ignore_empty"), tk.get_validator("journey_count")]


def _day(name: str) -> list[Any]:
    return [tk.get_validator("ignore_empty"), tk.get_validator(name)]


def _required(limit: int = FEW) -> list[Any]:
    # Of spaces alone nothing is left.
    return [tk.get_validator("not_empty"), _text(limit), tk.get_validator("not_empty")]


def file_schema() -> dict[str, Any]:
    """A file that went into a step or came out of it."""
    return {
        "name": _required(500),
        "sha256": [tk.get_validator("ignore_empty"), tk.get_validator("journey_sha256")],
        "bytes": _number(),
        "rows": _number(),
        "__extras": [_unknown],
    }


def evidence_schema() -> dict[str, Any]:
    get: Any = tk.get_validator
    return {
        "kind": [get("not_empty"), get("journey_evidence_kind")],
        "value": _optional(limit=MANY),
        "url": [get("ignore_empty"), _text(ADDRESS), get("journey_web_address")],
        "sha256": [get("ignore_empty"), get("journey_sha256")],
        "visibility": [get("default")("public"), get("journey_visibility")],
        "__extras": [_unknown],
    }


def reuse_schema() -> dict[str, Any]:
    get: Any = tk.get_validator
    return {
        "dataset": _required(),
        "title": _required(),
        "url": [get("ignore_empty"), _text(ADDRESS), get("journey_web_address")],
        "description": _optional(limit=MANY),
        "kind": _optional(limit=50),
        "__extras": [_unknown],
    }


def plan_schema() -> dict[str, Any]:
    return {
        "name": _required(),
        "version": _optional(),
        "repository": _optional(limit=ADDRESS),
        "commit": _optional(),
        "__extras": [_unknown],
    }


def step_schema() -> dict[str, Any]:
    get: Any = tk.get_validator
    counts = ("rows_in", "rows_out", "rows_rejected", "rows_merged", "rows_split")
    return {
        "dataset": [get("not_empty")],
        "type": [get("not_empty"), get("journey_step_type")],
        "started_at": _day("journey_moment"),
        "ended_at": _day("journey_moment"),
        "system": _optional(),
        "agent_role": _optional("journey_role"),
        "on_behalf_of": _optional("journey_role"),
        "tool": _optional(),
        "tool_version": _optional(),
        "rationale": _optional(limit=MANY),
        "plan": plan_schema(),
        **{name: _number() for name in counts},
        "inputs": file_schema(),
        "outputs": file_schema(),
        "evidence": evidence_schema(),
        "visibility": [get("default")("public"), get("journey_visibility")],
        "key": _optional(),
        "__extras": [_unknown],
    }


def prov_schema() -> dict[str, Any]:
    get: Any = tk.get_validator
    return {
        "dataset": [get("not_empty")],
        "content": [get("ignore_missing")],
        "upload": [get("ignore_missing")],
        "format": [get("ignore_empty"), get("journey_prov_format")],
        "visibility": [get("default")("public"), get("journey_visibility")],
        "dry_run": [get("default")(False), get("boolean_validator")],
        "__extras": [_unknown],
    }


def erasure_schema() -> dict[str, Any]:
    return {"event": _required(), "reason": _required(MANY), "__extras": [_unknown]}


def system_schema() -> dict[str, Any]:
    get: Any = tk.get_validator
    return {
        "organization": [get("not_empty")],
        "name": _required(),
        "kind": [get("ignore_empty"), get("journey_system_kind")],
        "vendor": _optional(),
        "product": _optional(),
        "version": _optional(),
        "custodian_role": _optional("journey_role"),
        "retirement_date": _day("journey_day"),
        "description": _optional(limit=MANY),
        "__extras": [_unknown],
    }


def move_schema() -> dict[str, Any]:
    get: Any = tk.get_validator
    return {
        "id": [get("not_empty")],
        "move": [get("not_empty"), get("journey_move")],
        "reason": _optional(limit=MANY),
        "owner_role": _optional("journey_role"),
        "due": _day("journey_day"),
        "publish_at": _day("journey_instant"),
        "embargo": _day("journey_instant"),
        "privacy_statement": _optional(limit=MANY),
        "__extras": [_unknown],
    }


def template_schema() -> dict[str, Any]:
    get: Any = tk.get_validator
    return {"dataset": [get("not_empty")], "name": _required(), "__extras": [_unknown]}


def release_schema() -> dict[str, Any]:
    get: Any = tk.get_validator
    return {"id": [get("not_empty")], "title": _optional(), "due": _day("journey_day"), "__extras": [_unknown]}


def token_schema() -> dict[str, Any]:
    get: Any = tk.get_validator
    visibility = [get("default")("public"), get("journey_visibility")]
    return {
        "organization": [get("not_empty")],
        "name": _required(),
        "visibility": visibility,
        "namespaces": [get("ignore")],
    }


def alias_schema() -> dict[str, Any]:
    get: Any = tk.get_validator
    names = {"namespace": _required(ADDRESS), "name": _required(ADDRESS)}
    return {"dataset": [get("not_empty")], **names, "resource": [get("ignore_empty")], "__extras": [_unknown]}


def _unknown(key: Any, data: Any, errors: Any, context: Any) -> None:
    """A misspelt field is an error, not something to lose in silence."""
    extras = data.pop(key, None) or {}
    for name in extras:
        errors[(*key[:-1], name)] = [tk._("There is no field of this name")]
