"""What views of all subjects need: actions called as the reader, and the form's own check."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError


def context() -> Any:
    return {"user": tk.current_user.name, "auth_user_obj": tk.current_user, "for_view": True}


def act(name: str, **data: Any) -> Any:
    """Call an action as the reader; what is not there or not theirs becomes the page that says so."""
    try:
        return tk.get_action(name)(context(), data)
    except tk.ObjectNotFound:
        tk.abort(404, tk._("There is no such page."))
    except tk.NotAuthorized as error:
        tk.abort(403, str(error.message or tk._("You may not see this page.")))


def check_token() -> None:
    """The form's own check: CKAN exempts a view for good once somebody has called it with an API token."""
    if not tk.config["WTF_CSRF_ENABLED"] or tk.g.get("login_via_auth_header"):
        return
    try:
        validate_csrf(tk.request.form.get(tk.g.csrf_field_name))
    except ValidationError as error:
        tk.abort(400, str(error))


def page_number() -> int:
    text = tk.request.args.get("page", "1")
    return max(int(text), 1) if text.isdigit() and len(text) < 7 else 1
