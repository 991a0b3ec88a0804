"""A job that adds table and chart views once ckanext-xloader has loaded the files.

A chart view cannot be made before: ckanext-charts reads the DataStore table to check its settings. The
job stands in the queue behind the loads; with several workers it may come too early, and then waits its turn again.
"""

import logging
import time
from typing import Any

from ckan.plugins import toolkit as tk

log = logging.getLogger(__name__)
TRIES = 12
TITLE = "Charts of the demo"
TABLE = "datatables_view"
CHART = "charts_view"
MAP = "geojson_view"


def later(charts: dict[str, dict[str, Any]], tries: int = TRIES) -> None:
    """Put the job in the queue; ``charts`` maps resource ids to settings."""
    tk.enqueue_job(create, [charts, tries], title=TITLE, rq_kwargs={"timeout": 600})


def create(charts: dict[str, dict[str, Any]], tries: int = TRIES) -> None:
    """The job. A resource that was deleted meanwhile is left out; one that is not loaded yet is tried again."""
    waiting = {}
    for resource_id, settings in charts.items():
        if (loaded := _is_loaded(resource_id)) is None:
            continue
        if not loaded or not _has_views(resource_id, settings):
            waiting[resource_id] = settings
    if waiting and tries > 1:
        time.sleep(min(10, TRIES - tries + 1))
        later(waiting, tries - 1)
    elif waiting:
        log.warning(
            "No chart for %s: not in the DataStore. Run 'ckan portal demo' again once they are.", ", ".join(waiting)
        )


def missing(resource_id: str) -> bool:
    """Whether a resource has no chart."""
    return CHART not in view_types(resource_id)


def _is_loaded(resource_id: str) -> bool | None:
    try:
        return bool(tk.get_action("resource_show")({"ignore_auth": True}, {"id": resource_id}).get("datastore_active"))
    except tk.ObjectNotFound:
        return None


def _has_views(resource_id: str, settings: dict[str, Any]) -> bool:
    """Make what is missing; False if the DataStore's table could not be read."""
    present = view_types(resource_id)
    create_view = tk.get_action("resource_view_create")
    if TABLE not in present:
        create_view(_context(), {"resource_id": resource_id, "view_type": TABLE, "title": "Table"})
    if CHART in present:
        return True
    try:
        create_view(_context(), {"resource_id": resource_id, "view_type": CHART, **settings})
    except tk.ValidationError as error:
        log.error("No chart for %s: %s", resource_id, error.error_summary)
        return True
    return True


def view_types(resource_id: str) -> set[str]:
    """The types of a resource's views."""
    views = tk.get_action("resource_view_list")({"ignore_auth": True}, {"id": resource_id})
    return {view["view_type"] for view in views}


def _context() -> Any:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    return {"ignore_auth": True, "user": user["name"]}
