"""Actions: the checks of uploaded files, and what people decide about them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ...review import decide, jobs, reading, settings, show, store, watch
from ...review.model import Check, new_id

Dict = dict[str, Any]


@tk.side_effect_free
def file_check_show(context: Any, data_dict: Dict) -> Dict:
    """The check of a resource's file with its report, for the dataset's editors.

    Takes ``id`` (resource). Gives state, held, table, counts, progress, the whole report (``Report.to_dict``; empty
    while there is none) and the decisions. Raises ObjectNotFound where the file has no check.
    """
    resource_id = tk.get_or_bust(data_dict, "id")
    tk.check_access("file_check_show", context, {"id": resource_id})
    return show.full(_found(store.current(resource_id)))


@tk.side_effect_free
def file_check_list(context: Any, data_dict: Dict) -> Dict:
    """Checks as ``{"count", "results"}``, oldest first: resource_id, package_id, name, state, held, counts.

    Takes ``package_id`` (id or name), and ``held`` (only those held, or only those not). Raises ObjectNotFound.
    """
    package = model.Package.get(tk.get_or_bust(data_dict, "package_id"))
    if package is None:
        raise tk.ObjectNotFound(tk._("There is no such dataset."))
    tk.check_access("file_check_list", context, {"package_id": package.id})
    active: dict[str, Any] = {one.id: one for one in package.resources}
    found = sorted(store.of_package(package.id).values(), key=lambda check: check.uploaded)
    if data_dict.get("held") is not None:
        wanted = tk.asbool(data_dict["held"])
        found = [check for check in found if check.held == wanted]
    results = [show.short(one, active[one.resource_id].name) for one in found if one.resource_id in active]
    return {"count": len(results), "results": results}


@tk.side_effect_free
def file_check_unreleased(context: Any, data_dict: Dict) -> list[Dict]:
    """Uploaded files that the public never could see: held now, or replaced while they were held. For sysadmins.

    What another plugin knows of files by their bytes, it keeps to those who may edit the dataset. Gives check_id,
    resource_id, package_id, name, sha256 (empty: it was never read), uploaded.
    """
    tk.check_access("file_check_unreleased", context, data_dict)
    return store.unreleased()


def file_check_run(context: Any, data_dict: Dict) -> Dict:
    """Have a resource's uploaded file checked (again).

    Takes ``id`` (resource), and ``table`` (code or short name; empty: that of the dataset's set). Another table takes
    back what was decided. A file that is public stays so. Raises ObjectNotFound, ValidationError.
    """
    resource_id = tk.get_or_bust(data_dict, "id")
    tk.check_access("file_check_run", context, {"id": resource_id})
    check = store.for_decision(resource_id) or _new(context, resource_id)
    if "table" in data_dict:
        decide.choose_table(check, str(data_dict["table"] or ""))
    return _again(check)


def file_check_waive(context: Any, data_dict: Dict) -> Dict:
    """Answer for a file that its check holds.

    Takes ``id`` (resource), ``reason``, and ``kind``: ``problems`` are waived by one editor; ``personal`` (what may be
    a person's data, and a file that could not be read) is proposed by one and answered by another with ``answer``
    (``approve``, ``refuse``). Without ``kind``, what keeps the file. ``check_id``: the check that was seen; refused
    when a newer file came meanwhile. Raises ObjectNotFound, NotAuthorized, ValidationError.
    """
    resource_id = tk.get_or_bust(data_dict, "id")
    tk.check_access("file_check_waive", context, {"id": resource_id})
    check, person = _found(store.for_decision(resource_id)), _person(context)
    try:
        decide.waive(check, person, data_dict)
    except tk.ValidationError:
        model.Session.rollback()
        raise
    return show.full(_found(store.current(resource_id)))


def file_check_mapping_update(context: Any, data_dict: Dict) -> Dict:
    """Say what a source's headers mean; kept for the organisation's next files with these headers, and checked again.

    Takes ``id`` (resource) and ``mapping`` ({header as written: field of the table, or empty for none}).
    Raises ObjectNotFound, ValidationError naming the header or field.
    """
    resource_id = tk.get_or_bust(data_dict, "id")
    tk.check_access("file_check_mapping_update", context, {"id": resource_id})
    check, given = _found(store.for_decision(resource_id)), data_dict.get("mapping")
    headers = decide.map_headers(check, given)
    package: Any = model.Package.get(check.package_id)
    if package.owner_org:
        key = reading.headers_key(headers)
        store.keep_mapping(package.owner_org, check.table, key, check.mapping, store.user_id(context))
    return _again(check)


def _again(check: Check) -> Dict:
    jobs.queue_again(check)
    check_id, resource_id = check.id, check.resource_id
    model.repo.commit()
    watch.enqueue([check_id])
    return show.full(_found(store.current(resource_id)))


def _new(context: Any, resource_id: str) -> Check:
    """A check of a file that came before checks, or from the portal itself. It is public, and stays so."""
    resource: Any = model.Resource.get(resource_id)
    if not store.ready():
        raise tk.ValidationError({"id": [tk._("Files are not checked here yet.")]})
    if not settings.is_tabular(resource):
        raise tk.ValidationError({"id": [tk._("Only uploaded tables (CSV, TSV, XLSX, ODS, XLS) are checked.")]})
    name = (resource.url or "").rsplit("/", 1)[-1]
    made = Check(
        id=new_id(), resource_id=resource_id, package_id=resource.package_id, name=name, held=False,
        uploaded_by=store.user_id(context), table_chosen=False, table="", mapping={},
    )  # fmt: skip
    model.Session.add(made)
    model.Session.flush()
    return made


def _found(check: Check | None) -> Check:
    if check is None:
        raise tk.ObjectNotFound(tk._("This file has no check."))
    return check


def _person(context: Any) -> str:
    """The id of the person who decides. Four eyes need persons: the portal itself may not."""
    found = store.user_id(context)
    if not found:
        raise tk.NotAuthorized(tk._("Only a person can decide this: sign in"))
    return found
