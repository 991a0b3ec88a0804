"""The rows of new datasets, as ``package_dict_save`` and ``package_owner_org_update`` write them; flushed together.

Packages and files go through CKAN's own classes, so that listeners on them and ``IDomainObjectModification`` see them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.dictization import model_save

from ...model import new_id
from .made import Made

Key = tuple[str, str | None]


def save(batch: list[Made], creator: str) -> None:
    """Write the datasets of a batch; sets ``package`` and the ids in ``data``."""
    for one in batch:
        one.package = _package(one, creator)
    model.Session.flush()
    tags = _tags({key for one in batch for key in _keys(one)})
    links = [_link(one, tags[key]) for one in batch for key in _keys(one)]
    connection = model.Session.connection()
    if links:
        connection.execute(sa.insert(model.package_tag_table), links)
    members = [_member(one) for one in batch if one.package.owner_org]
    if members:
        connection.execute(sa.insert(model.member_table), members)
    for one in batch:
        if one.data.get("groups"):
            model_save.package_membership_list_save(one.data["groups"], one.package, one.context)


def renew(batch: list[Made]) -> list[Any]:
    """Read the packages again after a commit, which leaves each to be read when somebody asks for it."""
    query = model.Session.query(model.Package).filter(model.Package.id.in_([one.id for one in batch]))
    return query.all()


def _package(one: Made, creator: str) -> Any:
    data = one.data
    data.pop("metadata_created", None)
    data.pop("plugin_data", None)
    data["creator_user_id"] = creator
    package = model.Package()
    extras = {extra["key"]: extra["value"] for extra in data.get("extras", [])}
    package.from_dict({**data, "extras": extras})
    package.id = data["id"] = one.id
    if not data.get("metadata_modified"):
        package.metadata_modified = datetime.utcnow()
    model.Session.add(package)
    files = []
    for resource in data.get("resources") or []:
        resource["package_id"] = package.id
        row, _change = model_save.resource_dict_save(resource, one.context)
        resource["id"] = row.id
        files.append(row)
    package.resources_all[:] = files
    return package


def _keys(one: Made) -> list[Key]:
    """The dataset's tags, each once."""
    return list(dict.fromkeys((tag["name"], tag.get("vocabulary_id") or None) for tag in one.data.get("tags") or []))


def _tags(keys: set[Key]) -> dict[Key, str]:
    """The ids of tags; those that are new are made."""
    if not keys:
        return {}
    table = model.tag_table.c
    query = sa.select(table.name, table.vocabulary_id, table.id).where(table.name.in_({name for name, _ in keys}))
    found: dict[Key, str] = {(name, vocabulary): tag_id for name, vocabulary, tag_id in model.Session.execute(query)}
    new = {key: new_id() for key in sorted(keys, key=str) if key not in found}
    if new:
        rows = [{"id": tag_id, "name": name, "vocabulary_id": vocabulary} for (name, vocabulary), tag_id in new.items()]
        model.Session.connection().execute(sa.insert(model.tag_table), rows)
    return found | new


def make_tags(names: set[str]) -> None:
    """Make those that are new, and commit them: two processes that both make one would make it twice, as PostgreSQL does
    not take tags of no vocabulary for the same."""
    if names:
        _tags({(name, None) for name in names})
        model.Session.commit()


def _link(one: Made, tag_id: str) -> dict[str, Any]:
    return {"id": new_id(), "package_id": one.id, "tag_id": tag_id, "state": "active"}


def _member(one: Made) -> dict[str, Any]:
    return {
        "id": new_id(),
        "table_name": "package",
        "table_id": one.id,
        "capacity": "organization",
        "group_id": one.package.owner_org,
        "state": "active",
    }
