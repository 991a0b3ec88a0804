"""Actions: a tidied copy of an uploaded file, or one with cells redacted, and its use in the file's place."""

from __future__ import annotations

from collections import Counter
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.common import config
from werkzeug.datastructures import FileStorage

from ...review import copies, release, settings, show, store
from ...review.model import Check, Decision, now

Dict = dict[str, Any]


def file_check_copy(context: Any, data_dict: Dict) -> Dict:
    """Have a copy of an uploaded file made, to be read before it is used.

    Takes ``id`` (resource), ``check_id`` (the check that was seen), ``kind``: ``tidy`` (``names``: known headers become
    the table's) or ``redact`` (``reason_code``: personal-data, commercial-confidentiality, safety; ``rules``: all cells
    that these rules find; ``cells``: line/column). A copy made before is dropped. Gives the check as file_check_show,
    with ``copy``. Raises ObjectNotFound, ValidationError.
    """
    check, person = _ready(context, data_dict, "file_check_copy")
    try:
        wanted = copies.ask(check, person, data_dict)
    except tk.ValidationError:
        model.Session.rollback()
        raise
    copy_id, resource_id = wanted.id, check.resource_id
    model.repo.commit()
    title = f"Copy of an uploaded file {copy_id}"
    tk.enqueue_job(copies.make, [copy_id], title=title, rq_kwargs={"timeout": settings.timeout(), "at_front": True})
    return _shown(resource_id)


def file_check_copy_drop(context: Any, data_dict: Dict) -> Dict:
    """Do not use a copy: its file goes, the uploaded file stays. Takes ``id`` (resource), ``copy_id``."""
    check, person = _ready(context, data_dict, "file_check_copy_drop")
    copies.drop(_copy(check, data_dict, copies.ASKED, copies.MADE, copies.FAILED), person)
    resource_id = check.resource_id
    model.repo.commit()
    return _shown(resource_id)


def file_check_copy_use(context: Any, data_dict: Dict) -> Dict:
    """Put a copy in the place of the uploaded file, which is kept apart; the copy is checked like any upload.

    Takes ``id`` (resource), ``copy_id``. Raises ObjectNotFound, ValidationError when another file came meanwhile.
    """
    check, person = _ready(context, data_dict, "file_check_copy_use")
    wanted = _copy(check, data_dict, copies.MADE)
    resource: Any = model.Resource.get(check.resource_id)
    copies.set_aside(wanted, resource)
    name = check.name.rsplit(".", 1)[0] + ".csv"
    told = _told(check, wanted, person, name)
    with copies.path(wanted.id).open("rb") as handle:
        wanted.state, wanted.answered, wanted.answered_by = copies.USED, now(), person
        sent = {"id": check.resource_id, "format": "CSV", "url": name, "upload": FileStorage(handle, filename=name)}
        # The commit of the file is that of the decision, too.
        tk.get_action("resource_patch")({"user": context["user"], "auth_user_obj": context.get("auth_user_obj")}, sent)
    for signal, facts in told:
        release.send(signal, facts)
    return _shown(sent["id"])


def _told(check: Check, wanted: Decision, person: str, name: str) -> list[tuple[str, Dict]]:
    facts = {
        "check_id": check.id, "resource_id": check.resource_id, "package_id": check.package_id, "name": check.name,
        "sha256": check.sha256, "user_id": person, "rows": check.rows, "held": check.held,
    }  # fmt: skip
    detail = wanted.detail
    made = {"tidied_sha256": detail["sha256"], "tidied_rows": detail["rows"], "tidied_resource_id": check.resource_id}
    made["tidied_name"] = name
    changes = Counter({each["rule"]: each["count"] for each in detail["changes"]})
    if wanted.kind == copies.TIDY:
        return [("file_tidied", facts | made | {"changes": dict(changes)})]
    codes, cells = {detail["reason_code"]: detail.get("redacted", 0)}, detail.get("redacted", 0)
    redacted = {"decision": "redacted", "reason": wanted.reason, "cells": cells, "reason_codes": codes}
    return [("personal_data_decided", facts | made | redacted | {"proposed_by": person})]


def _ready(context: Any, data_dict: Dict, action: str) -> tuple[Check, str]:
    resource_id = tk.get_or_bust(data_dict, "id")
    tk.check_access(action, context, {"id": resource_id})
    check, person = store.for_decision(resource_id), store.user_id(context)
    if check is None:
        raise tk.ObjectNotFound(tk._("This file has no check."))
    if not person:
        raise tk.NotAuthorized(tk._("Only a person can decide this: sign in"))
    if not config.get("ckan.storage_path"):
        raise tk.ValidationError({"id": [tk._("Uploads are not kept on this portal.")]})
    if data_dict.get("check_id") and data_dict["check_id"] != check.id:
        raise tk.ValidationError({"check_id": [tk._("A newer file was uploaded meanwhile: read its report first.")]})
    return check, person


def _copy(check: Check, data_dict: Dict, *states: str) -> Decision:
    found = model.Session.get(Decision, str(tk.get_or_bust(data_dict, "copy_id")), populate_existing=True)
    if found is None or found.check_id != check.id or found.kind not in (copies.TIDY, copies.REDACT):
        raise tk.ObjectNotFound(tk._("This file has no such copy."))
    if found.state not in states:
        raise tk.ValidationError({"copy_id": [tk._("This copy is not there to be used.")]})
    return found


def _shown(resource_id: str) -> Dict:
    check = store.current(resource_id)
    if check is None:  # by its new name it is no table any more
        raise tk.ObjectNotFound(tk._("This file has no check."))
    return show.full(check)
