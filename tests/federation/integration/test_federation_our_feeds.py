"""This portal's feeds in each form that portals harvest, harvested as plain feeds: no dataset and no file is lost, and of the
fields what the form can hold. Strict parsers take every byte."""

import io
import json
import re
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from ckan.tests import factories
from ckan.tests.helpers import call_action
from rdflib.compare import isomorphic

from ckanext.federation.harvest.convert import Policy, convert
from ckanext.federation.harvest.reading import SMALL, opened
from ckanext.federation.harvest.record import Hints
from tests.feeds.integration.test_feeds_valid import FILE, FULL, LEAST

PLUGINS = "federation feeds council_schemas scheming_datasets scheming_organizations dcat"
pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", PLUGINS),
    pytest.mark.ckan_config("ckanext.dcat.rdf.profiles", "euro_dcat_ap_3"),
]
RDF = {
    "/catalog.ttl": ("text/turtle", ox.RdfFormat.TURTLE, "turtle"),
    "/catalog.rdf": ("application/rdf+xml", ox.RdfFormat.RDF_XML, "xml"),
    "/catalog.jsonld": ("application/ld+json", ox.RdfFormat.JSON_LD, "json-ld"),
    "/catalog.nt": ("application/n-triples", ox.RdfFormat.N_TRIPLES, "nt"),
}
JSON = {"/data.json": "application/json", "/catalog.dcat-us-3.json": "application/json"}
POLICY = Policy("http://test.ckan.net", registered_licences=frozenset(["notspecified", "uk-ogl", "cc-by"]))
TITLE = "Air quality monitoring"
PLAIN, MAP = (
    {"url": "https://files.example/plain.csv"},
    {"url": "https://maps.example/wms", "name": "Map", "format": "WMS"},
)

# What a dataset that has every field keeps of it in each form.
OF_ALL = {"title", "notes", "license_id", "issued", "modified", "frequency", "theme", "language", "access_rights"}
OF_ALL |= {"url", "documentation", "conforms_to", "publisher name", "contact name", "contact email", "tags"}
OF_US_3 = OF_ALL | {"version", "temporal_coverage", "gss_area", "identifier", "publisher uri", "places"}
OF_RDF = OF_US_3 | {"version_notes", "provenance", "dcat_type", "temporal_resolution", "spatial_resolution_in_meters"}
OF_RDF |= {"applicable_legislation", "hvd_category", "is_referenced_by", "has_version", "alternate_identifier"}
OF_RDF |= {
    "publisher email",
    "publisher url",
    "publisher type",
    "publisher identifier",
    "contact url",
    "contact identifier",
}
FILE_OF_ALL = {"url", "name", "description", "format", "mimetype", "conforms_to"}
FILE_OF_US_3 = FILE_OF_ALL | {"hash", "size", "issued", "modified", "license", "download_url"}
FILE_OF_RDF = FILE.keys() - {"uri", "access_services", "compress_format", "package_format"}
KEPT = dict.fromkeys(RDF, (OF_RDF, FILE_OF_RDF))
KEPT |= {"/data.json": (OF_ALL - {"url"}, FILE_OF_ALL), "/catalog.dcat-us-3.json": (OF_US_3 - {"url"}, FILE_OF_US_3)}


@pytest.fixture
def catalogue(federation: None, migrate_db_for: Any) -> None:
    migrate_db_for("feeds")
    org = factories.Organization(title="Aireborough Council", name="aireborough", email="data@aireborough.example")
    full = {**FULL, "title": TITLE, "spatial_resolution_in_meters": "25"}
    files = [{**FILE, "license": "", "spatial_resolution_in_meters": "25"}, PLAIN, MAP]
    call_action("package_create", **full, owner_org=org["id"], resources=files)
    call_action("package_create", **LEAST, owner_org=org["id"], resources=[PLAIN])
    for number in range(3):
        two = [{"url": f"https://files.example/{number}.{kind}", "format": kind} for kind in ("csv", "json")]
        call_action("package_create", title=f"Set {number} “quoted” & <b>", notes="ỳ \u2028 \U0001f333", license_id="uk-ogl",
                    name=f"set-{number}", owner_org=org["id"], resources=two)  # fmt: skip
    call_action("package_create", **{**LEAST, "name": "hidden", "title": "Hidden"}, owner_org=org["id"], private=True)


def harvested(body: bytes, path: str, media: str, small: int) -> dict[str, dict[str, Any]]:
    """The datasets that a feed's bytes become, by title."""
    reading = opened(io.BytesIO(body), Hints(f"http://test.ckan.net{path}", media), small=small)
    found = [convert(reading.module.read(item), POLICY) for page in reading.pages() for item in page.items]
    assert reading.cut == "" and not any(one.refused for one in found)
    assert len({one.dataset["identifier"] for one in found}) == len(found)
    return {one.dataset["title"]: one.dataset for one in found}


def test_harvested_as_a_plain_feed_nothing_is_lost(app: Any, catalogue: None) -> None:
    here = {re.sub(" <b>$", "", one["title"]): one for one in call_action("package_search", rows=100)["results"]}
    for path in (*RDF, *JSON):
        body, media = app.get(path).body.encode(), (RDF[path][0] if path in RDF else JSON[path])
        whole = harvested(body, path, media, SMALL)
        assert whole == harvested(body, path, media, 0), f"{path}: read as a stream it says the same"
        assert {title: addresses(one) for title, one in whole.items()} == {
            title: addresses(one) for title, one in here.items()
        }, path
        fields_are_kept(path, whole[TITLE])


def addresses(dataset: dict[str, Any]) -> list[str]:
    return sorted(file["url"] for file in dataset["resources"])


def fields_are_kept(path: str, found: dict[str, Any]) -> None:
    """Of the dataset and of its first file."""
    fields, of_file = KEPT[path]
    kept = flat(found)
    kept["identifier"] = [kept["identifier"], *kept.get("alternate_identifier", [])]
    expected = flat(
        {**FULL, "title": TITLE, "tags": ["air quality", "nitrogen dioxide"], "spatial_resolution_in_meters": "25"}
    )
    for name in fields:
        assert holds(kept.get(name), expected[name]), (path, name, kept.get(name), expected[name])
    (file,) = [one for one in found["resources"] if one["url"] == FILE["url"]]
    told = {**FILE, "license": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"}
    for name in of_file:
        assert holds(file.get(name), told[name]), (path, name, file.get(name), told[name])


def flat(dataset: dict[str, Any]) -> dict[str, Any]:
    """The fields, with those of the publisher, the contact and the places by themselves."""
    found = dict(dataset)
    for name in ("publisher", "contact"):
        found |= {f"{name} {key}": value for key, value in dataset[name][0].items()}
    found["places"] = sorted({one["uri"] for one in dataset["spatial_coverage"] if "uri" in one})
    if "gss_area" in dataset:
        found["places"] = [one for one in found["places"] if not one.endswith(dataset["gss_area"])]
    return found


def holds(found: Any, stated: Any) -> bool:
    """Whether all that was stated is there: a list may hold more and be in another order, numbers may be written out."""
    if isinstance(found, list):
        wanted = stated if isinstance(stated, list) else [stated]
        return all(one in found for one in wanted)
    return str(found) == str(stated)


def test_strict_parsers_take_every_byte_of_rdf(app: Any, catalogue: None) -> None:
    lines = app.get("/catalog.nt").body
    assert [line for line in lines.removesuffix("\n").split("\n") if not N_TRIPLE.fullmatch(line)] == []
    whole = rdflib.Graph().parse(data=lines, format="nt")
    for path, (_media, form, name) in RDF.items():
        body = app.get(path).body.encode()
        assert len({quad.triple for quad in ox.parse(body, format=form, base_iri="http://test.ckan.net/")}) == len(
            whole
        )
        assert isomorphic(rdflib.Graph().parse(data=body, format=name), whole), path


# The grammar of N-Triples 1.1 (https://www.w3.org/TR/n-triples/#n-triples-grammar), to the letter.
_IRI = r'<(?:[a-z][a-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\]*)>'
_BLANK = r"_:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?"
_TEXT = r'"(?:[^"\\\n\r]|\\[tbnrf"\'\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*"'
N_TRIPLE = re.compile(
    rf"(?:{_IRI}|{_BLANK}) {_IRI} (?:{_IRI}|{_BLANK}|{_TEXT}(?:\^\^{_IRI}|@[a-zA-Z]+(?:-[a-zA-Z0-9]+)*)?) \."
)


def test_strict_parsers_take_every_byte_of_json(app: Any, catalogue: None) -> None:
    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _value in found]
        assert len(set(names)) == len(names), "a name is there twice"
        return dict(found)

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    for path in JSON:
        body = app.get(path).body.encode()
        assert not body.startswith(b"\xef\xbb\xbf")
        told = json.loads(body.decode("utf-8", "strict"), object_pairs_hook=pairs, parse_constant=refuse)
        assert len(told["dataset"]) == 5
