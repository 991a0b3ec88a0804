"""The UK Cross-Government Metadata Exchange Model: a dataset's record and those of its files. Pure.

The records are ``council_schemas.exports.mem``'s. A dataset for which nobody has a mail address is given without
``contactPoint``, which the model requires: the catalogue loses no dataset by it.
"""

from __future__ import annotations

import json
from typing import Any

from ...council_schemas.exports import mem
from ..catalogue import Catalogue
from . import N_, Entry, Form, joined
from .fields import Dict, plain

MODEL = "https://w3id.org/co-cddo/ukgov-metadata-exchange-model"


def records(source: Dict, organization: Dict | None, site: Catalogue) -> list[dict[str, Any]]:
    """From the public dictionaries of the dataset and its organisation."""
    contact = {"name": site.publisher_name, "email": site.email}
    return mem.records(plain(source), site.base, organisation=organization, fallback_contact=contact)


def _part(each: Entry, site: Catalogue) -> bytes:
    made = records(each.source.dataset, each.source.organization, site)
    return b",\n".join(json.dumps(record, ensure_ascii=False, indent=1).encode() for record in made)


FORM = Form(
    name="uk",
    media_type="application/json",
    label=N_("UK Cross-Government Metadata Exchange Model"),
    version="1",
    one=lambda each, site: b"[\n" + _part(each, site) + b"\n]\n",
    suffix="uk.json",
    whole=joined(lambda _: b"[\n", _part, b",\n", lambda _: b"\n]\n"),
    address="/catalog.uk.json",
    profile=MODEL,
)
