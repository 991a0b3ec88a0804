"""A dataset to triples, through ckanext-dcat's profiles and this room's rules."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from ckan.plugins import toolkit
from ckanext.dcat.processors import RDFSerializer
from ckanext.dcat.utils import catalog_uri, dataset_uri, publisher_uri_organization_fallback, resource_uri
from rdflib import URIRef

from . import config, council, fragment, iris
from .prepare import prepare
from .rules import About, correct

# Raise it when the same dataset gives other triples: everything is then rendered anew.
RULES = "1"
_SETTINGS = ("ckanext.dcat.rdf.profiles", "ckanext.dcat.output_spatial_format", "ckan.locale_default")


@dataclass(frozen=True)
class Rendered:
    uri: str
    ntriples: bytes
    sha256: str


def recipe() -> str:
    """What a fragment depends on besides its dataset; a fragment of another recipe is rendered anew."""
    parts = [RULES, version("ckanext-dcat"), catalog_uri(), config.site_url()]
    parts += [str(toolkit.config.get(name)) for name in _SETTINGS]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def render(dataset: Mapping[str, Any], organization: Mapping[str, Any] | None) -> Rendered:
    """Triples of a dataset (``package_show``'s dictionary) published by ``organization``.

    Raises what the profiles raise for a dataset they cannot render.
    """
    fields = prepare(dataset, organization, publisher_uri_organization_fallback(dict(dataset)) or "")
    serializer = RDFSerializer()
    serializer.graph_from_dataset(fields)
    given = URIRef(dataset_uri(fields))
    subject = URIRef(iris.clean_iri(str(given)) or "")
    triples = [*serializer.g.triples((None, None, None)), *council.triples(given, fields)]
    graph = correct(triples, subject, _about(fields))
    data = fragment.to_ntriples(graph, subject, str(fields["id"]))
    return Rendered(str(subject), data, fragment.sha256(data))


def without_uri(dataset: Mapping[str, Any]) -> dict[str, Any]:
    """The dataset under the portal's own URI: for a second copy of one that has the same URI."""
    extras = [e for e in dataset.get("extras") or [] if e.get("key") not in ("uri", "dcat_uri")]
    resources = [{k: v for k, v in r.items() if k != "uri"} for r in dataset.get("resources") or []]
    return {**dataset, "uri": "", "extras": extras, "resources": resources}


def given_uri(dataset: Mapping[str, Any]) -> str:
    """The IRI this dataset would have in the feed."""
    fields = prepare(dataset, None, "")
    return iris.clean_iri(dataset_uri(fields)) or ""


def _about(fields: Mapping[str, Any]) -> About:
    page = f"{config.site_url()}/dataset/{fields['id']}"
    pages = {}
    for resource in fields.get("resources") or []:
        address = iris.clean_iri(resource_uri({"package_id": fields["id"], **resource}))
        pages[address or ""] = f"{page}/resource/{resource['id']}"
    licence = fields.get("license_id") or ""
    known = licence not in ("", "notspecified")
    return About(
        title=str(fields.get("title") or fields.get("name") or fields["id"]),
        page=page,
        licence_url=str(fields.get("license_url") or "") if known else "",
        licence_title=str(fields.get("license_title") or licence) if known else "",
        resource_pages=pages,
    )
