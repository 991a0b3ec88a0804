"""How a value stands in a cell, and back (pure).

- text: as it is. A code of a list: its label ("Quarterly"); codes are read as well.
- list: one value a line; a list of codes may also be written in one line with semicolons.
- keywords: with commas between. Yes or no: ``yes``, ``no``.
- groups (contacts, places, periods): a line ``part: value`` for each part, groups parted by a line ``---``.
- what cannot be written so (parts within parts, lines within values) is JSON.
- ``#keep``: leave the value as it is, such as one that is too long for a cell.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from .. import vocabularies
from ..formulas import SIGNS
from .fields import GROUPS, LIST, TAGS, TEXT, YESNO, Field

KEEP = "#keep"
LONGEST = 32_767  # signs of an XLSX cell
DEEPEST = 8
_RISKY = re.compile(f"'*[{re.escape(SIGNS)}]")
_GUARDED = re.compile(f"'+[{re.escape(SIGNS)}]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_RULE = re.compile(r"\s*(-{2,})?\s*")
_YES, _NO = ("yes", "true", "1", "y", "ie", "ydy", "ydi"), ("no", "false", "0", "n", "na", "nac ydy")


class Bad(ValueError):
    """A cell that cannot be read. ``code`` and ``values`` are for ``words.say``."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True)
class Names:
    """What codes and ids are called. ``refs``: names of datasets and organisations by id."""

    lang: str = "en"
    refs: Mapping[str, str] = field(default_factory=dict)

    def of(self, column: Field, value: str) -> str:
        """The label that is read back as this value; else the value itself."""
        if column.vocabulary:
            vocabulary = vocabularies.get(column.vocabulary)
            label = vocabulary.label(value, self.lang)
            plain = vocabulary.match(label) == value and not set(label) & set(";\n") and label == label.strip()
            return label if plain else value
        if column.choices:
            return next((label for code, label in column.choices if code == value), value)
        return self.refs.get(value, value) if column.refers else value


def tidy(text: str) -> str:
    """The form in which cells are compared: line ends alike, no control signs, no space at the end."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).rstrip()


def guard(text: str, csv: bool) -> str:
    """A text that no spreadsheet takes for a formula. A workbook says itself that a cell is text."""
    return f"'{text}" if (_RISKY if csv else _GUARDED).match(text) else text


def unguard(text: str) -> str:
    return text[1:] if _GUARDED.match(text) else text


def cell(column: Field, value: Any, names: Names) -> str:
    """A stored value as a cell's text. ``tidy``, but neither guarded nor cut."""
    if column.kind == YESNO:
        return "yes" if value else "no"
    if value is None or value in ("", []):
        return ""
    if column.kind == TAGS:
        return ", ".join(map(str, value))
    if column.kind == GROUPS:
        return tidy(_groups(column, value))
    if column.kind == LIST:
        return tidy(_list(column, value, names))
    return tidy(names.of(column, _scalar(value)))


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _plain(text: Any) -> bool:
    """Whether it may stand on a line of its own."""
    return isinstance(text, str) and bool(text) and text == tidy(text).strip() and "\n" not in text


def _list(column: Field, value: Any, names: Names) -> str:
    texts = [names.of(column, each) if isinstance(each, str) else each for each in _as_list(value)]
    apart = ";" if column.vocabulary else "\n"
    if (
        texts
        and all(_plain(each) and apart not in each for each in texts)
        and texts[0][0] not in "[{"
        and texts != [KEEP]
    ):
        return "\n".join(texts)
    return json.dumps(texts, ensure_ascii=False) if texts else ""


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def filled(value: Any) -> Any:
    """A group's value without its empty parts; None where nothing is left."""
    if isinstance(value, list):
        return [each for each in map(filled, value) if each is not None] or None
    if isinstance(value, dict):
        return {key: each for key, given in value.items() if (each := filled(given)) is not None} or None
    return None if value is None or value == "" else value


def _groups(column: Field, value: Any) -> str:
    groups = filled(_as_list(value)) or []
    parts = {each.name for each in column.subfields}
    flat = all(
        isinstance(group, dict) and all(name in parts and _plain(text) for name, text in group.items())
        for group in groups
    )
    if not flat:
        return json.dumps(groups, ensure_ascii=False)
    return "\n---\n".join("\n".join(f"{n}: {group[n]}" for n in _order(column, group)) for group in groups)


def _order(column: Field, group: Mapping[str, Any]) -> list[str]:
    return [each.name for each in column.subfields if each.name in group]


def value(column: Field, text: str) -> Any:
    """What a cell says, in the shape in which CKAN takes it. Raises Bad."""
    text = tidy(text).strip()
    if column.kind == YESNO:
        return _yesno(text)
    if column.kind == TAGS:
        return list(dict.fromkeys(each.strip() for each in re.split(r"[,;\n]", text) if each.strip()))
    if column.kind == LIST:
        return _read_list(column, text)
    if column.kind == GROUPS:
        return _read_groups(column, text)
    return _chosen(column, text)


def _yesno(text: str) -> bool:
    if text.casefold() in _YES:
        return True
    if text.casefold() in _NO or not text:
        return False
    raise Bad("yes_or_no", value=text)


def _chosen(column: Field, text: str) -> str:
    """A label of the schema's own choices becomes its value; code lists are the validators' to match."""
    if not column.choices or not text:
        return text
    for code, label in column.choices:
        if text.casefold() in (code.casefold(), label.casefold()):
            return code
    raise Bad("not_in_list", value=text, near=near(column, text))


def near(column: Field, text: str, lang: str = "en") -> list[str]:
    """The labels of the column's list that come nearest to a text, three at most."""
    if column.vocabulary:
        labels = [term.text(lang) for term in vocabularies.get(column.vocabulary) if not term.retired]
    else:
        labels = [label for _, label in column.choices]
    folded = {label.casefold(): label for label in labels}
    found = [folded[each] for each in get_close_matches(text.casefold(), list(folded), n=3, cutoff=0.5)]
    begins = [label for key, label in folded.items() if key.startswith(text.casefold()[:4]) and label not in found]
    return (found + begins)[:3]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Bad("json", detail=str(error)[:200]) from None


def _read_list(column: Field, text: str) -> list[str]:
    if text.startswith("["):
        given = _json(text)
        if not isinstance(given, list) or not all(isinstance(each, (str, int, float)) for each in given):
            raise Bad("json_list")
        return [_chosen(column, str(each)) for each in given]
    pieces = re.split(r"[;\n]" if column.vocabulary or column.choices else r"\n", text)
    return [_chosen(column, each.strip()) for each in pieces if each.strip()]


def _read_groups(column: Field, text: str) -> list[dict[str, Any]]:
    if text.startswith(("[", "{")):
        given = _json(text)
        groups = [_checked(column, each, 1) for each in (given if isinstance(given, list) else [given])]
    else:
        groups = list(_lines(column, text))
    if column.once and len(groups) > 1:
        raise Bad("one_group", count=len(groups))
    return groups


def _lines(column: Field, text: str) -> list[dict[str, Any]]:
    parts = {each.name.casefold(): each.name for each in column.subfields}
    parts |= {each.label.casefold(): each.name for each in column.subfields if each.label.casefold() not in parts}
    kinds = {each.name: each.kind for each in column.subfields}
    groups: list[dict[str, Any]] = [{}]
    for line in text.split("\n"):
        if _RULE.fullmatch(line):
            groups.append({})
            continue
        key, colon, given = line.partition(":")
        name = parts.get(key.strip().casefold())
        if not colon or name is None:
            raise Bad("part", line=line[:100], parts=[each.name for each in column.subfields])
        if name in groups[-1]:
            raise Bad("part_twice", part=name)
        if given.strip():
            groups[-1][name] = given.strip() if kinds[name] == TEXT else [given.strip()]
    return [group for group in groups if group]


def _checked(column: Field, given: Any, depth: int) -> dict[str, Any]:
    """A group that was written in JSON: only parts that there are, texts where texts belong."""
    if not isinstance(given, dict) or depth > DEEPEST:
        raise Bad("json_groups", parts=[each.name for each in column.subfields])
    parts = {each.name: each for each in column.subfields}
    made: dict[str, Any] = {}
    for name, inner in given.items():
        part = parts.get(name)
        if part is None:
            raise Bad("part", line=str(name)[:100], parts=list(parts))
        if inner is None or inner == "":
            continue
        if part.kind == GROUPS:
            made[name] = [_checked(part, each, depth + 1) for each in _as_list(inner)]
        elif part.kind == LIST:
            made[name] = [str(each) for each in _as_list(inner)]
        elif isinstance(inner, (str, int, float)):
            made[name] = inner if isinstance(inner, str) else _scalar(inner)
        else:
            raise Bad("json_text", part=name)
    return made
