"""Typed getters for the settings of config_declaration.yaml."""

from zoneinfo import ZoneInfo

from ckan.plugins import toolkit as tk


def page_steps() -> int:
    """How many of the latest steps the dataset page shows."""
    return tk.config["ckanext.journey.page_steps"]


def lock_seconds() -> int:
    """How long a write waits for another writer of the same ledger."""
    return tk.config["ckanext.journey.lock_seconds"]


def approval_required() -> bool:
    """Whether a dataset becomes public only once a second person approved it."""
    return tk.config["ckanext.journey.approval_required"]


def zone() -> ZoneInfo:
    """The portal's time zone, `ckan.display_timezone`; UTC where that names none."""
    name = tk.config.get("ckan.display_timezone") or "UTC"
    try:
        return ZoneInfo(name if name != "server" else "UTC")
    except (KeyError, ValueError):
        return ZoneInfo("UTC")


def signing_key() -> str:
    """The file of the key that signs checkpoints; empty: beside CKAN's settings file."""
    return tk.config["ckanext.journey.signing_key"]


def mirror_private_hosts() -> list[str]:
    """`host:port` of portals on private addresses whose checkpoints may be mirrored."""
    return tk.config["ckanext.journey.mirror_private_hosts"]


def mirrors() -> list[str]:
    """The portals whose checkpoints are mirrored each day."""
    return tk.config["ckanext.journey.mirrors"]


def lineage_bytes() -> int:
    """The most bytes of a report of lineage, packed or unpacked."""
    return tk.config["ckanext.journey.lineage_bytes"]


def prov_statements() -> int:
    """The most things and relations of a PROV file that is read."""
    return tk.config["ckanext.journey.prov_statements"]


def releases_kept() -> int:
    """How many published releases of a file are kept to tell what changed; 0: none."""
    return tk.config["ckanext.journey.releases_kept"]


def release_bytes() -> int:
    """The largest file that is kept as a release."""
    return tk.config["ckanext.journey.release_bytes"]


def export_nodes() -> int:
    """The most steps, files and pieces of evidence, together, of an export."""
    return max(tk.config["ckanext.journey.export_nodes"], 1)


def export_bytes() -> int:
    """The most bytes of files that a crate carries."""
    return tk.config["ckanext.journey.export_bytes"]
