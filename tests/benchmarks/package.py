"""A neutral record (records.py) as each side's package_create takes it; pure."""

from typing import Any

from .records import LICENCE, Record

ORGANISATION: dict[str, Any] = {}


def _resources(each: Record) -> list[dict[str, Any]]:
    kept = ("title", "description", "url", "format")
    return [{"name" if key == "title" else key: file[key] for key in kept} for file in each["files"]]


def _common(each: Record, owner: str) -> dict[str, Any]:
    return {
        "name": each["name"],
        "title": each["title"],
        "notes": each["description"],
        "owner_org": owner,
        "url": each["page"],
        "license_id": "uk-ogl",
    }


def stock(each: Record, owner: str) -> dict[str, Any]:
    """CKAN without a schema: ckanext-dcat reads the rest from extras."""
    extras = {
        "identifier": each["id"],
        "issued": each["issued"],
        "modified": each["modified"],
        "theme": f'["{each["theme"]}"]',
        "publisher_name": each["publisher"],
        "contact_name": each["contact"],
        "contact_email": each["email"],
    }
    tags = [{"name": word} for word in each["keywords"]]
    pairs = [{"key": key, "value": value} for key, value in extras.items()]
    files = [{**file, "license": LICENCE} for file in _resources(each)]
    return {**_common(each, owner), "tags": tags, "extras": pairs, "resources": files}


def ours(each: Record, owner: str) -> dict[str, Any]:
    """The council schema: the same facts in fields."""
    return {
        **_common(each, owner),
        "tag_string": ",".join(each["keywords"]),
        "identifier": each["id"],
        "issued": each["issued"],
        "modified": each["modified"],
        "theme": [each["theme"]],
        "publisher": [{"name": each["publisher"]}],
        "contact": [{"name": each["contact"], "email": each["email"]}],
        "resources": [{**file, "license": LICENCE} for file in _resources(each)],
    }
