"""Datasets out: which ones, their cells, and the file they are written to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.search import SearchError
from ckan.plugins import toolkit as tk

from .. import vocabularies
from . import diff, indexed, people, settings, write
from .fields import FILE_OF, GROUPS, LIST, TAGS, YESNO, Field
from .kit import Kit, language, names, titles

Dict = dict[str, Any]
PAGE = 1000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Asked:
    """``owner_org``: an organisation's id, or empty; ``q`` and ``fq`` as ``package_search`` takes them."""

    dataset_type: str
    owner_org: str = ""
    q: str = ""
    fq: str = ""
    offset: int = 0


def found(asked: Asked, user: Any) -> list[str]:
    """The ids of the active datasets that were asked for and that the user may change, by title.

    Who may export an organisation's datasets may change them; and a plan asks again of each.
    """
    ids = _searched(asked, user) if asked.q or asked.fq or not asked.owner_org else _of_organisation(asked)
    return ids if asked.owner_org else [each for each in ids if people.may(user, "package_update", {"id": each})]


def _of_organisation(asked: Asked) -> list[str]:
    table = model.Package
    query = sa.select(table.id).where(
        table.owner_org == asked.owner_org, table.type == asked.dataset_type, table.state == "active"
    )
    return list(model.Session.execute(query.order_by(sa.func.lower(table.title), table.name)).scalars())


def _searched(asked: Asked, user: Any) -> list[str]:
    fq_list = [f'dataset_type:"{asked.dataset_type}"']
    fq_list += [f'owner_org:"{asked.owner_org}"'] if asked.owner_org else []
    query = {"q": asked.q, "fq": asked.fq, "fq_list": fq_list, "rows": PAGE, "fl": "id", "facet": False}
    query |= {"include_private": True, "sort": "title_string asc, id asc"}
    ids: list[str] = []
    while True:
        try:
            page = tk.get_action("package_search")(people.context(user), {**query, "start": len(ids)})
        except SearchError as error:
            raise tk.ValidationError({"q": [tk._("This search cannot be understood.")]}) from error
        ids += [each["id"] for each in page["results"]]
        if not page["results"] or len(ids) >= page["count"]:
            return ids


def sheets(kit: Kit, ids: Iterable[str], user: Any) -> list[write.Sheet]:
    """The sheets of datasets and of their files. A dataset that is gone meanwhile is left out."""
    records = records_of(list(ids), user)
    own = names((*kit.datasets, *kit.files), [*records, *(f for r in records for f in r["resources"])], language())
    rows = [diff.cells(kit.datasets, each, own) for each in records]
    files = [
        diff.cells(kit.files, file, own) | {FILE_OF: each["name"]} for each in records for file in each["resources"]
    ]
    made = [write.Sheet(tk._("Datasets"), kit.datasets, titles(kit.datasets), rows)]
    return [*made, write.Sheet(tk._("Files"), kit.files, titles(kit.files), files)] if len(kit.files) > 3 else made


def records_of(ids: Sequence[str], user: Any) -> list[Dict]:
    """Datasets as ``package_show`` gives them to their editors, in this order; those that are gone are left out.

    Asked for one by one, a thousand hold a web worker for half a minute. The search index has each as it was when it was saved:
    only what is not there, is there as it was before, or has a file that is held back, is read from the database.
    """
    kept = indexed.records(ids)
    made = []
    for each in ids:
        record = kept.get(each)
        if record is None:
            try:
                record = people.show(user, each)
            except (tk.ObjectNotFound, tk.NotAuthorized):
                continue
            model.Session.expunge_all()
        if record["state"] == "active":
            made.append(record)
    return made


def workbook(kit: Kit, ids: Iterable[str], user: Any) -> bytes:
    made = sheets(kit, ids, user)
    return write.to_xlsx(made, _guide(kit))


def comma_separated(kit: Kit, ids: Iterable[str], user: Any, by_name: bool, files: bool) -> bytes:
    return write.to_csv(sheets(kit, ids, user)[1 if files else 0], by_name)


def _guide(kit: Kit) -> write.Guide:
    columns = (*kit.datasets, *kit.files)
    lang = language()
    choices = {each.name: _choices(each, lang) for each in columns if each.kind != GROUPS}
    return write.Guide(
        name=tk._("How to"),
        lists=tk._("Lists"),
        lines=[
            tk._("One row is one dataset. Change cells, save the workbook, and upload it: you see every change before it is made."),
            tk._("A column that is taken out of the sheet, and a row that is taken out, change nothing. Nothing is ever deleted."),
            tk._("An empty cell empties the field. A cell that holds #keep leaves it as it is."),
            tk._("A row without a Record ID whose web address is not taken makes a new dataset."),
        ],
        headers=[tk._("Sheet"), tk._("Column"), tk._("Name"), tk._("Needed"), tk._("What it is"), tk._("How to write it")],
        help={each: tk._(each.help) if each.help else "" for each in columns},
        how={each: _how(each) for each in columns},
        choices={name: found for name, found in choices.items() if found},
        needed=tk._("yes"),
    )  # fmt: skip


def _choices(column: Field, lang: str) -> list[str]:
    if column.kind == YESNO:
        return ["yes", "no"]
    if column.vocabulary:
        terms = [term for term in vocabularies.get(column.vocabulary) if not term.retired]
        return [_label(column.vocabulary, term, lang) for term in terms]
    return [label for _, label in column.choices]


def _label(name: str, term: vocabularies.Term, lang: str) -> str:
    label = term.text(lang)
    return label if vocabularies.get(name).match(label) == term.code else term.code


def _how(column: Field) -> str:
    if column.fixed:
        return ""
    if column.kind == LIST and (column.vocabulary or column.choices):
        return tk._("One of the list on each line, or semicolons between them.")
    if column.kind == GROUPS:
        parts = ", ".join(each.name for each in column.subfields)
        return tk._("On each line a part, a colon and its value; a line --- between two groups. Parts: {parts}").format(
            parts=parts
        )
    ways = {
        LIST: tk._("One on each line."),
        TAGS: tk._("Commas between them."),
        YESNO: tk._("yes or no"),
    }
    return ways.get(column.kind, tk._("One of the list.") if column.vocabulary or column.choices else tk._("Text."))


def part(ids: list[str], offset: int) -> list[str]:
    return ids[offset : offset + settings.max_rows()]
