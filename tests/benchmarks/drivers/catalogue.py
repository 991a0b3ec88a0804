"""Commands that both sides share: an organisation, datasets by CKAN's own actions, counting."""

from typing import Any

from ckan import model
from ckan.plugins import toolkit


def context() -> Any:
    """Of the site's own user, who may do everything."""
    site_user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return {"user": site_user, "ignore_auth": True}


def organisation(name: str, fields: dict[str, Any] | None = None) -> str:
    """Makes the organisation unless it is there; returns its id."""
    found = model.Group.get(name)
    if found:
        return found.id
    made = {"name": name, "title": name.title(), **(fields or {})}
    return toolkit.get_action("organization_create")(context(), made)["id"]


def load(datasets: list[dict[str, Any]]) -> int:
    """Makes datasets by package_create; returns how many."""
    for dataset in datasets:
        given: Any = {**context(), "return_id_only": True}
        toolkit.get_action("package_create")(given, dataset)
        model.Session.remove()
    return len(datasets)


def count(query: str = "*:*", rows: int = 0) -> int:
    """Public datasets that the search finds."""
    return toolkit.get_action("package_search")({"user": ""}, {"fq": query, "rows": rows})["count"]


def active(prefix: str) -> list[int]:
    """How many active datasets have a title that ends in `(prefix)`, and how many resources they have, by the database."""
    package, resource = model.Package, model.Resource
    mine = package.title.endswith(f"({prefix})")
    datasets = model.Session.query(package).filter_by(state="active", type="dataset").filter(mine)
    resources = model.Session.query(resource).filter_by(state="active").join(package, package.id == resource.package_id)
    return [datasets.count(), resources.filter(package.state == "active", mine).count()]


COMMANDS = {"organisation": organisation, "load": load, "count": count, "active": active}
