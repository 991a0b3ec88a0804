"""A run can be paused, cancelled and rolled back; a record knows which fields a steward holds.

``before``, ``record_before`` and ``landed`` of an outcome are what rolling back needs: the dataset and its record as they
were, and the dataset's time stamp when the step was done, by which a later change is noticed.

Revision ID: 8e2f61c09a55
Revises: 5c1d0a7e3b24
Create Date: 2026-11-25

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "8e2f61c09a55"
down_revision = "5c1d0a7e3b24"
branch_labels = None
depends_on = None


def _text(name):
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _json(name, default):
    return sa.Column(name, JSONB, nullable=False, server_default=default)


ADDED = {
    "federation_run": [_text("ordered"), _text("undoes"), _text("rolled_back")],
    "federation_outcome": [
        _json("before", "{}"),
        _json("record_before", "{}"),
        sa.Column("landed", sa.DateTime, nullable=True),
        sa.Column("undoes", sa.BigInteger, nullable=True),
    ],
    "federation_record": [sa.Column("landed", sa.DateTime, nullable=True), _json("overrides", "[]")],
}


def upgrade():
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, column)


def downgrade():
    for table, columns in ADDED.items():
        for column in columns:
            op.drop_column(table, column.name)
