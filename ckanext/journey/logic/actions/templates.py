"""Actions of release templates: keep one, begin the next release from it, record its steps."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.lib.munge import munge_title_to_name
from ckan.plugins import toolkit as tk

from ... import access, capture, read
from ...workflow import periods, templates
from .. import schema
from .workflow import dataset, organisation

Dict = dict[str, Any]
_OF_RECORDING = ("started_at", "ended_at", "rows_in", "rows_out", "rows_rejected", "rows_merged", "rows_split")
MOST_NAME = 100


def _dict(row: Any) -> Dict:
    group, package = model.Group.get(row.stream), model.Package.get(row.package_id or "")
    title = str(row.dataset.get("title") or "")
    return {
        "id": row.id,
        "name": row.name,
        "organization": group and {"id": group.id, "name": group.name, "title": group.title},
        "latest": package and {"id": package.id, "name": package.name, "title": package.title},
        "next_title": periods.following(title) or title,
        "dataset": row.dataset,
        "steps": row.steps,
    }


def find(data_dict: Dict) -> Any:
    row = templates.find(model.Session.connection(), tk.get_or_bust(data_dict, "id"))
    if row is None:
        raise tk.ObjectNotFound(tk._("Template not found"))
    return row


def journey_template_create(context: Any, data_dict: Dict) -> Dict:
    """Keep a dataset's metadata and the steps that were told of it as the template of its next release.

    :param dataset: the dataset's id or name
    :param name: what the template is called, such as "Northgate revenues to spend over 500"; one of that name is replaced

    :returns: the template: `id`, `name`, `organization`, `latest` (its latest release), `next_title`, `dataset`, `steps`
    """
    tk.check_access("journey_template_create", context, data_dict)
    data, errors = tk.navl_validate(data_dict, schema.template_schema(), context)
    if errors:
        raise tk.ValidationError(errors)
    package = dataset(data, "dataset")
    if not package.owner_org:
        raise tk.ValidationError({"dataset": [tk._("Only a dataset of an organisation can be a template")]})
    shown = tk.get_action("package_show")(access.as_caller(context) | {"for_update": True}, {"id": package.id})
    made = templates.create(model.Session.connection(), capture.stream_of(package), data["name"], shown)
    model.Session.commit()
    return _dict(templates.find(model.Session.connection(), made))


@tk.side_effect_free
def journey_template_list(context: Any, data_dict: Dict) -> list[Dict]:
    """The templates of an organisation, or of all in which the caller may make datasets.

    :param organization: the organisation's id or name (optional)

    :returns: list of templates, see `journey_template_create`
    """
    tk.check_access("journey_template_list", context, data_dict)
    if data_dict.get("organization"):
        streams = [organisation(data_dict["organization"]).id]
    else:
        query = {"permission": "create_dataset"}
        streams = [each["id"] for each in tk.get_action("organization_list_for_user")(access.as_caller(context), query)]
    return [_dict(row) for row in templates.listed(model.Session.connection(), streams)]


@tk.side_effect_free
def journey_template_show(context: Any, data_dict: Dict) -> Dict:
    """A template, see `journey_template_create`.

    :param id: the template's id
    """
    tk.check_access("journey_template_show", context, data_dict)
    return _dict(find(data_dict))


def journey_template_discard(context: Any, data_dict: Dict) -> None:
    """Delete a template. Datasets made from it stay.

    :param id: the template's id
    """
    tk.check_access("journey_template_discard", context, data_dict)
    templates.delete(model.Session.connection(), find(data_dict).id)
    model.Session.commit()


def journey_release_create(context: Any, data_dict: Dict) -> Dict:
    """Begin the next release from a template: a private dataset with its metadata, on its way out of the system.

    :param id: the template's id
    :param title: the release's title (optional, default: the last one's with its period moved on)
    :param due: the day by which it is to be published (optional)

    :returns: the dataset
    """
    tk.check_access("journey_release_create", context, data_dict)
    row = find(data_dict)
    data, errors = tk.navl_validate({**data_dict, "id": row.id}, schema.release_schema(), context)
    if errors:
        raise tk.ValidationError(errors)
    title = data.get("title") or periods.following(str(row.dataset.get("title") or "")) or row.dataset.get("title")
    values = {**row.dataset, "title": title, "name": _free_name(str(title)), "owner_org": row.stream, "private": True}
    made = tk.get_action("package_create")(access.as_caller(context), values)
    templates.released(model.Session.connection(), row.id, made["id"], str(title))
    model.Session.commit()
    move = {"id": made["id"], "move": "extracting", "due": data.get("due")}
    tk.get_action("journey_workflow_move")(access.as_caller(context), move)
    return made


def _free_name(title: str) -> str:
    """A name that no dataset has, made from a title."""
    base = munge_title_to_name(title)[: MOST_NAME - 4].strip("-") or "release"
    name, number = base, 1
    while model.Package.get(name) is not None:
        number += 1
        name = f"{base}-{number}"
    return name


@tk.side_effect_free
def journey_release_show(context: Any, data_dict: Dict) -> Dict:
    """The steps that a release's template asks for, and which of them are recorded.

    :param id: the dataset's id or name

    :returns: `template` (None if it is no release of one) and `steps`: those of the template with `position` and `recorded`
    """
    tk.check_access("journey_release_show", context, data_dict)
    package, conn = dataset(data_dict), model.Session.connection()
    row = templates.of_release(conn, package.id)
    if row is None:
        return {"template": None, "steps": []}
    told = {step["type"] for step in read.journey(conn, package.id, access.EVERYTHING)["steps"]}
    steps = [
        {**step, "position": position, "recorded": step["type"] in told} for position, step in enumerate(row.steps)
    ]
    return {"template": {"id": row.id, "name": row.name}, "steps": steps}


def journey_release_record(context: Any, data_dict: Dict) -> list[Dict]:
    """Record steps of a release as its template describes them.

    :param id: the dataset's id or name
    :param steps: list of dicts of `position` (in the template) and what is of this release: `started_at`, `ended_at`, `rows_in`,
      `rows_out`, `rows_rejected`, `rows_merged`, `rows_split`

    :returns: the steps; one that was recorded before is not recorded twice
    """
    tk.check_access("journey_release_record", context, data_dict)
    package = dataset(data_dict)
    row = templates.of_release(model.Session.connection(), package.id)
    if row is None:
        raise tk.ObjectNotFound(tk._("Template not found"))
    chosen = [(_position(item, row.steps), item) for item in _items(data_dict)]
    made = []
    for position, item in chosen:
        own = {name: item[name] for name in _OF_RECORDING if item.get(name) not in (None, "")}
        step = {**row.steps[position], **own, "dataset": package.id, "key": f"template:{row.id}:{position}"}
        made.append(tk.get_action("journey_step_create")(access.as_caller(context), step))
    return made


def _items(data_dict: Dict) -> list[Dict]:
    items = data_dict.get("steps")
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise tk.ValidationError({"steps": [tk._("Choose the steps that were done")]})
    return items


def _position(item: Dict, steps: list[Dict]) -> int:
    text = str(item.get("position", ""))
    if not text.isdigit() or int(text) >= len(steps):
        raise tk.ValidationError({"steps": [tk._("The template has no step number {n}").format(n=text)]})
    return int(text)
