"""Uploaded files' checks, decisions about them, cells taken out, and how sources' headers are read

No foreign keys: a decision is kept when its dataset is purged.

Revision ID: c5a1e0000001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "c5a1e0000001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "council_schemas_check",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        *(sa.Column(name, sa.UnicodeText, nullable=False) for name in ("resource_id", "package_id")),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("current", "held")),
        *(sa.Column(name, sa.UnicodeText, nullable=False) for name in ("state", "name")),
        sa.Column("replaces", sa.Boolean, nullable=False),
        sa.Column("uploaded", sa.DateTime, nullable=False),
        *(sa.Column(name, sa.UnicodeText, nullable=False) for name in ("uploaded_by", "table")),
        sa.Column("table_chosen", sa.Boolean, nullable=False),
        sa.Column("mapping", JSONB, nullable=False),
        sa.Column("sha256", sa.UnicodeText, nullable=False),
        *(
            sa.Column(name, sa.BigInteger, nullable=False)
            for name in ("bytes", "rows", "problems", "warnings", "personal")
        ),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("problems_waived", "personal_decided")),
        sa.Column("report", JSONB, nullable=False),
        sa.Column("message", sa.UnicodeText, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("progress", "total")),
        *(sa.Column(name, sa.DateTime) for name in ("started", "beat", "ended", "released")),
    )
    op.create_index("ix_council_schemas_check_resource", "council_schemas_check", ["resource_id"])
    op.create_index("ix_council_schemas_check_package", "council_schemas_check", ["package_id"])
    op.create_index(
        "ux_council_schemas_check_current",
        "council_schemas_check",
        ["resource_id"],
        unique=True,
        postgresql_where=sa.text("current"),
    )
    op.create_table(
        "council_schemas_decision",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        *(
            sa.Column(name, sa.UnicodeText, nullable=False)
            for name in ("check_id", "resource_id", "package_id", "kind", "state", "reason")
        ),
        sa.Column("made", sa.DateTime, nullable=False),
        sa.Column("made_by", sa.UnicodeText, nullable=False),
        sa.Column("answered", sa.DateTime),
        *(sa.Column(name, sa.UnicodeText, nullable=False) for name in ("answered_by", "answer")),
        sa.Column("detail", JSONB, nullable=False),
    )
    op.create_index("ix_council_schemas_decision_check", "council_schemas_decision", ["check_id"])
    op.create_table(
        "council_schemas_redacted",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        *(sa.Column(name, sa.UnicodeText, nullable=False) for name in ("decision_id", "resource_id")),
        sa.Column("line", sa.Integer, nullable=False),
        *(
            sa.Column(name, sa.UnicodeText, nullable=False)
            for name in ("column", "original", "replacement", "reason_code")
        ),
    )
    op.create_index("ix_council_schemas_redacted_decision", "council_schemas_redacted", ["decision_id"])
    op.create_table(
        "council_schemas_mapping",
        *(sa.Column(name, sa.UnicodeText, primary_key=True) for name in ("owner_org", "table", "headers")),
        sa.Column("mapping", JSONB, nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
        sa.Column("made_by", sa.UnicodeText, nullable=False),
    )


def downgrade():
    for name in ("mapping", "redacted", "decision", "check"):
        op.drop_table(f"council_schemas_{name}")
