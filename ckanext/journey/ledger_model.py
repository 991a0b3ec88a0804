"""The tables that are no projection: the ledger, its checkpoints, and the tokens by which tools write to it.

They have a MetaData of their own: CKAN's own would empty them with its other tables, which the ledger refuses.
`journey_actor` says who stands behind an event's commitment; it is outside the hashed bytes so that a person can
be forgotten without breaking the chain.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()
TIME = sa.DateTime(timezone=True)

event = sa.Table(
    "journey_event",
    metadata,
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("recorded", sa.Text, nullable=False),
    sa.Column("package_id", sa.Text, index=True),
    sa.Column("key", sa.Text),
    sa.Column("token_id", sa.Text),
    sa.Column("created", TIME, nullable=False, server_default=sa.text("clock_timestamp()")),
    sa.UniqueConstraint("stream", "key"),
)

head = sa.Table(
    "journey_head",
    metadata,
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("recorded", sa.Text, nullable=False),
)

actor = sa.Table(
    "journey_actor",
    metadata,
    sa.Column("commitment", sa.String(64), primary_key=True),
    sa.Column("salt", sa.Text, nullable=False),
    sa.Column("user_id", sa.Text, nullable=False, index=True),
)

# Signed statements of how far a stream had come. `body` is the signed text, byte for byte.
checkpoint = sa.Table(
    "journey_checkpoint",
    metadata,
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("head", sa.String(64), nullable=False),
    sa.Column("made", TIME, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
    sa.Column("public_key", sa.Text, nullable=False),
    sa.Column("anchor", sa.Text),
)

# Other portals' checkpoints, as they were when they were fetched.
mirror = sa.Table(
    "journey_mirror",
    metadata,
    sa.Column("portal", sa.Text, primary_key=True),
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("head", sa.String(64), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
    sa.Column("public_key", sa.Text, nullable=False),
    sa.Column("fetched", TIME, nullable=False),
)

# What a tool shows to report lineage; of its secret only SHA-256 is kept.
token = sa.Table(
    "journey_token",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("secret", sa.String(64), nullable=False, unique=True),
    sa.Column("stream", sa.Text, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("namespaces", JSONB, nullable=False),
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("user_id", sa.Text),
    sa.Column("created", TIME, nullable=False),
    sa.Column("last_used", TIME),
    sa.Column("revoked", TIME),
)
