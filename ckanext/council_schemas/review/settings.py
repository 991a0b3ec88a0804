"""The settings of the checks, and which files they concern."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk

ALL, DECLARED, NONE = "all", "declared", "none"
TABULAR = ("csv", "tsv", "xlsx", "ods", "xls")


def which() -> str:
    """``declared`` (files of datasets of a Transparency Code set), ``all`` or ``none``."""
    return str(tk.config["ckanext.council_schemas.check_uploads"])


def max_bytes() -> int:
    return int(tk.config["ckanext.council_schemas.check_max_bytes"])


def timeout() -> int:
    """Seconds after which a check is ended."""
    return int(tk.config["ckanext.council_schemas.check_timeout"])


def waiver_mails() -> bool:
    """Whether those who may answer a proposal to publish personal data are written to."""
    return bool(tk.config["ckanext.council_schemas.waiver_mails"])


def original_days() -> int:
    """Days after which the original of a copy that took its place is removed; 0: it is kept."""
    return int(tk.config["ckanext.council_schemas.original_days"])


def extension(name: str, format_: str) -> str:
    """The kind of table that a file says it is, empty for other files. The name goes before the format."""
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ending in TABULAR:
        return ending
    said = (format_ or "").strip().lower().lstrip(".")
    return said if said in TABULAR else ""


def is_tabular(resource: Any) -> bool:
    """Whether a resource (row of CKAN's model) is an uploaded table."""
    return resource.url_type == "upload" and bool(extension(resource.url or "", resource.format or ""))
