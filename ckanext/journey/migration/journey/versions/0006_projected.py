"""By which version of the code the projections were made

Revision ID: 7a1e0c1b9d06
Revises: 7a1e0c1b9d05
Create Date: 2026-11-26 07:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "7a1e0c1b9d06"
down_revision = "7a1e0c1b9d05"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "journey_projected",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade():
    op.drop_table("journey_projected")
