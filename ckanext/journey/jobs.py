"""Jobs of the journey, for the schedule."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk

from . import config, downloads, held, reindexing, signals, upgrading
from .lineage import project
from .workflow import moves

log = logging.getLogger(__name__)


def publish_due() -> None:
    """Publish what is approved and whose day has come; what was changed since then goes back for approval."""
    done = moves.publish_due()
    if any(done.values()):
        log.info("Journey: published on their day: %(published)s; changed since: %(lapsed)s; failed: %(failed)s", done)


def fold_lineage() -> None:
    """Show what tools reported and was kept, where nobody has read it yet."""
    engine: Any = model.meta.engine
    with engine.connect() as conn:

        def settle(changed: Collection[str]) -> None:
            conn.commit()
            signals.send(changed)
            reindexing.soon(changed)

        project.everything(conn, settle)


def settle_holds() -> None:
    """Holds and releases of files that the ledger missed."""
    told = held.settle()
    if told:
        log.info("Journey: %d holds and releases of files told late", told)


def keep_tables() -> None:
    """After an upgrade that makes other rows of the same events: have the tables made again, by a job of its own."""
    if upgrading.ask():
        log.info("Journey: the tables are of an earlier version, and are made anew")


def tell_downloads() -> None:
    """Downloads of the days that are over, into the ledger."""
    told = downloads.tell()
    if told:
        log.info("Journey: downloads told of %d datasets", told)


def sign() -> None:
    """The daily checkpoint, and the daily copies of other portals' checkpoints."""
    context: Any = {"ignore_auth": True}
    try:
        tk.get_action("journey_checkpoint_create")(context, {})
    except tk.ValidationError as error:
        log.error("Journey: the ledger was not signed: %s", error.error_dict)
    for url in config.mirrors():
        try:
            tk.get_action("journey_checkpoint_mirror")(context, {"url": url})
        except tk.ValidationError as error:
            log.error("Journey: %s was not mirrored: %s", url, error.error_dict)
