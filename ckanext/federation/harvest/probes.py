"""Where each platform keeps its feeds, and by what an answer shows which platform it is; pure.

Sources: the platforms' own API documentation, and the nodes registered in ``nodes/``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from .record import canonical


@dataclass(frozen=True, slots=True)
class Probe:
    """``path``: what is asked of the site; ``platform``: who has it there; ``reads``: the dialect modules that must read the
    answer; ``feed``: what to register where that is another address (it has the whole catalogue)."""

    platform: str
    path: str
    what: str
    reads: tuple[str, ...]
    feed: str = ""
    dialect: str = ""


# In this order: DataPress and DKAN answer as CKAN does in places, and nearly everybody has a data.json.
PROBES = (
    Probe("datapress", "/api/v3/datasets/export.json", "DataPress export v3", ("datapress",)),
    Probe("datapress", "/api/v2/datasets/export.json", "DataPress export v2", ("datapress",)),
    Probe("datapress", "/api/datasets/export.json", "DataPress export v1", ("datapress",)),
    Probe("arcgis-hub", "/api/feed/dcat-us/1.1.json", "ArcGIS Hub, DCAT-US 1.1", ("dcat",)),
    Probe("arcgis-hub", "/api/feed/dcat-ap/2.1.1.json", "ArcGIS Hub, DCAT-AP 2.1.1", ("dcat", "rdf")),
    Probe("arcgis-hub", "/api/feed/dcat-ap/3.0.0.json", "ArcGIS Hub, DCAT-AP 3", ("dcat", "rdf")),
    Probe("arcgis-hub", "/api/feed/dcat-ap/2.0.1.json", "ArcGIS Hub, DCAT-AP 2.0.1", ("dcat", "rdf")),
    Probe("arcgis-hub", "/api/v3/datasets?page%5Bsize%5D=100", "ArcGIS Hub, search API v3", ("hub-search",)),
    Probe("opendatasoft", "/api/explore/v2.1/catalog/datasets?limit=100&offset=0", "Opendatasoft Explore v2.1", ("opendatasoft",)),
    Probe("opendatasoft", "/api/explore/v2.1/catalog/exports/dcat", "Opendatasoft, DCAT export", ("rdf",)),
    Probe(
        "socrata",
        "/api/catalog/v1?domains={host}&search_context={host}&limit=100",
        "Socrata catalogue API (update frequency, automation)",
        ("socrata-catalog",),
    ),
    Probe("dkan", "/api/1/metastore/schemas/dataset/items", "DKAN 2, metastore", ("dcat",)),
    Probe("towpath", "/feeds/changes.json?limit=1", "Towpath's feed of changes", ("towpath",), "/feeds/changes.json"),
    Probe("ckan", "/api/3/action/package_search?rows=1", "CKAN action API", ("ckan",), "/api/3/action/package_search?rows=200&sort=id+asc"),
    Probe("dkan", "/api/3/action/current_package_list_with_resources?limit=1", "DKAN's CKAN API", ("ckan",), "/api/3/action/current_package_list_with_resources"),
    Probe("", "/data.json", "data.json (DCAT-US)", ("dcat", "rdf")),
    Probe("", "/catalog.ttl", "DCAT in Turtle", ("rdf",)),
    Probe("", "/catalog.rdf", "DCAT in RDF/XML", ("rdf",)),
    Probe("", "/catalog.xml", "DCAT in RDF/XML", ("rdf",)),
    Probe("", "/catalog.jsonld", "DCAT in JSON-LD", ("rdf", "dcat")),
    Probe("", "/inventory.xml", "Inventory XML", ("inventory",)),
)  # fmt: skip
# The feed to prefer of what a platform offers: the one that says most of each dataset.
BEST = {
    "datapress": ("/api/v3/", "/api/v2/", "/api/datasets/"),
    "arcgis-hub": ("/dcat-us/", "/dcat-ap/2.1.1", "/dcat-ap/3", "/dcat-ap/", "/api/v3/"),
    "opendatasoft": ("/datasets", "/exports/dcat"),
    "socrata": ("/data.json", "/api/catalog/"),
    "towpath": ("/feeds/changes.json",),
    "ckan": ("/package_search", "/catalog.", "/data.json"),
    "dkan": ("/data.json", "/current_package_list"),
}
NAMES = {
    "datapress": "DataPress",
    "arcgis-hub": "ArcGIS Hub",
    "opendatasoft": "Opendatasoft",
    "socrata": "Socrata",
    "towpath": "Towpath",
    "ckan": "CKAN",
    "dkan": "DKAN",
    "github": "GitHub",
}
DIALECTS = {
    "datapress": "datapress",
    "hub-search": "arcgis-hub",
    "socrata-catalog": "socrata",
    "opendatasoft": "opendatasoft",
    "towpath": "towpath",
    "ckan": "ckan",
    "inventory": "inventory",
    "csvw": "csvw",
    "dcat": "dcat-us",
    "rdf": "dcat-rdf",
}


def addresses(site: str) -> Iterator[tuple[Probe, str]]:
    """What to ask of a site, in order. A GitHub repository has one place of its own."""
    parts = urlsplit(site)
    repository = re.fullmatch(r"/([\w.-]+)/([\w.-]+?)(?:\.git)?(?:/(?:tree|blob)/([\w./-]+))?/?", parts.path)
    if parts.hostname == "github.com" and repository:
        owner, name, ref = repository.groups()
        tree = f"https://api.github.com/repos/{owner}/{name}/git/trees/{(ref or 'HEAD').split('/')[0]}?recursive=1"
        yield Probe("github", tree, "CSVW descriptions in a GitHub repository", ("csvw",)), tree
        return
    if parts.path.strip("/") or parts.query:
        yield Probe("", site, "the address itself", ()), site
    origin = f"{parts.scheme}://{parts.netloc}"
    for probe in PROBES:
        yield probe, origin + probe.path.format(host=quote(parts.hostname or ""))


def platform(probe: Probe, module: str, first: Any) -> tuple[str, str]:
    """The platform and what shows it; ("", "") where the answer could be anybody's.

    ``module``: what reads the answer; ``first``: its first item, or None in an empty feed.
    """
    text = canonical(first)[:200_000] if first is not None else ""
    for name, mark, said in (
        ("socrata", r"/api/views/[a-z0-9]{4}-[a-z0-9]{4}", "its files are at /api/views/"),
        ("arcgis-hub", r"arcgis\.com/home/item\.html", "its identifiers are ArcGIS items"),
        ("opendatasoft", r"/api/explore/v2|/explore/dataset/", "its pages are at /explore/dataset/"),
        ("dkan", r"\bdkan\b|node/\d+#?.*dkan|/api/1/metastore/", "it names DKAN"),
    ):
        if module in ("dcat", "rdf") and re.search(mark, text):
            return name, said
    shapes = {
        "datapress": ("datapress", "its records have DataPress's own fields"),
        "hub-search": ("arcgis-hub", "it answers as ArcGIS Hub's search does"),
        "socrata-catalog": ("socrata", "it answers as Socrata's catalogue does"),
        "opendatasoft": ("opendatasoft", "it answers as Explore v2 does"),
        "towpath": ("towpath", "it answers /feeds/changes.json"),
        "csvw": ("github", "descriptions lie beside the files") if probe.platform == "github" else ("", ""),
    }
    if module == "ckan":
        return (probe.platform or "ckan", f"it answers {urlsplit(probe.path).path}")
    if module in ("dcat", "rdf") and probe.platform:
        return probe.platform, f"it answers {urlsplit(probe.path).path}"
    return shapes.get(module, ("", ""))


def best(offers: list[dict[str, Any]], name: str) -> dict[str, Any] | None:
    """The offer to register."""
    for mark in BEST.get(name, ()):
        for offer in offers:
            if mark in offer["feed_url"]:
                return offer
    return offers[0] if offers else None
