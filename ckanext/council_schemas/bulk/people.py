"""Whose permissions count, and how CKAN is asked as them."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk


def context(user: Any, **more: Any) -> Any:
    """A context of an action that is called as this user (a row of CKAN's model)."""
    return {"model": model, "session": model.Session, "user": user.name, "auth_user_obj": user, **more}


def active(user_id: str) -> Any:
    """The user, or None for one who is gone or was shut out."""
    user: Any = model.User.get(user_id) if user_id else None
    return user if user is not None and user.state == "active" else None


def person(given: Any) -> Any:
    """The user who calls an action. Raises NotAuthorized where nobody is signed in."""
    user = model.User.get(given.get("user") or "")
    if user is None:
        raise tk.NotAuthorized(tk._("Sign in to work with spreadsheets"))
    return user


def may(user: Any, action: str, data: dict[str, Any]) -> bool:
    try:
        return bool(tk.check_access(action, context(user), data))
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False


def show(user: Any, dataset_id: str, **more: Any) -> dict[str, Any]:
    """A dataset as the database has it, with what its editors may see. Raises ObjectNotFound, NotAuthorized."""
    return tk.get_action("package_show")(context(user, use_cache=False, **more), {"id": dataset_id})
