"""Bulk plans: who runs one, what its sheet held, and when it was worked on

Revision ID: c5a1e0000003
Revises: c5a1e0000002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "c5a1e0000003"
down_revision = "c5a1e0000002"
branch_labels = None
depends_on = None

TEXTS = ("dataset_type", "run_by", "message")


def upgrade():
    for name in TEXTS:
        op.add_column("council_schemas_plan", sa.Column(name, sa.UnicodeText, nullable=False, server_default=""))
    op.add_column("council_schemas_plan", sa.Column("about", JSONB, nullable=False, server_default="{}"))
    op.add_column("council_schemas_plan", sa.Column("started", sa.DateTime))
    op.add_column("council_schemas_plan", sa.Column("ended", sa.DateTime))
    op.create_index("ix_council_schemas_plan_state", "council_schemas_plan", ["state"])
    op.create_index("ix_council_schemas_plan_step_state", "council_schemas_plan_step", ["plan_id", "state"])


def downgrade():
    op.drop_index("ix_council_schemas_plan_step_state", "council_schemas_plan_step")
    op.drop_index("ix_council_schemas_plan_state", "council_schemas_plan")
    for name in (*TEXTS, "about", "started", "ended"):
        op.drop_column("council_schemas_plan", name)
