"""Makes a move: looks, judges, writes it to the ledger, opens or closes the dataset, tells people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk

from .. import access, capture, config, ledger
from .. import events as ev
from . import checks, notices, rules, stages, store

_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
# Says to our own chained actions that a second person agreed. Contexts do not come from outside.
APPROVED = "journey_approved"


@dataclass(frozen=True)
class Standing:
    """Where a dataset stands, and what is known of its release."""

    moves: list[dict[str, Any]]
    facts: rules.Facts
    # Privacy steps that tools report: evidence for who signs, no signature.
    reports: list[dict[str, Any]] = field(default_factory=list)

    @property
    def state(self) -> str:
        return self.moves[-1]["state"] if self.moves else "identified"


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def look(conn: sa.Connection, package: Any) -> Standing:
    """Where the dataset stands now."""
    moves = store.history(conn, package.id)
    start = store.release_start(moves)
    officers = store.officers(conn, capture.stream_of(package))
    signers = store.privacy_steps(conn, package.id, start)
    reports = store.privacy_reports(conn, package.id, start)
    facts = rules.Facts(
        authors=store.authors(conn, package.id, start),
        now=now(),
        privacy_reviewed=bool(signers),
        privacy_signed=any(user in officers for user in signers),
        privacy_reported=bool(reports),
        has_officer=bool(officers),
        held_files=checks.held_files(package.id),
        embargo=_embargo(moves),
        changed_since_submitted=_changed(conn, package, moves),
    )
    return Standing(moves, facts, reports)


def _embargo(moves: list[dict[str, Any]]) -> str | None:
    told = [move["embargo"] for move in moves if move["embargo"]]
    return told[-1].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if told else None


def _changed(conn: sa.Connection, package: Any, moves: list[dict[str, Any]]) -> bool:
    """Is what waits for approval no longer what approval was asked for?"""
    if not moves or moves[-1]["state"] not in ("approval", "scheduled") or not moves[-1]["content"]:
        return False
    return moves[-1]["content"] != store.content_of(conn, package)


def make(context: Any, package: Any, data: dict[str, Any]) -> None:
    """Make the move that validated `data` tells of. Raises ValidationError, NotAuthorized; commits.

    :param data: `move` and what is told with it, as `journey_workflow_move` takes it
    """
    conn = model.Session.connection()
    conn.execute(_LOCK, {"name": f"journey-workflow:{package.id}"})
    standing = look(conn, package)
    move = stages.MOVES[data["move"]]
    stream = capture.stream_of(package)
    user_id, role = capture.actor(context, stream)
    _permit(move, data, standing, user_id)
    body = ev.WorkflowMoved(
        move=move.code,
        state=move.to,
        content=store.content_of(conn, package),
        **{name: data.get(name) for name in ("reason", "owner_role", "due", "publish_at", "embargo")},
        privacy_statement=data.get("privacy_statement"),
    )
    ledger.append(conn, ledger.Draft(body, stream, package.id, user_id, role), config.lock_seconds())
    _effect(context, package, move)
    model.Session.commit()
    access.reindex(package.id)
    notices.tell(package, move.code, body, standing.facts.authors, user_id)


def _permit(move: stages.Move, data: dict[str, Any], standing: Standing, user_id: str | None) -> None:
    if standing.state not in move.origins:
        label = tk._(stages.CODES[standing.state].label)
        raise tk.ValidationError(
            {"move": [tk._("This cannot follow where it stands now: {state}").format(state=label)]}
        )
    told = rules.Told(**{name: data.get(name) for name in ("reason", "publish_at", "embargo", "privacy_statement")})
    found = rules.judge(move, told, standing.facts, user_id, tk._)
    if found.not_allowed:
        raise tk.NotAuthorized(found.not_allowed)
    if found.errors:
        raise tk.ValidationError({name: [text] for name, text in found.errors.items()})


def _effect(context: Any, package: Any, move: stages.Move) -> None:
    """Open the dataset to everyone, or close it. CKAN commits, and with it the event."""
    if move.to not in ("published", "withdrawn"):
        return
    own = access.as_caller(context) | {APPROVED: True}
    values = {"id": package.id, "private": move.to == "withdrawn"}
    if package.state == "draft" and move.to == "published":
        values["state"] = "active"
    tk.get_action("package_patch")(own, values)


def publish_due() -> dict[str, list[str]]:
    """Publish what is approved and due; what was changed since goes back to wait for approval. A job of the schedule.

    :returns: names of the datasets that were `published`, `lapsed` or `failed`
    """
    done: dict[str, list[str]] = {"published": [], "lapsed": [], "failed": []}
    for package_id in store.due(model.Session.connection(), now()):
        package = model.Package.get(package_id)
        if package is not None and package.state != "deleted":
            done[_publish(package)].append(package.name)
    return done


def _publish(package: Any) -> str:
    name = package.name
    try:
        conn = model.Session.connection()
        conn.execute(_LOCK, {"name": f"journey-workflow:{package.id}"})
        standing = look(conn, package)
        if standing.state != "scheduled":
            model.Session.rollback()
            return "lapsed"
        lapsed = standing.facts.changed_since_submitted or bool(standing.facts.held_files)
        _settle(conn, package, lapsed)
        notices.tell(package, "lapse" if lapsed else "publish", None, standing.facts.authors, None)
        return "lapsed" if lapsed else "published"
    except Exception:
        model.Session.rollback()
        notices.log.exception("Journey: %s could not be published on its day; tried again with the next run", name)
        return "failed"


def _settle(conn: sa.Connection, package: Any, lapsed: bool) -> None:
    reason = "It was changed after it had been approved" if lapsed else None
    state, move = ("approval", "lapse") if lapsed else ("published", "publish")
    body = ev.WorkflowMoved(move, state, reason, content=store.content_of(conn, package))
    draft = ledger.Draft(body, capture.stream_of(package), package.id, role="system")
    ledger.append(conn, draft, config.lock_seconds())
    if not lapsed:
        site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        context: Any = {"ignore_auth": True, "user": site_user, APPROVED: True}
        values = {"id": package.id, "private": False}
        tk.get_action("package_patch")(context, values | ({"state": "active"} if package.state == "draft" else {}))
    model.Session.commit()
    access.reindex(package.id)
