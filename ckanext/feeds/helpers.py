"""Template helpers."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit

from . import config, formats


def feeds_dataset_links(package: dict[str, Any]) -> list[dict[str, str]]:
    """A dataset's RDF forms: ``label``, ``type``, ``url``. Empty for one that is in no feed."""
    public = package.get("state") == "active" and not package.get("private")
    if not public or package.get("type") in config.excluded_types():
        return []
    return [_link(form, "feeds_rdf.dataset_file", _id=package["id"]) for form in formats.OFFERED]


def feeds_catalogue_links() -> list[dict[str, str]]:
    """The catalogue's RDF forms: ``label``, ``type``, ``url``."""
    return [_link(form, "feeds_rdf.catalogue_file") for form in formats.OFFERED]


def _link(form: formats.Format, endpoint: str, **values: str) -> dict[str, str]:
    url = toolkit.url_for(endpoint, _format=form.ext, _external=True, locale="default", **values)
    return {"label": form.label, "type": form.media_type, "url": url}


@toolkit.chained_helper
def dcat_get_endpoint(_next: Any, _type: str = "dataset") -> str:
    """ckanext-dcat's templates link to our addresses, whether its own are switched on or not."""
    return "feeds_rdf.dataset_file" if _type == "dataset" else "feeds_rdf.catalogue_file"


@toolkit.chained_helper
def dcat_endpoints_enabled(_next: Any) -> bool:
    """The dataset page lists our forms; ckanext-dcat need not list them again."""
    return False


def chained() -> dict[str, Any]:
    return {"dcat_get_endpoint": dcat_get_endpoint, "dcat_endpoints_enabled": dcat_endpoints_enabled}


def own() -> dict[str, Any]:
    return {"feeds_dataset_links": feeds_dataset_links, "feeds_catalogue_links": feeds_catalogue_links}
