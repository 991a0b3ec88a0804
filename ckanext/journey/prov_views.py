"""PROV files of other tools: the form that reads one into a journey, and the answers to tools that send one."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from flask import Blueprint, jsonify
from flask.views import MethodView
from sqlalchemy.exc import OperationalError

from . import pages
from .imports import reading

prov = Blueprint("journey_prov", __name__)


def answered(request: Any, token: Any, body: bytes) -> Any:
    """What `POST /api/v1/lineage/prov` answers: 201 with the receipt, 200 if it told nothing new, else what is wrong."""
    asked = {
        name: request.args[name] for name in ("dataset", "format", "visibility", "dry_run") if name in request.args
    }
    asked["format"] = asked.get("format") or reading.format_of("", request.headers.get("Content-Type", ""))
    context = pages.context() | ({"journey_token": token} if token else {})
    try:
        if not asked.get("dataset"):
            return _refused(400, tk._("Name the dataset: ?dataset=..."))
        done = tk.get_action("journey_prov_import")(context, {**asked, "content": body})
    except tk.ObjectNotFound as error:
        return _refused(404, str(error) or tk._("Dataset not found"))
    except tk.NotAuthorized as error:
        return _refused(403, str(error))
    except tk.ValidationError as error:
        return _refused(400, _said(error))
    except OperationalError:
        model.Session.rollback()
        return _refused(503, tk._("The organisation's ledger is busy: send it again"))
    return jsonify(done), 201 if done["recorded"] else 200


def _refused(status: int, text: str) -> Any:
    return jsonify({"error": text}), status


def _said(error: Any) -> str:
    return " ".join(
        str(text) for texts in error.error_dict.values() for text in (texts if isinstance(texts, list) else [texts])
    )


class Import(MethodView):
    """The form; its answer says what was recorded and what found no place."""

    def get(self, id: str) -> Any:
        return self._page(pages.allowed("journey_prov_import", id))

    def post(self, id: str) -> Any:
        pages.check_token()
        pkg = pages.allowed("journey_prov_import", id)
        form, file = tk.request.form, tk.request.files.get("upload")
        asked = {"dataset": pkg["id"], "visibility": form.get("visibility", ""), "dry_run": form.get("do") != "record"}
        if file and file.filename:
            asked |= {"upload": file, "format": reading.format_of(file.filename) or ""}
        try:
            done = tk.get_action("journey_prov_import")(pages.context(), asked)
        except tk.ValidationError as error:
            return self._page(pkg, error=_said(error)), 400
        return self._page(pkg, done, asked["dry_run"])

    def _page(self, pkg: dict[str, Any], done: Any = None, is_dry: bool = False, error: str = "") -> str:
        values = {"pkg_dict": pkg, "pkg": pkg, "dataset_type": pkg["type"], "done": done, "is_dry": is_dry}
        return tk.render("journey/prov.html", values | {"errors": {"upload": error} if error else {}})


prov.add_url_rule("/dataset/journey/<id>/prov", view_func=Import.as_view("form"))
