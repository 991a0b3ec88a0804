"""The tables. Those of `ledger_model` stand by themselves; those here are made from the ledger again."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from .ledger_model import TIME, actor, checkpoint, event, head, metadata, mirror, token

__all__ = ["actor", "checkpoint", "event", "head", "metadata", "mirror", "token"]

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
    sa.Column("recorded", TIME, nullable=False),
)

dataset = sa.Table(
    "journey_dataset",
    metadata,
    sa.Column("package_id", sa.Text, primary_key=True),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("stage", sa.Text),
    sa.Column("since", TIME),
    sa.Column("legacy_system_id", sa.Text, index=True),
    sa.Column("fields", JSONB, nullable=False),
    sa.Column("updated", TIME, nullable=False),
)

artefact = sa.Table(
    "journey_artefact",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("package_id", sa.Text, index=True),
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
    sa.Column("generated", TIME),
    sa.Column("invalidated", TIME),
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
    sa.Column("run_id", sa.Text, index=True),
    sa.Column("plan_id", sa.Text),
    sa.Column("parent_id", sa.Text),
    sa.Column("system_id", sa.Text, index=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("started", TIME),
    sa.Column("ended", TIME),
    sa.Column("day_only", sa.Boolean, nullable=False),
    sa.Column("recorded", TIME, nullable=False),
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
    # What the graph joins by: the bytes where they are known, else the name (rows.node_of).
    sa.Column("node", sa.Text),
    sa.Column("at", TIME),
    sa.Index("ix_journey_step_io_node", "node", "direction", "at"),
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
    sa.Column("harvested", TIME, nullable=False),
)

# Files that their check holds back, until they are released: what is told of them is for those who may edit the dataset.
hold = sa.Table(
    "journey_hold",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("package_id", sa.Text, nullable=False, index=True),
    sa.Column("stream", sa.Text, nullable=False, index=True),
    sa.Column("resource_id", sa.Text, nullable=False, index=True),
    sa.Column("check_id", sa.Text),
    sa.Column("artefact_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64)),
    sa.Column("node", sa.Text, nullable=False, index=True),
    sa.Column("told", TIME, nullable=False),
    # Steps recorded before speak of the same bytes when they were public; None: these bytes never were.
    sa.Column("since", TIME),
)

failure = sa.Table(
    "journey_failure",
    metadata,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("package_id", sa.Text, index=True),
    sa.Column("hook", sa.Text, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("recorded", TIME, nullable=False),
)

# Where a release stood, and from when; the latest row of a dataset is where it stands now.
move = sa.Table(
    "journey_move",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("package_id", sa.Text, nullable=False),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("since", TIME, nullable=False),
    sa.Column("move", sa.Text),
    sa.Column("agent_role", sa.Text),
    sa.Column("owner_role", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("due", sa.Date),
    sa.Column("publish_at", TIME),
    sa.Column("embargo", TIME),
    sa.Column("content", sa.Text),
    sa.Index("ix_journey_move_package", "package_id", "since", "sequence"),
)

# Who signs for privacy in an organisation. Rights of today, not history, so no projection.
officer = sa.Table(
    "journey_officer",
    metadata,
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("named", TIME, nullable=False),
)

# What the next release of a dataset begins with.
template = sa.Table(
    "journey_template",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("package_id", sa.Text),
    sa.Column("dataset", JSONB, nullable=False),
    sa.Column("steps", JSONB, nullable=False),
    sa.Column("created", TIME, nullable=False),
    sa.UniqueConstraint("stream", "name"),
)

# What tools told of a run, a job or a dataset, folded together (lineage.fold).
run = sa.Table(
    "journey_run",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", JSONB, nullable=False),
)

# How far into a stream the events of tools have been folded: they are kept at once, and folded in bulk.
folded = sa.Table(
    "journey_folded",
    metadata,
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
)

# What datasets that tools name are here.
alias = sa.Table(
    "journey_alias",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("stream", sa.Text, nullable=False, index=True),
    sa.Column("namespace", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("package_id", sa.Text),
    sa.Column("resource_id", sa.Text),
)

# Downloads of a day; no address, no user.
download = sa.Table(
    "journey_download",
    metadata,
    sa.Column("resource_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("package_id", sa.Text, index=True),
    sa.Column("downloads", sa.BigInteger, nullable=False),
)

# By which version of the code the projections were made (projection.VERSION): one row.
projected = sa.Table(
    "journey_projected",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("made", TIME, nullable=False),
)

# What `ckan journey rebuild` makes again from the ledger.
PROJECTIONS = (
    *(system, dataset, artefact, plan, step, step_io, evidence, hop, failure, move),
    *(run, folded, alias, download, hold),
)
