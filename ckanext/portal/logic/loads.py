"""Loading files into the DataStore, where ckanext-xloader 2.6 and CKAN 2.12 do not quite meet: chained actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ckan.lib import jobs
from ckan.plugins import toolkit as tk
from ckan.types import Context


@tk.chained_action
def datastore_create(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    """ckanext-xloader loads tables as nobody, which ckanext-activity cannot record: then the site user did it.

    Without it each load fails after guessing types, and falls back to columns of text.
    """
    if context.get("ignore_auth") and not context.get("user"):
        context["user"] = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return up(context, data_dict)


@tk.chained_action
def xloader_submit(up: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    """A file whose load still waits is not queued twice: the load will take the file as it then is.

    ckanext-xloader looks for the waiting load in the job's description, which RQ 2 shortens, and fails. So its
    own look is spared: a task that is in the queue answers False, as it would; one that is lost is forgotten.
    """
    task = {"entity_id": data_dict.get("resource_id"), "task_type": "xloader", "key": "xloader"}
    free: Context = {"ignore_auth": True}
    try:
        tk.check_access("xloader_submit", context, data_dict)
        pending = tk.get_action("task_status_show")(free.copy(), task)
    except tk.ObjectNotFound:
        return up(context, data_dict)
    if pending.get("state") == "pending":
        if data_dict.get("resource_id") in _waiting():
            return False
        tk.get_action("task_status_delete")(free.copy(), {"id": pending["id"]})
    return up(context, data_dict)


def _waiting() -> set[str]:
    """The resources whose loads are in the queues."""
    found = set()
    for queue in jobs.get_all_queues():
        for job in queue.get_jobs():
            if str(job.func_name).endswith("xloader_data_into_datastore"):
                found |= {
                    data["metadata"]["resource_id"]
                    for data in job.args
                    if isinstance(data, dict) and "metadata" in data
                }
    return found
