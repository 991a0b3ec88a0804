"""The documents of many datasets for the search index, sent in one request; each as ``PackageSearchIndex`` makes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from ckan import model
from ckan import plugins as p
from ckan.lib.navl.dictization_functions import MissingNullEncoder
from ckan.lib.search import index as ckan_index
from ckan.lib.search.common import make_connection
from ckan.plugins import toolkit
from dateutil.parser import ParserError, parse

from .made import Made

Dict = dict[str, Any]
_FILE = {"name": "res_name", "description": "res_description", "format": "res_format"}
_FILE |= {"url": "res_url", "resource_type": "res_type"}
_DROPPED = ("extras", "resources", "relationships_as_subject", "relationships_as_object")


def send(batch: list[Made]) -> None:
    """Index the datasets, without a commit of the index.

    :raises pysolr.SolrError, requests.RequestException, OSError: it took none, or only some of them.
    """
    make_connection().add(docs=_documents(batch), commit=False)


def _documents(batch: list[Made]) -> list[Dict]:
    """A plugin that has a hook for many documents is asked once: ``before_datasets_index``, which is no interface of CKAN's."""
    documents = [_flat(one.default, one.shown) for one in batch]
    for item in p.PluginImplementations(p.IPackageController):
        if many := getattr(item, "before_datasets_index", None):
            documents = many(documents)
        else:
            documents = [item.before_dataset_index(document) for document in documents]
    return [document | {"permission_labels": one.labels} for one, document in zip(batch, documents, strict=True)]


def _flat(dataset: Dict, shown: Dict) -> Dict:
    """A dataset in the index's fields, before the plugins' hooks."""
    document = dict(dataset)
    document["data_dict"] = json.dumps(dataset)
    document["validated_data_dict"] = json.dumps(shown, cls=MissingNullEncoder)
    if document.get("title"):
        document["title_string"] = document["title"]
    _add_extras(document)
    _add_tags(document)
    document["capacity"] = "private" if document["private"] else "public"
    document["groups"] = [group["name"] for group in document.get("groups", [])]
    document["organization"] = document["organization"]["name"] if document.get("organization") else None
    _add_files(document)
    for name in _DROPPED:
        document.pop(name, None)
    document |= {ckan_index.TYPE_FIELD: ckan_index.PACKAGE_TYPE, "dataset_type": document["type"]}
    document = dict(_dated(document.items()))
    for name in ("title", "notes", "title_string"):
        if document.get(name):
            document[name] = ckan_index.escape_xml_illegal_chars(document[name])
    site = toolkit.config.get("ckan.site_id")
    document |= {name: document[name] + "Z" for name in ("metadata_created", "metadata_modified")}
    document |= {"site_id": site, "title": (document.get("title") or "").lstrip() or document.get("title")}
    document["index_id"] = hashlib.md5(f"{document['id']}{site}".encode(), usedforsecurity=False).hexdigest()
    return document


def _add_extras(document: Dict) -> None:
    taken = {*ckan_index.RESERVED_FIELDS, *document}
    for extra in document.get("extras", []):
        key, value = extra["key"], extra["value"]
        if isinstance(value, tuple | list):
            value = " ".join(map(str, value))
        key = "".join(letter for letter in key if letter in ckan_index.KEY_CHARS)
        document["extras_" + key] = value
        if key not in taken:
            document[key] = value


def _add_tags(document: Dict) -> None:
    """Tags of a vocabulary are a field of their own."""
    names = []
    for tag in document.pop("tags", []):
        if tag.get("vocabulary_id"):
            vocabulary = toolkit.get_action("vocabulary_show")({}, {"id": tag["vocabulary_id"]})
            document.setdefault(f"vocab_{vocabulary['name']}", []).append(tag["name"])
        else:
            names.append(tag["name"])
    document["tags"] = names


def _add_files(document: Dict) -> None:
    fields = _FILE | {name: "res_extras_" + name for name in model.Resource.get_extra_columns()}
    for resource in document.get("resources", []):
        for name, field in fields.items():
            document[field] = [*document.get(field, []), resource.get(name, "")]


def _dated(items: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, Any]]:
    """Fields called a date are one, with a time zone, or are left out."""
    for key, value in items:
        if not key.endswith("_date"):
            yield key, value
        elif value:
            try:
                moment = parse(value)
            except ParserError:
                continue
            yield key, moment.isoformat() + ("" if moment.tzinfo else "Z")
