"""Which series datasets are in, in what order, as the database has it now; and whose triples that changes.

Asked of the database, not of the search index, which learns of a dataset only after its transaction.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckanext.dcat.utils import dataset_uri

from ..council_schemas import series as rules
from . import iris
from .model import LIVE, package, public, row
from .order import NOTHING, Link, Order, Place, links
from .ranges import IN_SERIES

Dict = dict[str, Any]
TYPE = rules.TYPE
_COLUMNS = (package.c.id, package.c.name, package.c.title, package.c.version, package.c.extras)
_IN_SERIES = package.c.extras["in_series"].astext


def order_of(dataset: Dict) -> Order:
    """A dataset's places in the public series it names, or the ends of a series. ``dataset`` is ``package_show``'s."""
    if dataset.get("type") == TYPE:
        members = _members(dataset)
        return Order((), _uri(members[0]), _uri(members[-1])) if members else NOTHING
    ids = dataset.get("in_series") or []
    found = [_series(each) for each in ([ids] if isinstance(ids, str) else ids)]
    return Order(tuple(_place(dataset["id"], each) for each in found if each))


def _place(package_id: str, series: Dict) -> Place:
    members = _members(series)
    ids = [each["id"] for each in members]
    at = ids.index(package_id) if package_id in ids else None
    before = members[at - 1] if at else None
    after = members[at + 1] if at is not None and at + 1 < len(members) else None
    return Place(_uri(series), series["title"] or series["name"], series["notes"] or "", _uri(before), _uri(after))


def _series(package_id: str) -> Dict | None:
    query = sa.select(*_COLUMNS, package.c.notes).where(package.c.id == package_id, package.c.type == TYPE)
    found = model.Session.execute(query.where(public())).first()
    return _fields(found) if found else None


def _members(series: Dict) -> list[Dict]:
    query = sa.select(*_COLUMNS).where(_IN_SERIES.contains(series["id"], autoescape=True), public())
    return rules.ordered([_fields(found) for found in model.Session.execute(query)], series)


def _fields(found: Any) -> Dict:
    """A row as the rules of order and ckanext-dcat read a dataset: what the schema stores as JSON is read."""
    extras = {key: _read(value) for key, value in (found.extras or {}).items()}
    return {**extras, **{key: value for key, value in found._mapping.items() if key != "extras"}}


def _read(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _uri(dataset: Dict | None) -> str:
    """The IRI that the dataset has in the feed; one that is not rendered yet, the one that it will have."""
    if not dataset:
        return ""
    stored = model.Session.execute(sa.select(row.c.uri).where(row.c.package_id == dataset["id"], row.c.state == LIVE))
    own = iris.clean_iri(str(dataset.get("uri") or "")) or ""
    return stored.scalar() or iris.clean_iri(dataset_uri({"id": dataset["id"], "uri": own})) or ""


def outdated(uri: str, named: set[str], told: set[Link]) -> list[str]:
    """Ids of those whose triples do not say of ``uri`` what they should (``told``); ``named`` are those it named before."""
    asked = sa.select(row.c.package_id, row.c.uri, row.c.ntriples).where(row.c.state == LIVE)
    stale = []
    for found in model.Session.execute(asked.where(row.c.uri.in_(named | {link[0] for link in told}))):
        said = {
            link for link in links(found.uri, bytes(found.ntriples)) if link[1] != str(IN_SERIES) and link[2] == uri
        }
        if said != {link for link in told if link[0] == found.uri}:
            stale.append(found.package_id)
    return stale


def member_ids(series_id: str) -> list[str]:
    """Ids of a series' members in the feed: they repeat its title, and stand in the order it asks for."""
    asked = sa.select(row.c.package_id).join(package, package.c.id == row.c.package_id)
    named = _IN_SERIES.contains(series_id, autoescape=True)
    return list(model.Session.execute(asked.where(named, row.c.state == LIVE)).scalars())
