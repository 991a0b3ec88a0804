"""The Transparency Code calendar: what people said, when an obligation was first met, reminders; bulk plans

Revision ID: c5a1e0000002
Revises: c5a1e0000001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "c5a1e0000002"
down_revision = "c5a1e0000001"
branch_labels = None
depends_on = None


def texts(*names):
    return (sa.Column(name, sa.UnicodeText, nullable=False) for name in names)


def keys(*names):
    return (sa.Column(name, sa.UnicodeText, primary_key=True) for name in names)


def upgrade():
    op.create_table(
        "council_schemas_duty",
        *keys("organization_id", "set_id", "period"),
        sa.Column("not_applicable", sa.Boolean, nullable=False),
        *texts("reason", "said_by"),
        sa.Column("said_on", sa.Date),
        *texts("approved_by"),
        sa.Column("valid_until", sa.Date),
        *texts("owner", "email", "system"),
        sa.Column("sequence", sa.Integer, nullable=False),
    )
    op.create_table(
        "council_schemas_met",
        *keys("organization_id", "set_id", "period"),
        sa.Column("met_on", sa.Date, nullable=False),
    )
    op.create_table(
        "council_schemas_reminder",
        *keys("key"),
        *texts("organization_id", "address", "state"),
        sa.Column("sent_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "council_schemas_plan",
        *keys("id"),
        *texts("organization_id", "made_by", "file_name", "state"),
        sa.Column("made", sa.DateTime, nullable=False),
        sa.Column("beat", sa.DateTime),
        sa.Column("problems", JSONB, nullable=False),
    )
    op.create_table(
        "council_schemas_plan_step",
        sa.Column("plan_id", sa.UnicodeText, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        *texts("dataset_id", "name", "action", "state", "base"),
        sa.Column("rows", JSONB, nullable=False),
        sa.Column("changes", JSONB, nullable=False),
        sa.Column("problems", JSONB, nullable=False),
        sa.Column("result", JSONB, nullable=False),
    )
    op.create_index("ix_council_schemas_plan_organization", "council_schemas_plan", ["organization_id", "made"])


def downgrade():
    for name in ("plan_step", "plan", "reminder", "met", "duty"):
        op.drop_table(f"council_schemas_{name}")
