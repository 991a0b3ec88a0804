"""Whole datasets from the search index, many at a time, where it has them as the database has them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib import search

from ..review import store as checks

log = logging.getLogger(__name__)
AT_ONCE = 200  # of a question to Solr, which takes at most 1,024 terms

Dict = dict[str, Any]


def records(ids: Sequence[str]) -> dict[str, Dict]:
    """By id, those that the index has as they were last saved, whole. Whoever asks has made sure that they may be read."""
    if not ids:
        return {}
    saved = _saved(ids)
    held = checks.packages_with_held(ids)
    found: dict[str, Dict] = {}
    try:
        for record in _asked([each for each in ids if each in saved and each not in held]):
            if record.get("metadata_modified") == saved[record["id"]]:
                found[record["id"]] = record
    except search.SearchError as error:
        log.warning(
            "The datasets of a sheet are read from the database, as the search index does not answer: %s", error
        )
    return found


def _saved(ids: Sequence[str]) -> dict[str, str]:
    """When each active dataset was last saved, as a record says it."""
    table = model.Package
    query = sa.select(table.id, table.metadata_modified).where(table.id.in_(ids), table.state == "active")
    return {each.id: _iso(each.metadata_modified) for each in model.Session.execute(query)}


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _asked(ids: Sequence[str]) -> Iterator[Dict]:
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        wanted = " OR ".join(f'"{each}"' for each in part)
        query = {
            "q": "*:*",
            "fq": f"+id:({wanted})",
            "fl": "id validated_data_dict",
            "rows": len(part),
            "facet": "false",
        }
        for each in search.query_for(model.Package).run(query)["results"]:
            if each.get("validated_data_dict"):
                yield json.loads(each["validated_data_dict"])
