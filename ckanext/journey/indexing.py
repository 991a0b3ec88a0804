"""What search knows of journeys: the legacy systems of a dataset, how many steps are told, and how completely."""

from __future__ import annotations

import logging
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from sqlalchemy.exc import SQLAlchemyError

from . import read

log = logging.getLogger(__name__)

# The prefix makes Solr take several values; the second holds ids, as two councils may run systems of one name.
FACET = "vocab_journey_system"
IDS = "vocab_journey_system_id"
SCORE_BAND = "vocab_journey_score"
# A sortable field of CKAN's Solr schema: texts sort by their signs, so the number has three digits.
SCORE = "journey_score"


def add_journeys(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add to datasets' search documents; a failure leaves them as they are, so that indexing goes on."""
    ids = [document["id"] for document in documents]
    try:
        conn = model.Session.connection()
        with conn.begin_nested():
            journeys = read.journeys(conn, ids)
    except SQLAlchemyError:
        log.exception("Journey: datasets are indexed without their journeys: %s", ", ".join(ids))
        return documents
    return [_with(document, journeys[document["id"]]) for document in documents]


def _with(document: dict[str, Any], journey: dict[str, Any]) -> dict[str, Any]:
    document["journey_steps"] = str(journey["total"])
    document[SCORE], document[SCORE_BAND] = f"{journey['score']['total']:03}", [journey["score"]["band"]]
    systems = journey["systems"]
    document[FACET] = sorted({system["name"] for system in systems})
    document[IDS] = [system["id"] for system in systems]
    if systems:
        document["journey_system"] = systems[0]["name"]
    return document


def add_facet(facets: Any) -> Any:
    facets[FACET] = tk._("Legacy system")
    facets[SCORE_BAND] = tk._("Completeness of the journey")
    return facets
