"""Files that their check holds back: what the journey tells of them is not public

Revision ID: 7a1e0c1b9d05
Revises: 7a1e0c1b9d04
Create Date: 2026-11-26 07:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "7a1e0c1b9d05"
down_revision = "7a1e0c1b9d04"
branch_labels = None
depends_on = None

INDEXED = ("package_id", "stream", "resource_id", "node")


def upgrade():
    op.create_table(
        "journey_hold",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("package_id", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("check_id", sa.Text()),
        sa.Column("artefact_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("told", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True)),
    )
    for column in INDEXED:
        op.create_index(f"ix_journey_hold_{column}", "journey_hold", [column])


def downgrade():
    op.drop_table("journey_hold")
