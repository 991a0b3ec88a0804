"""What every page of the journey needs: who reads it, the dataset that it is about, the form's own token."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError


def context() -> Any:
    return {"user": tk.current_user.name, "auth_user_obj": tk.current_user, "for_view": True}


def dataset(id: str) -> dict[str, Any]:
    try:
        return tk.get_action("package_show")(context(), {"id": id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        # As on CKAN's own page: what may not be read is not said to exist.
        return tk.abort(404, tk._("Dataset not found"))


def allowed(action: str, id: str) -> dict[str, Any]:
    """The dataset, for somebody who may do this to it; all others are refused."""
    pkg = dataset(id)
    try:
        tk.check_access(action, context(), {"dataset": pkg["id"]})
    except tk.NotAuthorized as error:
        tk.abort(403, str(error))
    return pkg


def number() -> int:
    """The page asked for, from 1."""
    text = tk.request.args.get("page", "1")
    return max(int(text), 1) if text.isdigit() and len(text) < 7 else 1


def check_token() -> None:
    """A form's own check: CKAN exempts a view for good once somebody has called it with an API token."""
    if not tk.config["WTF_CSRF_ENABLED"] or tk.g.get("login_via_auth_header"):
        return
    try:
        validate_csrf(tk.request.form.get(tk.g.csrf_field_name))
    except ValidationError as error:
        tk.abort(400, str(error))
