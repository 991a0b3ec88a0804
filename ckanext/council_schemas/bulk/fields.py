"""The columns of a sheet, from a ckanext-scheming schema (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

TEXT, LIST, GROUPS, TAGS, YESNO = "text", "list", "groups", "tags", "yesno"
DATASET, ORGANISATION = "dataset", "organisation"

#: Columns that tell records apart, and are never changed by a sheet.
ID, TYPE, SAVED = "id", "type", "metadata_modified"
FIXED = (ID, TYPE, SAVED)
FILE, FILE_OF = "resource_id", "package_name"
FIXED_OF_FILES = (FILE, FILE_OF)
#: What the portal finds out of a file by itself, often after its upload.
FOUND_OUT = ("hash", "hash_algorithm", "size")


SAVED_HELP = "By it the portal sees whether somebody changed it after this sheet was made. Leave it as it is."


@dataclass(frozen=True)
class Field:
    """One column. ``kind``: text, list (of texts), groups (of subfields), tags, yesno.

    ``vocabulary``: the code list whose labels stand in the cell; ``choices``: the same, of the schema itself, as
    ``(value, label)``; ``refers``: the value is the id of a dataset or organisation, whose name stands in the cell.
    """

    name: str
    label: str
    kind: str = TEXT
    help: str = ""
    required: bool = False
    vocabulary: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    refers: str = ""
    subfields: tuple[Field, ...] = ()
    once: bool = False

    @property
    def fixed(self) -> bool:
        return self.name in FIXED or self.name in FIXED_OF_FILES


def _text(value: Any) -> str:
    """A label or help of a schema: a text, or one a language."""
    if isinstance(value, Mapping):
        value = value.get("en") or next(iter(value.values()), "")
    return str(value or "")


def _kind(given: Mapping[str, Any]) -> str:
    if given.get("repeating_subfields"):
        return GROUPS
    if given["field_name"] == "tag_string":
        return TAGS
    validators = str(given.get("validators") or "")
    many = "scheming_multiple_text" in validators or "scheming_multiple_choice" in validators
    return LIST if many or str(given.get("preset") or "").startswith("multiple_") else TEXT


def _refers(given: Mapping[str, Any]) -> str:
    validators = str(given.get("validators") or "")
    if given["field_name"] == "owner_org":
        return ORGANISATION
    return DATASET if "council_series_ids" in validators or "council_dataset_ids" in validators else ""


def field_of(given: Mapping[str, Any]) -> Field:
    """A column from a field of the schema, as ``scheming_get_dataset_schema`` gives it."""
    return Field(
        name=given["field_name"],
        label=_text(given.get("label")) or given["field_name"],
        kind=_kind(given),
        help=_text(given.get("help_text")),
        required=bool(given.get("required")),
        vocabulary=str(given.get("vocabulary") or ""),
        choices=tuple((str(each["value"]), _text(each.get("label")) or str(each["value"])) for each in _choices(given)),
        refers=_refers(given),
        subfields=tuple(field_of(each) for each in given.get("repeating_subfields") or ()),
        once=bool(given.get("repeating_once")),
    )


def _choices(given: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return given.get("choices") or ()


def of_datasets(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """The columns of a sheet of datasets: what tells them apart, then the schema's fields in its order."""
    own = [field_of(each) for each in schema["dataset_fields"] if each["field_name"] not in FIXED]
    return (
        Field(ID, "Record ID", help="Tells which dataset the row is about. Leave it as it is; empty for a new dataset."),
        *own,
        Field("private", "Private", YESNO, help="yes: only the organisation sees it. A new dataset is private unless it says no."),
        Field(TYPE, "Record type", help="Leave it as it is."),
        Field(SAVED, "Saved at", help=SAVED_HELP),
    )  # fmt: skip


def of_files(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """The columns of a sheet of files (resources)."""
    return (
        Field(FILE, "File ID", help="Tells which file the row is about. Leave it as it is."),
        Field(FILE_OF, "File of the dataset", help="The web address of its dataset, for reading only."),
        *(field_of(each) for each in schema.get("resource_fields") or () if each["field_name"] not in FOUND_OUT),
        Field(SAVED, "Saved at", help=SAVED_HELP),
    )


def titled(fields: Iterable[Field], translate: Callable[[str], str]) -> dict[str, str]:
    """Headers by field name: labels, with the field's name behind those that two fields share."""
    labels = {each.name: translate(each.label).strip() for each in fields}
    folded = [label.casefold() for label in labels.values()]
    return {n: t if folded.count(t.casefold()) == 1 else f"{t} ({n})" for n, t in labels.items()}
