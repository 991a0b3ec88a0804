"""Background jobs."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from . import sync

log = logging.getLogger(__name__)

# A job ends before the queue's own limit (ckan.jobs.timeout) and queues the rest anew.
_SECONDS = 120


def render_pending(package_ids: Sequence[str] = ()) -> None:
    """Render every dataset whose fragment is missing or not up to date, and these."""
    for package_id in package_ids:
        sync.refresh_one(package_id)
    if not sync.catch_up(_SECONDS, wait=False):
        log.info("Rendering goes on in another job")
