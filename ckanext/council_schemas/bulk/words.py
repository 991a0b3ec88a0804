"""What plans' states and problems are called on pages and in messages, in the reader's language."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from .kit import Kit
from .model import (
    CANCELLED,
    CHANGED,
    CLOSED,
    DONE,
    FAILED,
    NEW,
    PLANNED,
    PLANNING,
    QUEUED,
    READY,
    REFUSED,
    RUNNING,
    STEP_DONE,
    STEP_FAILED,
    STEP_REFUSED,
    STOPPED,
    UNCHANGED,
    WAITING,
)

Dict = dict[str, Any]


def states() -> dict[str, str]:
    return {
        PLANNING: tk._("The preview is being made"),
        PLANNED: tk._("Ready: nothing has been changed yet"),
        QUEUED: tk._("Waits for its turn"),
        RUNNING: tk._("Running"),
        STOPPED: tk._("Stopped"),
        DONE: tk._("Done"),
        CANCELLED: tk._("Given up"),
        FAILED: tk._("Broken off"),
    }


def actions() -> dict[str, str]:
    return {
        NEW: tk._("New"),
        CHANGED: tk._("Changed"),
        UNCHANGED: tk._("Unchanged"),
        REFUSED: tk._("Refused"),
        "": tk._("Not looked at yet"),
    }


def outcomes() -> dict[str, str]:
    return {
        WAITING: tk._("Not looked at yet"),
        READY: tk._("Not done yet"),
        CLOSED: tk._("Nothing to do"),
        STEP_DONE: tk._("Done"),
        STEP_REFUSED: tk._("Refused"),
        STEP_FAILED: tk._("Failed"),
    }


def label(kit: Kit, name: str, of_file: bool = False) -> str:
    column = kit.column(name, of_file)
    return tk._(column.label) if column else name


def _sentences() -> dict[str, str]:
    return {
        "unknown_id": tk._('There is no dataset "{value}" that you can see.'),
        "unknown_file": tk._('There is no file "{value}": files are added on the dataset\'s page.'),
        "unknown_column": tk._('The column "{column}" (number {place}) is not known, and left out.'),
        "not_allowed": tk._("You may not change this dataset."),
        "no_person": tk._("The person who asked for it is no longer here."),
        "deleted": tk._("The dataset was deleted."),
        "draft": tk._("The dataset is a draft: finish it in the form first."),
        "other_organisation": tk._("The dataset belongs to another organisation."),
        "moves": tk._("The sheet of one organisation cannot give a dataset to another."),
        "other_type": tk._('The sheet is about another kind of record; this one is of the type "{value}".'),
        "fixed": tk._("This cannot be changed by a sheet."),
        "twice": tk._("More than one row is about this dataset (rows {lines}): none of them is used."),
        "file_twice": tk._("More than one row is about this file (row {line})."),
        "file_url": tk._("The address of an uploaded file cannot be changed: upload another file on its page."),
        "moved": tk._(
            "The dataset was changed on the portal (last on {saved}) after this sheet was made. Download it again; or, to "
            'write over what was changed, empty its cell "Saved at".'
        ),
        "moved_since": tk._("The dataset was changed after the preview (on {saved}). Upload the sheet again."),
        "unclear": tk._('"Saved at" is not as it was written: leave it as it is, or empty it.'),
        "invalid": "{said}",
        "said": "{said}",
        "search": tk._("The search index does not answer. Run it again later."),
        "not_in_list": tk._('"{value}" is not in the list.'),
        "yes_or_no": tk._('"{value}" is neither yes nor no.'),
        "json": tk._("This begins like JSON, and is none: {detail}"),
        "json_list": tk._("This has to be a list of texts."),
        "json_groups": tk._("This has to be a list of groups with these parts: {parts}"),
        "json_text": tk._('The part "{part}" has to be a text.'),
        "one_group": tk._("There can be one group only, not {count}."),
        "part": tk._('"{line}" does not begin with one of these parts and a colon: {parts}'),
        "part_twice": tk._('The part "{part}" is there twice in one group. A line --- parts groups.'),
        "cell_formula": tk._("The cell holds a formula (row {line}): put its value in its place."),
        "cell_error": tk._("The cell holds a spreadsheet's error (row {line})."),
        "cell_merged": tk._("The cell is merged with others (row {line}): part them."),
        "cell_long": tk._("The cell holds more than is read (row {line})."),
        "cell_lost": tk._("The cell holds letters that cannot be read (row {line}): save the file as UTF-8."),
        "beyond": tk._('The row has cells beyond the last column, such as "{value}" (row {line}).'),
    }


def say(problem: Dict) -> str:
    """A problem as a sentence; what it is about is said by its ``field`` and ``file_name``."""
    values = {key: _joined(value) for key, value in problem.items()}
    if "saved" in values:
        values["saved"] = str(values["saved"])[:16].replace("T", " ")
    text = _sentences()[problem["code"]].format(**values)
    near = [each for each in problem.get("near") or () if each]
    if near and isinstance(problem["near"], list):
        text += " " + tk._("The nearest are: {values}.").format(values="; ".join(near))
    return text


def _joined(value: Any) -> Any:
    return (
        ("; " if all(isinstance(each, str) and " " in each for each in value) else ", ").join(map(str, value))
        if isinstance(value, list)
        else value
    )
