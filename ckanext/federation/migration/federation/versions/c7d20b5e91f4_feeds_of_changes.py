"""A node whose feed tells of changes is read from where the last run ended, and whole now and then.

Revision ID: c7d20b5e91f4
Revises: b3a94f6d7c10
Create Date: 2026-11-26

"""

import sqlalchemy as sa
from alembic import op

revision = "c7d20b5e91f4"
down_revision = "b3a94f6d7c10"
branch_labels = None
depends_on = None


def upgrade():
    for table in ("federation_node", "federation_run"):
        op.add_column(table, sa.Column("feed_token", sa.Text, nullable=False, server_default=""))
    op.add_column("federation_node", sa.Column("whole_read", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    op.drop_column("federation_node", "whole_read")
    for table in ("federation_node", "federation_run"):
        op.drop_column(table, "feed_token")
