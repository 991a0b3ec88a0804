"""The dialects that feeds speak: bytes to items, items to records; pure.

A dialect is a module with four functions:

* ``accepts(document) -> bool``: is this parsed document of the dialect?
* ``page(document, hints) -> Page``: its items and where the next page is;
* ``identity(item) -> str``: the upstream id, or "" when the item has none;
* ``read(item) -> Record``: the item's parts under neutral names.

Names such as ``arcgis-hub`` or ``socrata`` say what a node is; the document itself decides how it is read, so
a node that changes its platform's version, or its platform, is still understood.
"""

from __future__ import annotations

from types import ModuleType

from ..record import FeedError
from . import (
    ckan_api,
    csvw,
    datapress,
    dcat,
    decode,
    hub_search,
    inventory,
    opendatasoft,
    rdf,
    socrata_catalog,
    towpath,
)

AUTO = "auto"
# In the order in which a document is offered to them: the narrow shapes first.
MODULES: dict[str, ModuleType] = {
    "towpath": towpath,
    "datapress": datapress,
    "hub-search": hub_search,
    "socrata-catalog": socrata_catalog,
    "opendatasoft": opendatasoft,
    "ckan": ckan_api,
    "inventory": inventory,
    "csvw": csvw,
    "dcat": dcat,
    "rdf": rdf,
}
# What a node may be registered as -> the modules that its documents may be of.
NAMES: dict[str, tuple[str, ...]] = {
    AUTO: tuple(MODULES),
    "arcgis-hub": ("dcat", "hub-search", "rdf"),
    "datapress": ("datapress", "dcat"),
    "dcat-us": ("dcat",),
    "dcat-rdf": ("rdf", "dcat"),
    "ckan": ("ckan",),
    "dkan": ("ckan", "dcat"),
    "socrata": ("dcat", "socrata-catalog"),
    "opendatasoft": ("opendatasoft", "rdf", "dcat"),
    "inventory": ("inventory",),
    "csvw": ("csvw",),
    "towpath": ("towpath",),
}
LABELS = {
    "dcat": "DCAT as JSON",
    "rdf": "DCAT as RDF",
    "ckan": "CKAN's action API",
    "datapress": "DataPress",
    "hub-search": "ArcGIS Hub's search API",
    "socrata-catalog": "Socrata's catalogue API",
    "opendatasoft": "Opendatasoft Explore",
    "inventory": "Inventory XML",
    "csvw": "CSVW descriptions",
    "towpath": "Towpath's feed of changes",
}


def choose(name: str, body: bytes, hints: decode.Hints) -> tuple[ModuleType, decode.Document]:
    """The module that reads these bytes, and the document parsed.

    :raises FeedError: the bytes are no feed, or none that ``name`` allows.
    """
    document = decode.document(body, hints)
    return reader(name, document), document


def reader(name: str, document: decode.Document) -> ModuleType:
    """The module that reads this document.

    :raises FeedError: no dialect that ``name`` allows reads it; the text says what it looks like instead.
    """
    for module_name in NAMES[name]:
        if MODULES[module_name].accepts(document):
            return MODULES[module_name]
    other = next((label for label, module in MODULES.items() if module.accepts(document)), "")
    looks = f"it looks like “{LABELS.get(other, other)}”" if other else f"it looks like {decode.describe(document)}"
    raise FeedError(f"The answer is no feed of the kind “{name}”: {looks}.")
