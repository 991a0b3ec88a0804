"""The tables of bulk plans. No foreign keys: a plan is kept when its datasets are purged.

Times are UTC without zone, as in CKAN's own tables.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ..review.model import new_id, now

#: A plan: its rows are looked at, it waits for the steward, it waits for the worker, runs, has been stopped, is done.
PLANNING, PLANNED, QUEUED, RUNNING, STOPPED, DONE = "planning", "planned", "queued", "running", "stopped", "done"
#: Given up before it ran; or broken off too often.
CANCELLED, FAILED = "cancelled", "failed"
#: States in which a worker has something to do.
AT_WORK = (PLANNING, QUEUED, RUNNING)

#: What a step is going to do.
NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"
ACTIONS = (NEW, CHANGED, UNCHANGED, REFUSED)
#: Where a step is: not looked at, to be run, nothing to run, done; or why it did not come to that.
WAITING, READY, CLOSED, STEP_DONE, STEP_REFUSED, STEP_FAILED = (
    "waiting", "ready", "closed", "done", "refused", "failed",
)  # fmt: skip


class Plan(toolkit.BaseModel):
    """One uploaded sheet, and what became of it. ``organization_id``: empty for the datasets of any."""

    __tablename__ = "council_schemas_plan"

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=new_id)
    organization_id: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    made_by: Mapped[str] = mapped_column(sa.UnicodeText)
    #: Whose permissions count as it runs: the person who said so.
    run_by: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    file_name: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    dataset_type: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    state: Mapped[str] = mapped_column(sa.UnicodeText, default=PLANNING)
    made: Mapped[datetime] = mapped_column(default=now)
    #: When it was last queued, or taken on by a job.
    started: Mapped[datetime | None] = mapped_column()
    beat: Mapped[datetime | None] = mapped_column()
    ended: Mapped[datetime | None] = mapped_column()
    message: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    #: Of the file: format, encoding, sha256, bytes, and the columns that were understood, as names of fields.
    about: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    #: Of the whole sheet, as of a step.
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)


class Step(toolkit.BaseModel):
    """What one dataset's rows come to.

    ``rows``: ``{"line", "cells", "files": [{"line", "cells"}], "flaws"}``. ``changes``: ``{"field", "old", "new"}`` with
    ``file`` (id) and ``file_name`` where it is a file's. ``problems``: a ``code`` for ``words.say`` and its values.
    ``base``: the dataset's ``metadata_modified`` when the step was planned.
    """

    __tablename__ = "council_schemas_plan_step"

    plan_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    name: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    action: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    state: Mapped[str] = mapped_column(sa.UnicodeText, default=WAITING)
    base: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    rows: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    result: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
