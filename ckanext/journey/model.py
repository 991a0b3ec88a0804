"""The tables. `journey_event` is the ledger and `journey_head` its length; the rest is made from the ledger again.

They have a MetaData of their own: CKAN's own would empty them with its other tables, which the ledger refuses.
`journey_actor` says who stands behind an event's commitment; it is outside the hashed bytes so that a person can
be forgotten without breaking the chain.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()
_TIME = sa.DateTime(timezone=True)

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
    sa.Column("created", _TIME, nullable=False, server_default=sa.text("clock_timestamp()")),
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

system = sa.Table(
    "journey_system",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("stream", sa.Text, nullable=False, index=True),
    sa.Column("slug", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("registered", sa.Boolean, nullable=False),
    sa.Column("kind", sa.Text),
    sa.Column("vendor", sa.Text),
    sa.Column("product", sa.Text),
    sa.Column("version", sa.Text),
    sa.Column("custodian_role", sa.Text),
    sa.Column("retirement_date", sa.Date),
    sa.Column("description", sa.Text),
    sa.Column("recorded", _TIME, nullable=False),
)

dataset = sa.Table(
    "journey_dataset",
    metadata,
    sa.Column("package_id", sa.Text, primary_key=True),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("stage", sa.Text),
    sa.Column("since", _TIME),
    sa.Column("legacy_system_id", sa.Text, index=True),
    sa.Column("fields", JSONB, nullable=False),
    sa.Column("updated", _TIME, nullable=False),
)

artefact = sa.Table(
    "journey_artefact",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("package_id", sa.Text),
    sa.Column("resource_id", sa.Text, index=True),
    sa.Column("system_id", sa.Text),
    sa.Column("namespace", sa.Text),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("version", sa.Text),
    sa.Column("kind", sa.Text),
    sa.Column("format", sa.Text),
    sa.Column("sha256", sa.String(64)),
    sa.Column("bytes", sa.BigInteger),
    sa.Column("rows", sa.BigInteger),
    sa.Column("schema", JSONB),
    sa.Column("sensitivity", sa.Text),
    sa.Column("generated", _TIME),
    sa.Column("invalidated", _TIME),
)

plan = sa.Table(
    "journey_plan",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("version", sa.Text),
    sa.Column("repository", sa.Text),
    sa.Column("commit", sa.Text),
)

step = sa.Table(
    "journey_step",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("package_id", sa.Text, index=True),
    sa.Column("resource_id", sa.Text),
    sa.Column("run_id", sa.Text),
    sa.Column("plan_id", sa.Text),
    sa.Column("parent_id", sa.Text),
    sa.Column("system_id", sa.Text, index=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("started", _TIME),
    sa.Column("ended", _TIME),
    sa.Column("day_only", sa.Boolean, nullable=False),
    sa.Column("recorded", _TIME, nullable=False),
    sa.Column("agent_role", sa.Text),
    sa.Column("on_behalf_of", sa.Text),
    sa.Column("tool", sa.Text),
    sa.Column("tool_version", sa.Text),
    sa.Column("rationale", sa.Text),
    sa.Column("capture", sa.Text, nullable=False),
    sa.Column("confidence", sa.Text, nullable=False),
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("rows_in", sa.BigInteger),
    sa.Column("rows_out", sa.BigInteger),
    sa.Column("rows_rejected", sa.BigInteger),
    sa.Column("rows_merged", sa.BigInteger),
    sa.Column("rows_split", sa.BigInteger),
    sa.Column("detail", JSONB, nullable=False),
)

step_io = sa.Table(
    "journey_step_io",
    metadata,
    sa.Column("step_id", sa.Text, primary_key=True),
    sa.Column("direction", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("artefact_id", sa.Text, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("rows", sa.BigInteger),
    sa.Column("rejected", sa.BigInteger),
    sa.Column("bytes", sa.BigInteger),
    sa.Column("columns", JSONB),
)

evidence = sa.Table(
    "journey_evidence",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("step_id", sa.Text, nullable=False, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("value", sa.Text),
    sa.Column("url", sa.Text),
    sa.Column("sha256", sa.String(64)),
    sa.Column("visibility", sa.Text, nullable=False),
)

hop = sa.Table(
    "journey_hop",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("package_id", sa.Text, nullable=False, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("step_id", sa.Text, nullable=False),
    sa.Column("node", sa.Text),
    sa.Column("portal", sa.Text, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("remote_id", sa.Text),
    sa.Column("source_type", sa.Text),
    sa.Column("remote_modified", sa.Text),
    sa.Column("content_hash", sa.Text),
    sa.Column("observed", sa.Boolean, nullable=False),
    sa.Column("harvested", _TIME, nullable=False),
)

failure = sa.Table(
    "journey_failure",
    metadata,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("package_id", sa.Text, index=True),
    sa.Column("hook", sa.Text, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("recorded", _TIME, nullable=False),
)

# What `ckan journey rebuild` makes again from the ledger.
PROJECTIONS = (system, dataset, artefact, plan, step, step_io, evidence, hop, failure)
