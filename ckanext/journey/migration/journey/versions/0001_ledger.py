"""The ledger: events, the length of each stream, and who stands behind a commitment

An event is written once. The trigger refuses every other statement on the table, whoever makes it, so that not even
a portal's administrator can quietly change a journey; ENABLE ALWAYS keeps it firing for replicated statements too.
A head may only move forward.

Revision ID: 7a1e0c1b9d01
Revises:
Create Date: 2025-11-23 16:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "7a1e0c1b9d01"
down_revision = None
branch_labels = None
depends_on = None

REFUSE = """
CREATE OR REPLACE FUNCTION journey_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the journey ledger is append-only: % on % refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$
"""

FORWARD = """
CREATE OR REPLACE FUNCTION journey_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.stream <> OLD.stream OR NEW.sequence <= OLD.sequence THEN
    RAISE EXCEPTION 'the head of stream % may only move forward', OLD.stream USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$
"""

TRIGGERS = (
    (
        "journey_event",
        "journey_event_append_only",
        "BEFORE UPDATE OR DELETE OR TRUNCATE",
        "STATEMENT",
        "journey_refuse",
    ),
    ("journey_head", "journey_head_kept", "BEFORE DELETE OR TRUNCATE", "STATEMENT", "journey_refuse"),
    ("journey_head", "journey_head_forward", "BEFORE UPDATE", "ROW", "journey_forward"),
)


def upgrade():
    op.create_table(
        "journey_event",
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Text(), nullable=False),
        sa.Column("package_id", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("token_id", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("stream", "sequence"),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("stream", "key"),
    )
    op.create_index(op.f("ix_journey_event_package_id"), "journey_event", ["package_id"], unique=False)
    op.create_table(
        "journey_head",
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("recorded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("stream"),
    )
    op.create_table(
        "journey_actor",
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("commitment"),
    )
    op.create_index(op.f("ix_journey_actor_user_id"), "journey_actor", ["user_id"], unique=False)
    op.execute(REFUSE)
    op.execute(FORWARD)
    for table, name, when, each, function in TRIGGERS:
        op.execute(f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()")
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def downgrade():
    for table in ("journey_actor", "journey_head", "journey_event"):
        op.drop_table(table)
    op.execute("DROP FUNCTION journey_forward()")
    op.execute("DROP FUNCTION journey_refuse()")
