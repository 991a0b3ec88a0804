"""schema.org: a dataset as search engines read it. Pure.

The document is ``council_schemas.exports.schemaorg``'s, which keeps Google's rules for datasets; here it gets the address that the
feed gives the dataset, and the fields of datasets that follow no schema of ours.
"""

from __future__ import annotations

from typing import Any

from ...council_schemas.exports import schemaorg
from ..catalogue import Catalogue
from . import Form, as_json
from .fields import Dict, plain

CONTEXT = "https://schema.org/"


def dataset(source: Dict, uri: str, site: Catalogue) -> dict[str, Any]:
    """The dataset as one JSON-LD object."""
    return schemaorg.dataset({**plain(source), "uri": uri}, schemaorg.Site(site.base, site.title, site.description))


def script(source: Dict, uri: str, site: Catalogue) -> str:
    """The same for a ``<script>`` element: nothing in it can end the element."""
    return schemaorg.script(dataset(source, uri, site))


FORM = Form(
    name="schema-org",
    media_type="application/ld+json",
    label="schema.org",
    version="2",
    one=lambda each, site: as_json(dataset(each.source.dataset, each.uri, site)),
    suffix="schema-org.jsonld",
    profile=CONTEXT,
)
