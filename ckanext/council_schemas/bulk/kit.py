"""What a sheet of one dataset type needs: its columns with their titles, and the names of what its values refer to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from flask_babel import force_locale

from ..calendar import words
from . import diff, fields
from .fields import Field
from .notation import Names

OTHER_LANGUAGE = "cy"


@dataclass(frozen=True)
class Kit:
    """``datasets``, ``files``: the columns of the two sheets, those that tell records apart among them."""

    dataset_type: str
    datasets: tuple[Field, ...]
    files: tuple[Field, ...]

    def column(self, name: str, of_file: bool = False) -> Field | None:
        return next((each for each in (self.files if of_file else self.datasets) if each.name == name), None)


def kit(dataset_type: str) -> Kit:
    """Raises ValidationError for a type that has no schema."""
    schema = tk.h.scheming_get_dataset_schema(dataset_type)
    if not schema:
        raise tk.ValidationError({"type": [tk._('There is no dataset type "{name}".').format(name=dataset_type)]})
    return Kit(dataset_type, fields.of_datasets(schema), fields.of_files(schema))


def titles(columns: Iterable[Field]) -> dict[str, str]:
    """Headers in the reader's language."""
    return fields.titled(columns, tk._)


def all_titles(columns: Iterable[Field]) -> list[dict[str, str]]:
    """Headers in each language in which a sheet may have been made."""
    columns = list(columns)
    found = [titles(columns), fields.titled(columns, str)]
    try:
        with force_locale(OTHER_LANGUAGE):
            found.append(titles(columns))
    except RuntimeError:  # outside a request there is one language
        pass
    return found


def language() -> str:
    return words.lang()


def names(columns: Iterable[Field], records: Iterable[Mapping[str, Any]], lang: str) -> Names:
    """Of the datasets and organisations that these records refer to."""
    wanted: dict[str, set[str]] = {fields.DATASET: set(), fields.ORGANISATION: set()}
    columns = [each for each in columns if each.refers]
    for record in records:
        for each in columns:
            value = diff.stored(each, record)
            wanted[each.refers] |= {v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str)}
    refs = _named(model.Package, wanted[fields.DATASET]) | _named(model.Group, wanted[fields.ORGANISATION])
    return Names(lang, refs)


def _named(table: Any, ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    found = model.Session.execute(sa.select(table.id, table.name).where(table.id.in_(ids)))
    return {each.id: each.name for each in found}
