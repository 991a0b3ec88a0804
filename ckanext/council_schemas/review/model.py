"""The tables of uploaded files' checks. No foreign keys: a decision is kept when its dataset is purged.

Times are UTC without zone, as in CKAN's own tables.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

WAITING, RUNNING, PASSED, PROBLEMS = "waiting", "running", "passed", "problems"
PERSONAL, UNREADABLE, FAILED, WAIVED = "personal", "unreadable", "failed", "waived"
#: States in which a check is not done yet.
OPEN = (WAITING, RUNNING)


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def new_id() -> str:
    return str(uuid.uuid4())


class Check(toolkit.BaseModel):
    """One file as it was uploaded. The newest of a resource is ``current``; the others are its history."""

    __tablename__ = "council_schemas_check"

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=new_id)
    resource_id: Mapped[str] = mapped_column(sa.UnicodeText)
    package_id: Mapped[str] = mapped_column(sa.UnicodeText)
    current: Mapped[bool] = mapped_column(default=True)
    #: Not to be seen by the public.
    held: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(sa.UnicodeText, default=WAITING)
    name: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    #: It took the place of a file that was published.
    replaces: Mapped[bool] = mapped_column(default=False)
    uploaded: Mapped[datetime] = mapped_column(default=now)
    uploaded_by: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    #: The table it is held against, and whether a person said so (a guess or the dataset's set otherwise).
    table: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    table_chosen: Mapped[bool] = mapped_column(default=False)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    sha256: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    bytes: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    rows: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    problems: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    warnings: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    personal: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    #: Problems were waived, personal data was decided on: kept when the same file is checked again.
    problems_waived: Mapped[bool] = mapped_column(default=False)
    personal_decided: Mapped[bool] = mapped_column(default=False)
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    message: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    progress: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    total: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    started: Mapped[datetime | None] = mapped_column()
    beat: Mapped[datetime | None] = mapped_column()
    ended: Mapped[datetime | None] = mapped_column()
    released: Mapped[datetime | None] = mapped_column()


class Decision(toolkit.BaseModel):
    """What a person decided about a file, or proposed to. Written once, and once more when it is answered."""

    __tablename__ = "council_schemas_decision"

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=new_id)
    check_id: Mapped[str] = mapped_column(sa.UnicodeText)
    resource_id: Mapped[str] = mapped_column(sa.UnicodeText)
    package_id: Mapped[str] = mapped_column(sa.UnicodeText)
    kind: Mapped[str] = mapped_column(sa.UnicodeText)
    #: proposed, approved, refused, done, lapsed
    state: Mapped[str] = mapped_column(sa.UnicodeText)
    reason: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    made: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str] = mapped_column(sa.UnicodeText)
    answered: Mapped[datetime | None] = mapped_column()
    answered_by: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    answer: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class Redacted(toolkit.BaseModel):
    """A cell's original content. Nothing serves it at an address."""

    __tablename__ = "council_schemas_redacted"

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=new_id)
    decision_id: Mapped[str] = mapped_column(sa.UnicodeText)
    resource_id: Mapped[str] = mapped_column(sa.UnicodeText)
    line: Mapped[int] = mapped_column()
    column: Mapped[str] = mapped_column(sa.UnicodeText)
    original: Mapped[str] = mapped_column(sa.UnicodeText)
    replacement: Mapped[str] = mapped_column(sa.UnicodeText)
    reason_code: Mapped[str] = mapped_column(sa.UnicodeText)


class Mapping(toolkit.BaseModel):
    """How a source's headers are to be read: said once, used for its next files."""

    __tablename__ = "council_schemas_mapping"

    owner_org: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    table: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    #: sha256 of the headers, folded and sorted.
    headers: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    made: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str] = mapped_column(sa.UnicodeText, default="")


sa.Index("ix_council_schemas_check_resource", Check.resource_id)
sa.Index("ix_council_schemas_check_package", Check.package_id)
sa.Index("ux_council_schemas_check_current", Check.resource_id, unique=True, postgresql_where=Check.current)
sa.Index("ix_council_schemas_decision_check", Decision.check_id)
sa.Index("ix_council_schemas_redacted_decision", Redacted.decision_id)
