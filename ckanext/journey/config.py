"""Typed getters for the settings of config_declaration.yaml."""

from ckan.plugins import toolkit as tk


def page_steps() -> int:
    """How many of the latest steps the dataset page shows."""
    return tk.config["ckanext.journey.page_steps"]


def lock_seconds() -> int:
    """How long a write waits for another writer of the same ledger."""
    return tk.config["ckanext.journey.lock_seconds"]
