"""Typed reading of this plugin's settings, and of those of CKAN and ckanext-dcat that a feed depends on."""

from __future__ import annotations

from pathlib import Path

from ckan.plugins import toolkit


def content_negotiation() -> bool:
    return toolkit.config["ckanext.feeds.content_negotiation"]


def excluded_types() -> list[str]:
    return toolkit.config["ckanext.feeds.excluded_types"]


def catch_up_seconds() -> int:
    return toolkit.config["ckanext.feeds.catch_up_seconds"]


def tombstone_days() -> int:
    """How long a dataset that left is remembered; 0 for ever."""
    return toolkit.config["ckanext.feeds.tombstone_days"]


def cache_folder() -> Path | None:
    """Where whole catalogues are kept as files; None when there is no place for them."""
    named = toolkit.config.get("ckanext.feeds.cache_path") or ""
    if named:
        return Path(named)
    storage = toolkit.config.get("ckan.storage_path") or ""
    return Path(storage) / "feeds" if storage else None


def publisher_name() -> str:
    return toolkit.config.get("ckanext.feeds.publisher_name") or toolkit.config.get("ckan.site_title") or "CKAN"


def publisher_uri() -> str:
    """Empty when the publisher has no address of its own."""
    return toolkit.config.get("ckanext.feeds.publisher_uri") or ""


def contact_email() -> str:
    """Whom to ask about the catalogue; empty when nobody is named."""
    settings = toolkit.config
    return settings.get("ckanext.feeds.contact_email") or settings.get("ckanext.portal.contact_email") or ""


def site_url() -> str:
    """Address of the home page, without a closing slash and without a language."""
    root = (toolkit.config.get("ckan.root_path") or "").replace("/{{LANG}}", "").rstrip("/")
    return toolkit.config["ckan.site_url"].rstrip("/") + root


def languages() -> tuple[str, ...]:
    offered = toolkit.config.get("ckan.locales_offered") or []
    return tuple(dict.fromkeys([toolkit.config.get("ckan.locale_default") or "en", *offered]))


def page_size() -> int:
    """Datasets on one page, ckanext-dcat's setting."""
    try:
        return max(1, int(toolkit.config.get("ckanext.dcat.datasets_per_page", 100) or 100))
    except ValueError:
        return 100


def catalog_route() -> str:
    """Route of the catalogue's files, ckanext-dcat's setting (``/catalog.{_format}``)."""
    route = toolkit.config.get("ckanext.dcat.catalog_endpoint", "") or "/catalog.{_format}"
    return route.replace("{_format}", "<_format>")
