"""An uploaded sheet becomes a plan whose steps wait to be looked at: one for each dataset that it names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.munge import munge_title_to_name
from ckan.plugins import toolkit as tk

from ..check.reading import Stopped
from . import header, settings
from .fields import FILE, ID, TYPE
from .kit import Kit, all_titles, kit, language
from .model import Plan, Step, new_id
from .notation import KEEP
from .read import Book, read

Dict = dict[str, Any]


def take(path: Path, file_name: str, user: Any, organization_id: str, dataset_type: str) -> Plan:
    """The plan, added to the session with its steps. Raises ValidationError for a file that is no such sheet."""
    try:
        book = read(path, settings.caps())
    except Stopped as error:
        raise tk.ValidationError({"upload": [str(error)]}) from error
    found, files, of = _heads(book, kit(dataset_type or "dataset"))
    if found and not dataset_type and (said := _type(found[1], found[0])) and said != of.dataset_type:
        found, files, of = _heads(book, kit(said))
    plan = _plan(book, file_name, user, organization_id, of, found, files)
    rows = [(*header.record(found[0], row), row.line) for row in found[1]] if found else []
    of_files = [(*header.record(files[0], row), row.line) for row in files[1]] if files else []
    steps = gather(rows, of_files)
    if len(steps) > settings.max_rows():
        most = tk._("There are {count} datasets in the sheet; {most} are taken at a time. Divide it.")
        raise tk.ValidationError({"upload": [most.format(count=len(steps), most=settings.max_rows())]})
    model.Session.add(plan)
    model.Session.add_all(Step(plan_id=plan.id, number=number, **each) for number, each in enumerate(steps, 1))
    return plan


def _heads(book: Book, of: Kit) -> tuple[Any, Any, Kit]:
    """The sheet of files is the one with their ids; that of datasets is among the others."""
    files = header.find(book.grids, header.Known(of.files, all_titles(of.files)), header.OF_FILES)
    others = [grid for grid in book.grids if not files or grid.name != files[0].grid]
    found = header.find(others, header.Known(of.datasets, all_titles(of.datasets)), header.OF_DATASETS)
    return found, files, of


def _type(rows: Any, head: header.Head) -> str:
    """The type that the sheet says its records are of."""
    return next((text for row in rows if (text := header.record(head, row)[0].get(TYPE, "").strip())), "")


def _plan(book: Book, file_name: str, user: Any, organization_id: str, of: Kit, found: Any, files: Any) -> Plan:
    heads = [each[0] for each in (found, files) if each]
    if not heads:
        said = tk._(
            "No row of the file names its columns. There has to be a column called Record ID, Web address or Title: "
            "begin with the sheet that you can download here."
        )
        raise tk.ValidationError({"upload": [said]})
    if twice := [name for head in heads for name in head.twice]:
        raise tk.ValidationError(
            {"upload": [tk._("Columns that are there twice: {names}").format(names=", ".join(twice))]}
        )
    about = {
        "format": book.format, "encoding": book.encoding, "bytes": book.bytes, "sha256": book.sha256, "lang": language(),
        "columns": [each.name for each in found[0].fields] if found else [],
        "file_columns": [each.name for each in files[0].fields] if files else [],
    }  # fmt: skip
    unknown = [{"code": "unknown_column", "sheet": head.grid, **one} for head in heads for one in head.unknown]
    return Plan(
        id=new_id(), organization_id=organization_id, made_by=user.id, file_name=file_name[:200],
        dataset_type=of.dataset_type, about=about, problems=unknown[:200],
    )  # fmt: skip


Record = tuple[dict[str, str], list[Dict], int]


def gather(rows: list[Record], files: list[Record]) -> list[Dict]:
    """The steps' values, in the order of the sheet: rows by the dataset that they are about, files with theirs."""
    known = _packages(cells for cells, _, _ in rows)
    steps: dict[str, Dict] = {}
    for number, (cells, flaws, line) in enumerate(rows):
        given, name = cells.get(ID, "").strip(), cells.get("name", "").strip().removeprefix(KEEP)
        dataset_id = known.get(given, "") if given else known.get(name, "")
        unknown = [{"code": "unknown_id", "value": given[:100]}] if given and not dataset_id else []
        own = name or munge_title_to_name(cells.get("title", "").strip())
        key = dataset_id or (f"name:{own}" if own and not given else f"row:{number}")
        if key in steps:
            _again(steps[key], line)
            continue
        steps[key] = _step(dataset_id, name or cells.get("title", "").strip(), line, cells, flaws + unknown)
    _with_files(steps, files)
    return list(steps.values())


def _step(dataset_id: str, name: str, line: int, cells: dict[str, str], flaws: list[Dict]) -> Dict:
    rows = {"line": line, "cells": cells, "files": [], "flaws": flaws}
    return {"dataset_id": dataset_id, "name": name[:200], "rows": rows}


def _again(step: Dict, line: int) -> None:
    """A second row about the same dataset: nobody knows which is meant, so neither is."""
    twice = next((one for one in step["rows"]["flaws"] if one["code"] == "twice"), None)
    if twice is None:
        twice = {"code": "twice", "lines": [step["rows"]["line"]]}
        step["rows"]["flaws"].append(twice)
    twice["lines"].append(line)


def _packages(rows: Iterable[dict[str, str]]) -> dict[str, str]:
    """Ids of datasets by what the rows call them: id or name."""
    table = model.Package
    rows = list(rows)
    ids = {text for cells in rows if (text := cells.get(ID, "").strip())}
    called = {text for cells in rows if (text := cells.get("name", "").strip())}
    query = sa.select(table.id, table.name).where(sa.or_(table.id.in_(ids), table.name.in_(called)))
    found = list(model.Session.execute(query))
    return {each.name: each.id for each in found} | {each.id: each.id for each in found}


def _with_files(steps: dict[str, Dict], files: list[Record]) -> None:
    ids = {cells[FILE].strip() for cells, _, _ in files}
    resource, package = model.Resource, model.Package
    query = sa.select(resource.id, package.id.label("package_id"), package.name).join(package)
    owners = {
        each.id: each for each in model.Session.execute(query.where(resource.id.in_(ids), resource.state == "active"))
    }
    seen: set[str] = set()
    for cells, flaws, line in files:
        given = cells[FILE].strip()
        owner = owners.get(given)
        if owner is None:
            flaw = {"code": "unknown_file", "value": given[:100], "line": line}
            steps[f"file:{line}"] = _step("", cells.get("package_name", ""), line, {}, [*flaws, flaw])
            continue
        step = steps.setdefault(owner.package_id, _step(owner.package_id, owner.name, line, {}, []))
        step["rows"]["flaws"] += flaws + (
            [{"code": "file_twice", "value": given, "line": line}] if given in seen else []
        )
        step["rows"]["files"].append({"id": given, "line": line, "cells": cells})
        seen.add(given)
