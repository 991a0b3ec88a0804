"""Each dataset's forms ready to send, and the numbers of its changes.

A catalogue is joined from what is serialised already, and who reads changes goes on after the last number seen.
What is there is rendered anew (an empty recipe asks for it).

Revision ID: 8c4e2d91b706
Revises: 5f21c0a7d3e4
"""

import sqlalchemy as sa
from alembic import op

revision = "8c4e2d91b706"
down_revision = "5f21c0a7d3e4"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "feeds_document",
        sa.Column("package_id", sa.UnicodeText, primary_key=True),
        sa.Column("form", sa.UnicodeText, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    # The data is compressed already; the server need not try.
    op.execute("ALTER TABLE feeds_document ALTER COLUMN data SET STORAGE EXTERNAL")
    op.add_column("feeds_fragment", sa.Column("digest", sa.UnicodeText, nullable=False, server_default=""))
    op.add_column("feeds_fragment", sa.Column("journey", sa.UnicodeText, nullable=False, server_default=""))
    op.add_column("feeds_fragment", sa.Column("change", sa.BigInteger))
    op.add_column("feeds_fragment", sa.Column("numbered", sa.DateTime))
    # Owned by the column: it goes when the table goes.
    op.execute("CREATE SEQUENCE IF NOT EXISTS feeds_change_seq OWNED BY feeds_fragment.change")
    op.create_index("ix_feeds_fragment_change", "feeds_fragment", ["change"])
    op.create_index(
        "ix_feeds_fragment_unnumbered", "feeds_fragment", ["package_id"], postgresql_where=sa.text("change IS NULL")
    )
    op.execute("UPDATE feeds_fragment SET recipe = '' WHERE state <> 'withdrawn'")


def downgrade():
    op.drop_index("ix_feeds_fragment_unnumbered", "feeds_fragment")
    op.drop_index("ix_feeds_fragment_change", "feeds_fragment")
    for column in ("numbered", "change", "journey", "digest"):
        op.drop_column("feeds_fragment", column)
    op.drop_table("feeds_document")
