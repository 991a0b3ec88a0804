"""Background jobs."""

from __future__ import annotations

import logging

from . import sync

log = logging.getLogger(__name__)

# A job ends before the queue's own limit (ckan.jobs.timeout) and queues the rest anew.
_SECONDS = 120


def render_pending() -> None:
    """Render every dataset whose fragment is missing or not up to date."""
    if not sync.catch_up(_SECONDS):
        log.info("Rendering goes on in another job")
