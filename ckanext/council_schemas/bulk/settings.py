"""The settings of bulk sheets."""

from __future__ import annotations

from ckan.plugins import toolkit as tk

from .read import Caps

FILES_EACH = 10  # rows of files that are read for each row of datasets


def max_rows() -> int:
    """Datasets of one sheet."""
    return int(tk.config["ckanext.council_schemas.bulk_max_rows"])


def caps() -> Caps:
    return Caps(bytes=int(tk.config["ckanext.council_schemas.bulk_max_bytes"]), rows=max_rows() * FILES_EACH)


def timeout() -> int:
    """Seconds after which a job ends itself; the next goes on where it was."""
    return int(tk.config["ckanext.council_schemas.bulk_timeout"])
