"""What a deleted node brought here is remembered, so that the node finds its datasets when it is registered again.

By a trigger, since nodes are deleted in the database too, and their records go with them.

Revision ID: d41e8b7a2c66
Revises: c7d20b5e91f4
Create Date: 2026-11-26

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "d41e8b7a2c66"
down_revision = "c7d20b5e91f4"
branch_labels = None
depends_on = None

KEEP = """
CREATE OR REPLACE FUNCTION federation_keep_former() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO federation_former (id, node, url, feed_url, deleted, upstream_id, package_id, known_by, record)
    SELECT id, OLD.title, OLD.url, OLD.feed_url, now(), upstream_id, package_id, coalesce(known_by, '{}'), to_jsonb(record)
    FROM federation_record AS record WHERE node_id = OLD.id AND package_id <> ''
    ON CONFLICT DO NOTHING;
    RETURN OLD;
END $$
"""
TRIGGER = """
CREATE TRIGGER federation_node_deleted BEFORE DELETE ON federation_node
FOR EACH ROW EXECUTE FUNCTION federation_keep_former()
"""


def upgrade():
    names = ("node", "url", "feed_url", "upstream_id", "package_id")
    op.create_table(
        "federation_former",
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in names),
        sa.Column("deleted", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_by", ARRAY(sa.Text), nullable=False),
        sa.Column("record", JSONB, nullable=False),
    )
    op.create_index("ix_federation_former_keys", "federation_former", ["known_by"], postgresql_using="gin")
    op.create_index("ix_federation_former_upstream", "federation_former", ["upstream_id"])
    op.execute(KEEP)
    op.execute(TRIGGER)


def downgrade():
    op.execute("DROP TRIGGER federation_node_deleted ON federation_node")
    op.execute("DROP FUNCTION federation_keep_former()")
    op.drop_table("federation_former")
