"""Who may read the code lists: everyone."""

from typing import Any

import ckan.plugins.toolkit as tk


@tk.auth_allow_anonymous_access
def council_vocabulary_list(context: Any, data_dict: dict[str, Any]) -> dict[str, bool]:
    return {"success": True}


@tk.auth_allow_anonymous_access
def council_vocabulary_show(context: Any, data_dict: dict[str, Any]) -> dict[str, bool]:
    return {"success": True}
