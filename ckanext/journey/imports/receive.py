"""Takes a PROV file: reads it, keeps it as it came, and records the steps that it tells of."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit as tk

from .. import bodies, config, ledger, model
from .. import events as ev
from ..rows import step_id
from . import reading, steps
from .told import Note, Told


@dataclass(frozen=True)
class Sender:
    """Who sends a file: a person, or a tool by its token, and who is to see the steps."""

    user_id: str | None
    role: str | None
    visibility: str = "public"
    token: str | None = None


@dataclass(frozen=True)
class Receipt:
    """What became of a file: the event that keeps it (None of a dry run), its steps with whether they were known, notes."""

    told: Told
    sha256: str
    event: ev.Event | None
    steps: list[tuple[steps.Step, str | None, bool]]

    @property
    def notes(self) -> list[Note]:
        return list(self.told.notes)


def take(
    conn: sa.Connection, package: Any, stream: str, raw: bytes, form: str | None, sender: Sender, is_dry: bool = False
) -> Receipt:
    """Read a file and record its steps, once each. The caller commits. Raises ReadError before anything is written."""
    text = reading.decoded(raw)
    told = reading.read(text, form, config.prov_statements())
    found = steps.of(told, datetime.now(UTC).isoformat(), sender.visibility)
    digest = hashlib.sha256(raw).hexdigest()
    own = _own(conn, package.id)
    keys = {step.activity: _key(package.id, step) for step in found if step.activity not in own}
    known = _known(conn, stream, list(keys.values()))
    event, made = None, {}
    if not is_dry:
        event, made = _write(conn, package.id, stream, sender, bodies.ProvReceived(told.form, text, digest, sender.token), [
            (keys[step.activity], step.body) for step in found if step.activity in keys
        ])  # fmt: skip
    rows = []
    for step in found:
        key = keys.get(step.activity)
        rows.append((step, own.get(step.activity) or made.get(key or ""), key is None or key in known))
    return Receipt(told, digest, event, rows)


def _write(
    conn: sa.Connection,
    package: str,
    stream: str,
    sender: Sender,
    file: bodies.ProvReceived,
    told: list[tuple[str, Any]],
) -> tuple[ev.Event, dict[str, str]]:
    """The file's event and those of its steps; gives the ids of the steps by their keys."""
    drafts = [ledger.Draft(file, stream, package, sender.user_id, sender.role, f"prov:{package}:{file.sha256}")]
    drafts += [ledger.Draft(body, stream, package, sender.user_id, sender.role, key) for key, body in told]
    first, *others = ledger.append_all(conn, drafts, config.lock_seconds())
    return first, {key: step_id(event.id) for (key, _), event in zip(told, others, strict=True)}


def _key(package: str, step: steps.Step) -> str:
    """The same activity told in the same way is one step, whatever file it stands in."""
    plain = json.dumps([step.activity, ev.plain(step.body)], sort_keys=True)
    return f"prov:{package}:step:{hashlib.sha256(plain.encode()).hexdigest()}"


def _known(conn: sa.Connection, stream: str, keys: list[str]) -> set[str]:
    here = model.event.c
    return set(conn.execute(sa.select(here.key).where(here.stream == stream, here.key.in_(keys))).scalars())


def _own(conn: sa.Connection, package: str) -> dict[str, str]:
    """The names that this dataset's own steps have in its exports: a file that comes home tells nothing new."""
    page = f"{str(tk.config['ckan.site_url']).rstrip('/')}/dataset/journey/{package}#step-"
    here = model.step.c
    return {
        page + found: found for found in conn.execute(sa.select(here.id).where(here.package_id == package)).scalars()
    }
