"""Which files of a dataset their check holds back, asked of whatever plugin checks files here."""

from __future__ import annotations

from ckan.plugins import toolkit as tk


def held_files(package_id: str) -> tuple[str, ...]:
    """Names of the files that are held back; none where no plugin checks files."""
    try:
        listed = tk.get_action("file_check_list")
    except KeyError:
        return ()
    found = listed({"ignore_auth": True}, {"package_id": package_id, "held": True})
    return tuple(str(item.get("name") or item.get("file_name") or item.get("resource_id")) for item in found["results"])
