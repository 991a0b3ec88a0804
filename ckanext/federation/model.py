"""Tables: a node, its runs (a run holds a plan), the plan's steps with their outcomes, and what was harvested."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from ckan.plugins import toolkit
from sqlalchemy import BigInteger, Boolean, Column, DateTime, ForeignKey, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = toolkit.BaseModel.metadata


def new_id() -> str:
    """A random UUID as text."""
    return str(uuid.uuid4())


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def _moment(name: str, **options: Any) -> Column[Any]:
    return Column(name, DateTime(timezone=True), **options)


node_table = Table(
    "federation_node",
    metadata,
    Column("id", Text, primary_key=True, default=new_id),
    Column("name", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False, default=""),
    Column("url", Text, nullable=False),  # the site, for people
    Column("feed_url", Text, nullable=False),
    Column("dialect", Text, nullable=False, default="auto"),
    Column("state", Text, nullable=False, default="active"),  # active, paused
    Column("organization_id", Text, nullable=False),
    Column("organization_policy", Text, nullable=False, default="create"),  # node, match, create
    Column("contacts", Text, nullable=False, default="team"),  # team, all
    Column("licence_map", JSONB, nullable=False, default=dict),
    Column("interval_hours", Integer, nullable=False, default=24),
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", Text, nullable=False, default=""),
    Column("feed_sha256", Text, nullable=False, default=""),
    Column("policy_digest", Text, nullable=False, default=""),
    Column("last_records", Integer, nullable=False, default=0),
    Column("feed_token", Text, nullable=False, default=""),  # where a feed of changes goes on
    _moment("whole_read"),  # when such a feed was last read from its beginning
    _moment("created", nullable=False, default=now),
    _moment("modified", nullable=False, default=now),
    _moment("due"),
)

run_table = Table(
    "federation_run",
    metadata,
    Column("id", Text, primary_key=True, default=new_id),
    Column("node_id", Text, ForeignKey("federation_node.id", ondelete="CASCADE"), nullable=False),
    # planning, planned, held, applying, paused, done, unchanged, failed, superseded, cancelled
    Column("status", Text, nullable=False),
    Column("user_id", Text, nullable=False, default=""),
    Column("approved_by", Text, nullable=False, default=""),
    Column("url", Text, nullable=False, default=""),
    Column("dialect", Text, nullable=False, default=""),
    Column("sha256", Text, nullable=False, default=""),
    Column("bytes", BigInteger, nullable=False, default=0),
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", Text, nullable=False, default=""),
    Column("policy_digest", Text, nullable=False, default=""),
    Column("feed_token", Text, nullable=False, default=""),
    Column("counts", JSONB, nullable=False, default=dict),
    Column("results", JSONB, nullable=False, default=dict),
    Column("held", JSONB, nullable=False, default=list),
    Column("notes", JSONB, nullable=False, default=list),
    Column("error", Text, nullable=False, default=""),
    Column("ordered", Text, nullable=False, default=""),  # what a person asked of it meanwhile: pause, cancel
    Column("undoes", Text, nullable=False, default=""),  # the run that this one rolls back
    Column("rolled_back", Text, nullable=False, default=""),  # the run that rolled this one back
    _moment("started", nullable=False, default=now),
    _moment("planned"),
    _moment("finished"),
    _moment("heartbeat", nullable=False, default=now),
    Index("ix_federation_run_node", "node_id", "started"),
)

record_table = Table(
    "federation_record",
    metadata,
    Column("id", Text, primary_key=True, default=new_id),
    Column("node_id", Text, ForeignKey("federation_node.id", ondelete="CASCADE"), nullable=False),
    Column("upstream_id", Text, nullable=False),
    Column("package_id", Text, nullable=False),
    Column("state", Text, nullable=False),  # active, withdrawn, quarantined
    Column("signature", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Column("raw_sha256", Text, nullable=False),
    Column("dataset", JSONB, nullable=False, default=dict),
    Column("notes", JSONB, nullable=False, default=list),
    Column("upstream_page", Text, nullable=False, default=""),
    Column("upstream_issued", Text, nullable=False, default=""),
    Column("upstream_modified", Text, nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("run_id", Text, nullable=False),
    Column("unindexed", Boolean, nullable=False, default=False),
    # The dataset's metadata_modified as the harvest left it (UTC): another one says that somebody changed it here.
    Column("landed", DateTime),
    Column("overrides", JSONB, nullable=False, default=list),  # fields that stay as a steward set them
    # Several nodes' records may be one dataset (harvest/links.py).
    Column("known_by", ARRAY(Text)),  # by what it is known at other nodes; None: not worked out yet
    Column("governs", Boolean, nullable=False, default=True),  # its values are the dataset's
    Column("apart", Boolean, nullable=False, default=False),  # a steward said that it is the same as no other
    Column("former_package_id", Text, nullable=False, default=""),  # the dataset it had before it was joined to another
    Column("hops", JSONB, nullable=False, default=list),  # portals before the node, as the feed tells, the origin first
    _moment("first_harvested", nullable=False, default=now),
    _moment("harvested", nullable=False, default=now),
    Index("ux_federation_record_upstream", "node_id", "upstream_id", unique=True),
    Index("ix_federation_record_package", "package_id"),
    Index("ix_federation_record_unindexed", "node_id", postgresql_where="unindexed"),
    Index("ix_federation_record_keys", "known_by", postgresql_using="gin"),
)

outcome_table = Table(
    "federation_outcome",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("run_id", Text, ForeignKey("federation_run.id", ondelete="CASCADE"), nullable=False),
    Column("action", Text, nullable=False),  # create, link, update, restore, withdraw, refuse, undo, split, join
    # planned, created, linked, updated, noted, restored, withdrawn, refused, quarantined, failed, cancelled, undone, kept,
    # parted, joined
    Column("status", Text, nullable=False),
    Column("upstream_id", Text, nullable=False, default=""),
    Column("package_id", Text, nullable=False, default=""),
    Column("title", Text, nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("notes", JSONB, nullable=False, default=list),
    Column("changes", JSONB, nullable=False, default=list),
    Column("dataset", JSONB, nullable=False, default=dict),
    Column("publisher", JSONB, nullable=False, default=dict),
    Column("raw", Text, nullable=False, default=""),
    Column("signature", Text, nullable=False, default=""),
    Column("content_hash", Text, nullable=False, default=""),
    Column("before", JSONB, nullable=False, default=dict),  # the dataset before the step, for rolling back
    Column("record_before", JSONB, nullable=False, default=dict),  # and its record
    Column("landed", DateTime),  # the dataset's metadata_modified when the step was done
    Column("undoes", BigInteger),  # the outcome that this one rolls back
    Column("hops", JSONB, nullable=False, default=list),
    Column("known_by", ARRAY(Text), nullable=False, default=list),
    _moment("settled"),
    Index("ix_federation_outcome_run", "run_id", "status", "id"),
)

organization_table = Table(
    "federation_organization",
    metadata,
    Column("id", Text, primary_key=True, default=new_id),
    Column("node_id", Text, ForeignKey("federation_node.id", ondelete="CASCADE"), nullable=False),
    Column("upstream_key", Text, nullable=False),
    Column("organization_id", Text, nullable=False),
    _moment("created", nullable=False, default=now),
    Index("ux_federation_organization_key", "node_id", "upstream_key", unique=True),
)

# Records of nodes that were deleted, written by a trigger; a node registered again takes them up (harvest/former.py).
former_table = Table(
    "federation_former",
    metadata,
    Column("id", Text, primary_key=True),
    Column("node", Text, nullable=False),  # its title
    Column("url", Text, nullable=False),
    Column("feed_url", Text, nullable=False),
    Column("upstream_id", Text, nullable=False),
    Column("package_id", Text, nullable=False),
    _moment("deleted", nullable=False),
    Column("known_by", ARRAY(Text), nullable=False),
    Column("record", JSONB, nullable=False),
    Index("ix_federation_former_keys", "known_by", postgresql_using="gin"),
    Index("ix_federation_former_upstream", "upstream_id"),
)
