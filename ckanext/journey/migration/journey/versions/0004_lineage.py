"""Checkpoints and their mirrors, tokens of tools, and the projections of what tools report

The graph walks over journey_step_io by its node: from the newest step on, so that what is old is cut off first.

Revision ID: 7a1e0c1b9d04
Revises: 7a1e0c1b9d03
Create Date: 2026-11-25 19:00:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "7a1e0c1b9d04"
down_revision = "7a1e0c1b9d03"
branch_labels = None
depends_on = None

TEXT, TIME, JSONB = sa.Text(), sa.DateTime(timezone=True), postgresql.JSONB()
COLUMNS = {
    "checkpoint": (
        sa.Column("stream", TEXT, primary_key=True),
        sa.Column("sequence", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("made", TIME, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("signature", TEXT, nullable=False),
        sa.Column("public_key", TEXT, nullable=False),
        sa.Column("anchor", TEXT),
    ),
    "mirror": (
        sa.Column("portal", TEXT, primary_key=True),
        sa.Column("stream", TEXT, primary_key=True),
        sa.Column("sequence", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("signature", TEXT, nullable=False),
        sa.Column("public_key", TEXT, nullable=False),
        sa.Column("fetched", TIME, nullable=False),
    ),
    "token": (
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("secret", sa.String(64), nullable=False, unique=True),
        sa.Column("stream", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("namespaces", JSONB, nullable=False),
        sa.Column("visibility", TEXT, nullable=False),
        sa.Column("user_id", TEXT),
        sa.Column("created", TIME, nullable=False),
        sa.Column("last_used", TIME),
        sa.Column("revoked", TIME),
    ),
    "run": (
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("stream", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("state", JSONB, nullable=False),
    ),
    "folded": (
        sa.Column("stream", TEXT, primary_key=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
    ),
    "alias": (
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("stream", TEXT, nullable=False),
        sa.Column("namespace", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("package_id", TEXT),
        sa.Column("resource_id", TEXT),
    ),
    "download": (
        sa.Column("resource_id", TEXT, primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("package_id", TEXT),
        sa.Column("downloads", sa.BigInteger(), nullable=False),
    ),
}
INDEXES = (
    ("token", "stream"),
    ("alias", "stream"),
    ("download", "package_id"),
    ("artefact", "package_id"),
    ("step", "run_id"),
)


def upgrade():
    for name, columns in COLUMNS.items():
        op.create_table(f"journey_{name}", *columns)
    for table, column in INDEXES:
        op.create_index(f"ix_journey_{table}_{column}", f"journey_{table}", [column])
    op.add_column("journey_step_io", sa.Column("node", TEXT))
    op.add_column("journey_step_io", sa.Column("at", TIME))
    op.create_index("ix_journey_step_io_node", "journey_step_io", ["node", "direction", "at"])
    # Signed statements stand as the events do.
    op.execute(
        "CREATE TRIGGER journey_checkpoint_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON journey_checkpoint "
        "FOR EACH STATEMENT EXECUTE FUNCTION journey_refuse()"
    )
    op.execute("ALTER TABLE journey_checkpoint ENABLE ALWAYS TRIGGER journey_checkpoint_kept")


def downgrade():
    op.drop_index("ix_journey_step_io_node", table_name="journey_step_io")
    op.drop_column("journey_step_io", "at")
    op.drop_column("journey_step_io", "node")
    for table, column in reversed(INDEXES[3:]):
        op.drop_index(f"ix_journey_{table}_{column}", table_name=f"journey_{table}")
    for name in reversed(list(COLUMNS)):
        op.drop_table(f"journey_{name}")
