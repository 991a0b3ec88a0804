"""What a reader of changes must know: which history its token belongs to, and under which addresses a dataset stood before.

Revision ID: b17f6a90c2d5
Revises: 8c4e2d91b706
"""

import sqlalchemy as sa
from alembic import op

revision = "b17f6a90c2d5"
down_revision = "8c4e2d91b706"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "feeds_history",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.UnicodeText, nullable=False),
        sa.Column("floor", sa.BigInteger, nullable=False),
        sa.Column("floor_time", sa.DateTime),
    )
    op.add_column(
        "feeds_fragment", sa.Column("formerly", sa.ARRAY(sa.UnicodeText), nullable=False, server_default="{}")
    )


def downgrade():
    op.drop_column("feeds_fragment", "formerly")
    op.drop_table("feeds_history")
