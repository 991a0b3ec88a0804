"""What people said of a council's obligations, when each was first met, and the reminders sent."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.orm import Mapped, mapped_column


class Duty(toolkit.BaseModel):
    """Said of a set (``period`` empty) or of one period of it. Set ``*`` holds what is said of the council."""

    __tablename__ = "council_schemas_duty"

    organization_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    set_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    period: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default="")
    not_applicable: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    reason: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    said_by: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    said_on: Mapped[date | None] = mapped_column(sa.Date)
    approved_by: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    valid_until: Mapped[date | None] = mapped_column(sa.Date)
    owner: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    email: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    system: Mapped[str] = mapped_column(sa.UnicodeText, default="")
    #: Grows with each change: iCalendar's SEQUENCE.
    sequence: Mapped[int] = mapped_column(sa.Integer, default=0)


class Seen(toolkit.BaseModel):
    """The day on which an obligation was first found whole."""

    __tablename__ = "council_schemas_met"

    organization_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    set_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    period: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    on: Mapped[date] = mapped_column("met_on", sa.Date)


class Reminder(toolkit.BaseModel):
    """A reminder that was or is being sent. ``key`` names council, day's kind, obligations' round and address."""

    __tablename__ = "council_schemas_reminder"

    key: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    organization_id: Mapped[str] = mapped_column(sa.UnicodeText)
    address: Mapped[str] = mapped_column(sa.UnicodeText)
    #: sending (claimed; a crash leaves it so) or sent
    state: Mapped[str] = mapped_column(sa.UnicodeText)
    #: UTC without zone
    at: Mapped[datetime] = mapped_column("sent_at", sa.DateTime)
