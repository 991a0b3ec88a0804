"""A dataset's public journey, asked of whichever plugin has the action ``journey_show``."""

from __future__ import annotations

import logging
from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context

log = logging.getLogger(__name__)

_ACTION = "journey_show"
_KEPT = ("stage", "systems", "steps", "hops")
# Of a long journey the latest steps.
_STEPS = 100
_PUBLIC = Context(user="", auth_user_obj=None, ignore_auth=False)


def of(package_id: str) -> dict[str, Any] | None:
    """What everyone may see of it; None without journey, or when it cannot be had: the dataset is shown all the same."""
    try:
        show = toolkit.get_action(_ACTION)
    except KeyError:
        return None
    try:
        with model.Session.begin_nested():
            shown = show(Context(_PUBLIC), {"id": package_id, "public": True, "limit": _STEPS})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        return None
    except Exception:
        log.exception("The journey of dataset %s could not be read", package_id)
        return None
    kept = {name: shown.get(name) for name in _KEPT}
    return kept if any(kept[name] for name in ("systems", "steps", "hops")) else None
