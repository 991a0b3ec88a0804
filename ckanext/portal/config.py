"""The plugin's settings, typed. They are declared in config_declaration.yaml."""

from __future__ import annotations

from ckan.plugins import toolkit as tk


def services_file() -> str:
    return tk.config["ckanext.portal.services_file"] or ""


def details_for_everyone() -> bool:
    return tk.config["ckanext.portal.status_details"] == "everyone"


def lanes_queue() -> str:
    """The job queue of the federation's lanes; "" where the plugin is not there, or its jobs are the worker's."""
    queue = str(tk.config.get("ckanext.federation.queue") or "")
    return "" if queue == "default" else queue


def probe_seconds() -> int:
    return max(1, tk.config["ckanext.portal.probe_seconds"])


def cache_seconds() -> int:
    return max(0, tk.config["ckanext.portal.cache_seconds"])


def schedule() -> str:
    return tk.config["ckanext.portal.schedule"]


def contact_email() -> str:
    return tk.config["ckanext.portal.contact_email"] or ""


def content_security_policy() -> bool:
    return tk.config["ckanext.portal.content_security_policy"]


def csp_connect() -> list[str]:
    return tk.config["ckanext.portal.csp_connect"]


def csp_frame() -> list[str]:
    return tk.config["ckanext.portal.csp_frame"]


def csp_pictures() -> list[str]:
    return tk.config["ckanext.portal.csp_pictures"]


def map_tiles() -> str:
    """The address of the base map that ckanext-geoview's settings name, or ""."""
    names = ("custom_url", "custom.url", "wms.url")
    return next(filter(None, (tk.config.get(f"ckanext.spatial.common_map.{name}") for name in names)), "")
