"""One dataset's metadata as JSON in the forms of other catalogues."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, jsonify

council_exports = Blueprint("council_exports", __name__)


@council_exports.route("/dataset/export/<id>/<form>.json")
def read(id: str, form: str) -> Any:
    context: Any = {"user": tk.current_user.name, "auth_user_obj": tk.current_user}
    try:
        return jsonify(tk.get_action("council_export")(context, {"id": id, "format": form}))
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("Dataset not found"))
    except tk.ValidationError as error:
        return jsonify({"error": error.error_dict}), 409
