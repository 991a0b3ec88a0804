"""Fragments: each dataset's triples, made once when it changes, so that a feed is read and not computed.

Rows have no foreign key to the dataset: they outlive it as tombstones.

Revision ID: 5f21c0a7d3e4
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "5f21c0a7d3e4"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "feeds_fragment",
        sa.Column("package_id", sa.UnicodeText, primary_key=True),
        sa.Column("state", sa.UnicodeText, nullable=False),
        sa.Column("uri", sa.UnicodeText, nullable=False),
        sa.Column("sha256", sa.UnicodeText, nullable=False),
        sa.Column("ntriples", sa.LargeBinary, nullable=False),
        sa.Column("modified", sa.DateTime, nullable=False),
        sa.Column("source_modified", sa.DateTime),
        sa.Column("recipe", sa.UnicodeText, nullable=False),
        sa.Column("reason", sa.UnicodeText, nullable=False),
    )
    op.create_index("ix_feeds_fragment_state", "feeds_fragment", ["state"])
    op.create_index("ix_feeds_fragment_uri", "feeds_fragment", ["uri"])


def downgrade():
    op.drop_table("feeds_fragment")
