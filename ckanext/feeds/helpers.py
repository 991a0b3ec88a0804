"""Template helpers."""

from __future__ import annotations

from typing import Any

from ckan.plugins import plugin_loaded, toolkit
from markupsafe import Markup

from . import config, formats, serve
from .forms import Form, read, registry, schema_org

Link = dict[str, str]


def feeds_dataset_links(package: dict[str, Any]) -> list[Link]:
    """A dataset's forms: ``label``, ``type``, ``url``. Empty for one that is in no feed."""
    if not _is_in_feed(package):
        return []
    rdf = [_rdf(form, "feeds_rdf.dataset_file", _id=package["id"]) for form in formats.OFFERED]
    return rdf + [_link(form, f"one_{form.name}", _id=package["id"]) for form in registry.FORMS if form.suffix]


def feeds_catalogue_links() -> list[Link]:
    """The catalogue's RDF forms: ``label``, ``type``, ``url``."""
    return [_rdf(form, "feeds_rdf.catalogue_file") for form in formats.OFFERED]


def feeds_form_links(*names: str) -> list[Link]:
    """The catalogue in forms besides RDF, by their names: ``label``, ``type``, ``url``."""
    return [_link(registry.BY_NAME[name], f"whole_{name}") for name in names]


def feeds_schema_org(package: dict[str, Any]) -> Markup:
    """What search engines read of a dataset, for a ``<script>`` element; empty for one that is in no feed, and where
    council_schemas says it already."""
    if plugin_loaded("council_schemas") or not _is_in_feed(package):
        return Markup()
    site = serve.site(None)
    # ``script`` escapes what could end the element.
    return Markup(schema_org.script(package, read.dataset(package, None, site).uri, site))  # noqa: S704


def _is_in_feed(package: dict[str, Any]) -> bool:
    public = package.get("state") == "active" and not package.get("private")
    return public and package.get("type") not in config.excluded_types()


def _rdf(form: formats.Format, endpoint: str, **values: str) -> Link:
    url = toolkit.url_for(endpoint, _format=form.ext, _external=True, locale="default", **values)
    return {"label": form.label, "type": form.media_type, "url": url}


def _link(form: Form, endpoint: str, **values: str) -> Link:
    url = toolkit.url_for(f"feeds_rdf.{endpoint}", _external=True, locale="default", **values)
    return {"label": toolkit._(form.label), "type": form.media_type.partition(";")[0], "url": url}


@toolkit.chained_helper
def dcat_get_endpoint(_next: Any, _type: str = "dataset") -> str:
    """ckanext-dcat's templates link to our addresses, whether its own are switched on or not."""
    return "feeds_rdf.dataset_file" if _type == "dataset" else "feeds_rdf.catalogue_file"


@toolkit.chained_helper
def dcat_endpoints_enabled(_next: Any) -> bool:
    """The dataset page lists our forms; ckanext-dcat need not list them again."""
    return False


#: Forms of council_schemas that the feed has too.
SAME = ("mem.json", "schemaorg.json")


@toolkit.chained_helper
def council_export_links(_next: Any, pkg: dict[str, Any]) -> list[tuple[str, str]]:
    """council_schemas lists a dataset's forms on its page: ours stand there, each form once."""
    theirs, ours = _next(pkg), feeds_dataset_links(pkg)
    if not ours:
        return theirs
    listed = [(link["label"], link["url"]) for link in ours]
    return listed + [each for each in theirs if not each[1].endswith(SAME)]


def feeds_listed_elsewhere(package: dict[str, Any]) -> bool:
    """Whether council_schemas lists our forms on the page of this dataset."""
    return plugin_loaded("council_schemas") and package.get("type") == "dataset"


def chained() -> dict[str, Any]:
    """Helpers of plugins that are there."""
    found: dict[str, Any] = {}
    if plugin_loaded("dcat"):
        found |= {"dcat_get_endpoint": dcat_get_endpoint, "dcat_endpoints_enabled": dcat_endpoints_enabled}
    if plugin_loaded("council_schemas"):
        found["council_export_links"] = council_export_links
    return found


def own() -> dict[str, Any]:
    return {
        "feeds_dataset_links": feeds_dataset_links,
        "feeds_catalogue_links": feeds_catalogue_links,
        "feeds_form_links": feeds_form_links,
        "feeds_schema_org": feeds_schema_org,
        "feeds_listed_elsewhere": feeds_listed_elsewhere,
    }
