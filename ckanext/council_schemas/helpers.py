"""Template helpers: choices and labels of the code lists, sections of the form and of the page."""

from typing import Any

import ckan.plugins.toolkit as tk

from . import vocabularies
from .helpers_linked import (
    council_area_choices,
    council_dataset_choices,
    council_dataset_names,
    council_export_links,
    council_linked,
    council_members,
    council_next_in_series,
    council_projects,
    council_series_choices,
    council_series_entries,
    council_structured_data,
)
from .helpers_review import council_held
from .helpers_types import council_found, humanize_entity_type
from .index import loads
from .logic.refusal import as_list, is_address

Field = dict[str, Any]
# Shown elsewhere on CKAN's dataset page.
ELSEWHERE = ("id", "title", "name", "notes", "tag_string", "license_id", "owner_org")
SEARCHABLE = {
    "theme": "vocab_theme",
    "transparency_set": "transparency_set",
    "frequency": "frequency",
    "gss_area": "gss_area",
    "lgsl_service": "lgsl_service",
    "use_area": "vocab_use_area",
}

__all__ = [
    "council_area_choices",
    "council_choices",
    "council_dataset_choices",
    "council_dataset_names",
    "council_export_links",
    "council_facet_label",
    "council_filled",
    "council_form_sections",
    "council_found",
    "council_geometry",
    "council_grouped_choices",
    "council_held",
    "council_label",
    "council_linked",
    "council_members",
    "council_next_in_series",
    "council_projects",
    "council_sections",
    "council_series_choices",
    "council_series_entries",
    "council_structured_data",
    "council_terms",
    "humanize_entity_type",
]


def _lang() -> str:
    try:
        return "cy" if tk.h.lang() == "cy" else "en"
    except RuntimeError:  # outside a request
        return "en"


def council_choices(field: Field) -> list[dict[str, str]]:
    """ckanext-scheming's ``choices_helper``: value, label and group of each code of the field's list."""
    lang, vocabulary = _lang(), vocabularies.get(field["vocabulary"])
    choices = [
        {"value": term.code, "label": _long(vocabulary.name, term, lang), "group": _group(vocabulary.name, term, lang)}
        for term in vocabulary
    ]
    return sorted(choices, key=lambda c: c["label"].lower()) if vocabulary.name == "lgsl" else choices


def council_grouped_choices(field: Field, current: str | None = None) -> list[tuple[str, list[dict[str, str]]]]:
    """The choices by group, in the list's order; a current value that is in no list is kept as a choice."""
    groups: dict[str, list[dict[str, str]]] = {}
    choices = council_choices(field)
    if current and current not in {c["value"] for c in choices}:
        label = tk._("{value} (not in the list)").format(value=current)
        groups[""] = [{"value": current, "label": label, "group": ""}]
    order = [tk._("England"), tk._("Wales"), tk._("Scotland"), tk._("Northern Ireland")]
    for choice in choices:
        groups.setdefault(choice["group"], []).append(choice)
    if field["vocabulary"] != "gss":
        return list(groups.items())
    return sorted(groups.items(), key=lambda g: ("", *order).index(g[0]) if g[0] in ("", *order) else 9)


def _long(name: str, term: vocabularies.Term, lang: str) -> str:
    """Numbers that people know a thing by go with its label."""
    label = term.text(lang)
    if name == "gss" and term.retired and term.extra["end"]:
        return tk._("{name} ({code}, until {date})").format(
            name=label, code=term.code, date=vocabularies.day(term.extra["end"], lang)
        )
    if name == "gss":
        return f"{label} ({term.code})"
    return f"{label} (LGSL {term.code})" if name == "lgsl" else label


def _group(name: str, term: vocabularies.Term, lang: str) -> str:
    if name == "gss" and term.retired:
        return tk._("Codes no longer used")
    if name == "gss" and term.code.startswith(("E47", "E61")):
        return tk._("Combined authorities")
    if name == "gss":
        return tk._(term.extra["nation"])
    if name == "transparency_set":
        return vocabularies.get("frequency").label(term.extra["frequency"], lang)
    return ""


def council_label(field_name: str, code: str) -> str:
    """The label of a code in the page's language; an unknown code is its own label."""
    vocabulary = vocabularies.for_field(field_name)
    return vocabulary.label(code, _lang()) if vocabulary else code


def council_facet_label(field_name: str, code: str) -> str:
    """Like council_label, with the last part of an address that is in no list."""
    label = council_label(field_name, code)
    if label != code or not is_address(code):
        return label
    return code.rstrip("/#").replace("#", "/").rsplit("/", 1)[-1].replace("_", " ") or code


def council_terms(field: Field, value: Any) -> list[dict[str, str]]:
    """What a page shows for a stored code or list of codes: label, code, address to link, note."""
    if not value:
        return []
    name = field["vocabulary"]
    shown = []
    for code in (str(v) for v in as_list(value)):
        term = vocabularies.get(name).get(code)
        shown.append(
            {
                "code": code if name in ("gss", "lgsl") and term else "",
                "label": term.text(_lang()) if term else code,
                "url": _url(field["field_name"], code, term is not None),
                "note": retired_note(code) if name == "gss" else "",
            }
        )
    return shown


def _url(field_name: str, code: str, known: bool) -> str:
    """Other datasets with the same code, where there is a facet for it; an unknown address is its own link."""
    facet = SEARCHABLE.get(field_name)
    if known and facet:
        return tk.h.url_for("dataset.search", **{facet: code})
    return code if not known and is_address(code) else ""


def retired_note(code: str) -> str:
    """What to say of a GSS code that is no longer used, empty for others."""
    gss = vocabularies.get("gss")
    term = gss.get(code)
    if not term or not term.retired:
        return ""
    ends, lang = term.extra["end"], _lang()
    said = (
        tk._("This code was retired on {date}.").format(date=vocabularies.day(ends, lang))
        if ends
        else tk._("This code is retired.")
    )
    new = [f"{gss.label(c, lang)} ({c})" for c in term.extra["replaced_by"].split()]
    return f"{said} {tk._('The area is now in {names}.').format(names=', '.join(new))}" if new else said


def council_form_sections(fields: list[Field], errors: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of a form page by section. A folded section with an error in it is open."""
    sections: list[dict[str, Any]] = []
    for field in fields:
        about = field.get("form_section") or {"title": ""}
        if not sections or sections[-1]["title"] != about["title"]:
            sections.append({**about, "fields": []})
        sections[-1]["fields"].append(field)
    for section in sections:
        section["open"] = any(f["field_name"] in (errors or {}) for f in section["fields"])
    return sections


def council_sections(schema: dict[str, Any], dataset: dict[str, Any]) -> list[dict[str, Any]]:
    """The sections of the dataset page: only fields that have a value, and that this person may see."""
    editor = tk.h.check_access("package_update", {"id": dataset["id"]})
    fields = [
        f
        for f in schema["dataset_fields"]
        if f["field_name"] not in ELSEWHERE
        and council_filled(dataset.get(f["field_name"]))
        and (editor or not f.get("editors_only"))
    ]
    return council_form_sections(fields, {})


def council_filled(value: Any) -> bool:
    """Whether there is anything in a value, a list or a list of groups."""
    if isinstance(value, list):
        return any(council_filled(v) for v in value)
    if isinstance(value, dict):
        return any(council_filled(v) for v in value.values())
    return value is not None and str(value).strip() != ""


def council_geometry(text: str) -> dict[str, Any]:
    """GeoJSON text as a dict, empty when it is none."""
    found = loads(text)
    return found if isinstance(found, dict) else {}
