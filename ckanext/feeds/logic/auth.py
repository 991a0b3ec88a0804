"""Who may call this plugin's actions: reading a feed is for everyone, running it for sysadmins."""

from ckan.plugins import toolkit


@toolkit.auth_allow_anonymous_access
def feeds_dataset_show(context, data_dict):
    return {"success": True}


@toolkit.auth_allow_anonymous_access
def feeds_changes(context, data_dict):
    return {"success": True}


def feeds_status(context, data_dict):
    return {"success": False}


def feeds_render(context, data_dict):
    return {"success": False}
