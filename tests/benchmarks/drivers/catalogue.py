"""Commands that both sides share: an organisation, datasets by CKAN's own actions, counting."""

from typing import Any

from ckan import model
from ckan.plugins import toolkit


def context() -> dict[str, Any]:
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
        toolkit.get_action("package_create")({**context(), "return_id_only": True}, dataset)
        model.Session.remove()
    return len(datasets)


def count(query: str = "*:*", rows: int = 0) -> int:
    """Public datasets that the search finds."""
    return toolkit.get_action("package_search")({"user": ""}, {"fq": query, "rows": rows})["count"]


def active(prefix: str) -> int:
    """Active datasets whose title ends in `(prefix)`, by the database."""
    return (
        model.Session.query(model.Package)
        .filter_by(state="active", type="dataset")
        .filter(model.Package.title.endswith(f"({prefix})"))
        .count()
    )


COMMANDS = {"organisation": organisation, "load": load, "count": count, "active": active}
