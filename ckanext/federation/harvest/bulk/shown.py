"""``package_show`` of many new datasets: CKAN's dictization with its queries made once for all, then its own last steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from ckan import logic, model
from ckan import plugins as p
from ckan.lib import dictization
from ckan.lib.dictization import model_dictize
from ckan.logic.schema import default_show_package_schema

from .asked import UNASKED
from .forms import Form
from .made import Made

Dict = dict[str, Any]


class Forms:
    """CKAN's form of what is shown, and the dataset type's own."""

    def __init__(self, plugin: Any):
        self.default = Form(object(), default_show_package_schema, "package_show", UNASKED)
        self.own = Form(plugin, plugin.show_package_schema, "package_show", UNASKED)

    def renew(self) -> None:
        """Before a batch."""
        self.default.renew()
        self.own.renew()

    def show(self, batch: list[Made]) -> None:
        """Set ``default`` and ``shown`` of each, as ``package_show_default_and_custom_schemas`` does."""
        for one, dataset, context in _datasets(batch):
            for item in p.PluginImplementations(p.IPackageController):
                item.read(one.package)
            for item in p.PluginImplementations(p.IResourceController):
                for resource in dataset["resources"]:
                    item.before_resource_show(resource)
            one.default, _good = self.default.validate(context, dataset)
            one.shown, _good = self.own.validate(context, dataset)
            logic.apply_after_dataset_show_plugins(context, one.shown)


def _datasets(batch: list[Made]) -> Iterator[tuple[Made, Dict, Any]]:
    """Each dataset as ``package_dictize`` makes it, with the context to show it in."""
    ids = [one.id for one in batch]
    files, tags = _files(ids), _tags(ids)
    organisations = _organisations({one.package.owner_org for one in batch})
    groups = {one.id for one in batch if one.data.get("groups")}
    for one in batch:
        context = logic.fresh_context(one.context, ignore_auth=True, use_cache=False, validate=False)
        context["package"] = one.package
        if one.id in groups:
            dataset = model_dictize.package_dictize(one.package, context)
        else:
            organisation = organisations.get(one.package.owner_org)
            dataset = _dictized(one.package, files.get(one.id, []), tags.get(one.id, []), organisation, context)
        yield one, dataset, context


def _dictized(package: Any, files: list[Any], tags: list[Any], organisation: Dict | None, context: Any) -> Dict:
    """What ``package_dictize`` makes of a new dataset, which has no groups and no relationships."""
    found = dictization.table_dictize(package, context)
    found["title"] = (found["title"] or "").strip() or found["title"]
    found.pop("plugin_data")
    found["resources"] = model_dictize.resource_list_dictize(files, context)
    found["num_resources"] = len(found["resources"])
    found["tags"] = dictization.obj_list_dictize(tags, context, lambda tag: tag["name"])
    found["num_tags"] = len(found["tags"])
    for tag in found["tags"]:
        tag["display_name"] = tag["name"]
    found["extras"] = [{"key": key, "value": value} for key, value in (found["extras"] or {}).items()]
    found |= {"groups": [], "organization": dict(organisation) if organisation else None}
    found |= {"relationships_as_subject": [], "relationships_as_object": []}
    found |= {"isopen": package.isopen(), "type": package.type or "dataset"}
    licence = package.license
    if licence and licence.url:
        found |= {"license_url": licence.url, "license_title": licence.title.split("::")[-1]}
    else:
        found["license_title"] = licence.title if licence else package.license_id
    found["metadata_modified"] = package.metadata_modified.isoformat()
    found["metadata_created"] = package.metadata_created.isoformat() if package.metadata_created else None
    return found


def _files(ids: list[str]) -> dict[str, list[Any]]:
    table = model.resource_table
    return _by_package(sa.select(table).where(table.c.package_id.in_(ids)), lambda row: row.package_id, lambda row: row)


def _tags(ids: list[str]) -> dict[str, list[Any]]:
    tag, link = model.tag_table, model.package_tag_table
    query = sa.select(tag, link.c.state).join(link, tag.c.id == link.c.tag_id).where(link.c.package_id.in_(ids))
    # The dataset's id is no part of what CKAN dictizes: asked for as the last column, and left out of the row.
    found: dict[str, list[Any]] = {}
    owners = sa.select(link.c.package_id, link.c.tag_id).where(link.c.package_id.in_(ids))
    by_id = {row.id: row for row in model.Session.execute(query)}
    for package_id, tag_id in model.Session.execute(owners):
        found.setdefault(package_id, []).append(by_id[tag_id])
    return found


def _by_package(query: Any, key: Any, value: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in model.Session.execute(query):
        found.setdefault(key(row), []).append(value(row))
    return found


def _organisations(ids: set[str | None]) -> dict[str, Dict]:
    table = model.group_table
    query = sa.select(table).where(table.c.id.in_([one for one in ids if one]), table.c.state == "active")
    found: dict[str, Dict] = {}
    for row in model.Session.execute(query):
        organisation = dictization.table_dictize(row, {})
        del organisation["extras"]
        found[row.id] = organisation
    return found
