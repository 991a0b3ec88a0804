"""A dataset to triples, through ckanext-dcat's profiles and this room's rules."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from ckan import model
from ckan.plugins import plugin_loaded, toolkit
from ckanext.dcat.processors import RDFSerializer
from ckanext.dcat.utils import catalog_uri, dataset_uri, publisher_uri_organization_fallback, resource_uri
from rdflib import ConjunctiveGraph, URIRef

from . import config, council, documents, fragment, iris, order, provenance, source
from .order import NOTHING, Order
from .prepare import prepare
from .rules import About, correct
from .source import Source

# Raise it when the same dataset gives other triples: everything is then rendered anew.
RULES = "5"
_SETTINGS = (
    "ckan.locale_default",
    "scheming.dataset_schemas",
    "ckanext.dcat.rdf.profiles",
    "ckanext.dcat.output_spatial_format",
    "ckanext.dcat.normalize_ckan_format",
    "ckanext.dcat.resource.inherit.license",
)


@dataclass(frozen=True)
class Rendered:
    uri: str
    ntriples: bytes
    sha256: str
    documents: dict[str, bytes]
    #: Hashes of everything that is said of the dataset, and of its journey.
    digest: str
    journey: str


def recipe() -> str:
    """What a fragment depends on besides its dataset; a fragment of another recipe is rendered anew."""
    licences = model.Package.get_license_register()
    parts = [RULES, _library(), catalog_uri(), config.site_url(), str(plugin_loaded("journey")), _licences(licences)]
    parts += [str(toolkit.config.get(name, "")) for name in _SETTINGS]
    return _digest("\n".join(parts))


@lru_cache(maxsize=8)
def _digest(parts: str) -> str:
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def _library() -> str:
    return version("ckanext-dcat")


@lru_cache(maxsize=1)
def _licences(register: Any) -> str:
    """Where the portal's licences are described (their titles are in the reader's language)."""
    texts = [f"{licence.id} {licence.url}" for licence in register.values()]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


@lru_cache(maxsize=8)
def _prototype(_profiles: str) -> RDFSerializer:
    """A serializer to copy: making one looks its profiles up among all installed packages, which takes longer than rendering."""
    return RDFSerializer()


def serializer() -> RDFSerializer:
    """ckanext-dcat's serializer with the profiles that are set now, and a graph of its own."""
    fresh = copy.copy(_prototype(str(toolkit.config.get("ckanext.dcat.rdf.profiles"))))
    fresh.g = ConjunctiveGraph()
    return fresh


def render(made_of: Source, place: Order = NOTHING) -> Rendered:
    """Triples of a dataset at its ``place`` in series, and its other forms.

    Raises what the profiles raise for a dataset they cannot render.
    """
    dataset, organization = made_of.dataset, made_of.organization
    fields = prepare(dataset, organization, publisher_uri_organization_fallback(dict(dataset)) or "")
    through = serializer()
    through.graph_from_dataset(fields)
    given = URIRef(dataset_uri(fields))
    subject = URIRef(iris.clean_iri(str(given)) or "")
    triples = [*through.g.triples((None, None, None)), *council.triples(given, fields), *order.triples(given, place)]
    journey_page = f"{config.site_url()}/dataset/journey/{fields['id']}"
    triples += provenance.triples(given, fields, made_of.journey, journey_page)
    graph = correct(triples, subject, _about(fields))
    data = fragment.to_ntriples(graph, subject, str(fields["id"]))
    digest = fragment.sha256(data + source.to_bytes(made_of))
    made = documents.make(data, made_of)
    return Rendered(str(subject), data, fragment.sha256(data), made, digest, source.digest(made_of.journey))


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
