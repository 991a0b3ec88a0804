"""Records of several nodes can be one dataset; hops that a feed tells of are kept.

``known_by`` of a record stay NULL until the next plan works them out; they are looked up by the GIN index.

Revision ID: b3a94f6d7c10
Revises: 8e2f61c09a55
Create Date: 2026-11-25

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "b3a94f6d7c10"
down_revision = "8e2f61c09a55"
branch_labels = None
depends_on = None


def _flag(name, default):
    return sa.Column(name, sa.Boolean, nullable=False, server_default=default)


def _hops():
    return sa.Column("hops", JSONB, nullable=False, server_default="[]")


ADDED = {
    "federation_record": [
        sa.Column("known_by", ARRAY(sa.Text), nullable=True),
        _flag("governs", "true"),
        _flag("apart", "false"),
        sa.Column("former_package_id", sa.Text, nullable=False, server_default=""),
        _hops(),
    ],
    "federation_outcome": [_hops(), sa.Column("known_by", ARRAY(sa.Text), nullable=False, server_default="{}")],
}


def upgrade():
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, column)
    op.create_index("ix_federation_record_keys", "federation_record", ["known_by"], postgresql_using="gin")


def downgrade():
    op.drop_index("ix_federation_record_keys", "federation_record")
    for table, columns in ADDED.items():
        for column in columns:
            op.drop_column(table, column.name)
