"""Nodes, runs, outcomes and records: what is harvested from where, and what each run did.

Revision ID: 5c1d0a7e3b24
Revises:
Create Date: 2026-11-23

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "5c1d0a7e3b24"
down_revision = None
branch_labels = None
depends_on = None


def _text(name, **options):
    return sa.Column(name, sa.Text, nullable=False, **options)


def _number(name, kind=sa.Integer):
    return sa.Column(name, kind, nullable=False, server_default="0")


def _json(name, default):
    return sa.Column(name, JSONB, nullable=False, server_default=default)


def _moment(name, nullable=False):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _parent(table):
    return sa.Column(
        f"{table}_id", sa.Text, sa.ForeignKey(f"federation_{table}.id", ondelete="CASCADE"), nullable=False
    )


def upgrade():
    empty = {"server_default": ""}
    op.create_table(
        "federation_node",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        _text("title"),
        _text("description", **empty),
        _text("url"),
        _text("feed_url"),
        _text("dialect"),
        _text("state"),
        _text("organization_id"),
        _text("organization_policy"),
        _text("contacts"),
        _json("licence_map", "{}"),
        sa.Column("interval_hours", sa.Integer, nullable=False),
        _text("etag", **empty),
        _text("last_modified", **empty),
        _text("feed_sha256", **empty),
        _text("policy_digest", **empty),
        _number("last_records"),
        _moment("created"),
        _moment("modified"),
        _moment("due", nullable=True),
    )
    op.create_table(
        "federation_run",
        sa.Column("id", sa.Text, primary_key=True),
        _parent("node"),
        _text("status"),
        *(_text(name, **empty) for name in ("user_id", "approved_by", "url", "dialect", "sha256")),
        _number("bytes", sa.BigInteger),
        *(_text(name, **empty) for name in ("etag", "last_modified", "policy_digest")),
        _json("counts", "{}"),
        _json("results", "{}"),
        _json("held", "[]"),
        _json("notes", "[]"),
        _text("error", **empty),
        _moment("started"),
        _moment("planned", nullable=True),
        _moment("finished", nullable=True),
        _moment("heartbeat"),
    )
    op.create_index("ix_federation_run_node", "federation_run", ["node_id", "started"])
    op.create_table(
        "federation_record",
        sa.Column("id", sa.Text, primary_key=True),
        _parent("node"),
        *(
            _text(name)
            for name in ("upstream_id", "package_id", "state", "signature", "content_hash", "raw", "raw_sha256")
        ),
        _json("dataset", "{}"),
        _json("notes", "[]"),
        *(_text(name, **empty) for name in ("upstream_page", "upstream_issued", "upstream_modified", "reason")),
        _text("run_id"),
        sa.Column("unindexed", sa.Boolean, nullable=False, server_default=sa.false()),
        _moment("first_harvested"),
        _moment("harvested"),
    )
    op.create_index("ux_federation_record_upstream", "federation_record", ["node_id", "upstream_id"], unique=True)
    op.create_index("ix_federation_record_package", "federation_record", ["package_id"])
    op.create_index(
        "ix_federation_record_unindexed", "federation_record", ["node_id"], postgresql_where=sa.text("unindexed")
    )
    op.create_table(
        "federation_outcome",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        _parent("run"),
        _text("action"),
        _text("status"),
        *(_text(name, **empty) for name in ("upstream_id", "package_id", "title", "reason")),
        _json("notes", "[]"),
        _json("changes", "[]"),
        _json("dataset", "{}"),
        _json("publisher", "{}"),
        *(_text(name, **empty) for name in ("raw", "signature", "content_hash")),
        _moment("settled", nullable=True),
    )
    op.create_index("ix_federation_outcome_run", "federation_outcome", ["run_id", "status", "id"])
    op.create_table(
        "federation_organization",
        sa.Column("id", sa.Text, primary_key=True),
        _parent("node"),
        _text("upstream_key"),
        _text("organization_id"),
        _moment("created"),
    )
    op.create_index(
        "ux_federation_organization_key", "federation_organization", ["node_id", "upstream_key"], unique=True
    )


def downgrade():
    for table in ("organization", "outcome", "record", "run", "node"):
        op.drop_table(f"federation_{table}")
