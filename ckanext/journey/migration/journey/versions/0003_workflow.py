"""The workflow: where releases stand (made from the ledger), who signs for privacy, templates of a release

Revision ID: 7a1e0c1b9d03
Revises: 7a1e0c1b9d02
Create Date: 2026-11-24 13:20:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "7a1e0c1b9d03"
down_revision = "7a1e0c1b9d02"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "journey_move",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("move", sa.Text()),
        sa.Column("agent_role", sa.Text()),
        sa.Column("owner_role", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("due", sa.Date()),
        sa.Column("publish_at", sa.DateTime(timezone=True)),
        sa.Column("embargo", sa.DateTime(timezone=True)),
        sa.Column("content", sa.Text()),
    )
    op.create_index("ix_journey_move_package", "journey_move", ["package_id", "since", "sequence"])
    op.create_table(
        "journey_officer",
        sa.Column("stream", sa.Text(), primary_key=True),
        sa.Column("user_id", sa.Text(), primary_key=True),
        sa.Column("role", sa.Text(), primary_key=True),
        sa.Column("named", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "journey_template",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("package_id", sa.Text()),
        sa.Column("dataset", postgresql.JSONB(), nullable=False),
        sa.Column("steps", postgresql.JSONB(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("stream", "name"),
    )


def downgrade():
    for table in ("template", "officer", "move"):
        op.drop_table(f"journey_{table}")
