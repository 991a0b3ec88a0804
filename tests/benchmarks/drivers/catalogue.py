"""Commands that both sides share: an organisation, datasets by CKAN's own actions, counting."""

from functools import lru_cache
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import Any

import sqlalchemy as sa
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


def multiply(prefix: str, made: int, size: int) -> int:
    """Copies the datasets `prefix`-NNNNN, of which `made` are there, until there are `size`: row by row in the database.

    Copies differ in name, title and every id. Search does not know them yet. Returns how many there are.
    """
    connection = model.Session.connection()
    for number in range(made, size):
        source = {"old": f"{prefix}-{number % made:05}", "new": f"{prefix}-{number:05}", "number": str(number)}
        connection.execute(sa.text(_copy_package(connection)), source)
        for table in ("resource", "package_tag"):
            connection.execute(sa.text(_copy_parts(connection, table)), source)
    members = """INSERT INTO member (id, table_id, group_id, state, table_name, capacity)
        SELECT gen_random_uuid()::text, p.id, p.owner_org, 'active', 'package', 'organization' FROM package p
        WHERE p.owner_org IS NOT NULL AND NOT EXISTS (SELECT 1 FROM member m WHERE m.table_id = p.id)"""
    connection.execute(sa.text(members))
    connection.execute(sa.text("ANALYZE"))
    model.Session.commit()
    return model.Session.query(model.Package).filter(model.Package.name.startswith(prefix)).count()


@lru_cache
def _columns(engine: Any, table: str) -> list[str]:
    return [column["name"] for column in sa.inspect(engine).get_columns(table)]


def _copy_package(connection: Any) -> str:
    changed = {
        "id": "gen_random_uuid()::text",
        "name": ":new",
        "title": "regexp_replace(title, '[0-9]+ \\(', :number || ' (')",
    }
    names = _columns(connection.engine, "package")
    values = ", ".join(changed.get(name, f'"{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO package ({listed}) SELECT {values} FROM package WHERE name = :old AND :number IS NOT NULL"


def _copy_parts(connection: Any, table: str) -> str:
    changed = {"id": "gen_random_uuid()::text", "package_id": "(SELECT id FROM package WHERE name = :new)"}
    names = _columns(connection.engine, table)
    values = ", ".join(changed.get(name, f't."{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    return (
        f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table} t JOIN package p ON p.id = t.package_id "
        "WHERE p.name = :old AND :number IS NOT NULL"
    )


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


def memory() -> float:
    """MB: the most that this process had resident so far, or one of those that it had do its work."""
    whose = (RUSAGE_SELF, RUSAGE_CHILDREN)
    return max(getrusage(who).ru_maxrss for who in whose) / 1024


COMMANDS = {
    "memory": memory,
    "organisation": organisation,
    "load": load,
    "multiply": multiply,
    "count": count,
    "active": active,
}
