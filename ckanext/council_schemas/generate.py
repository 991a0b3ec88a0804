"""Make the council's dataset schema from ckanext-dcat's full DCAT-AP schema (pure).

ckanext-scheming has no include, so what ckanext-dcat maintains is merged with ``schemas/council.yaml``
(pages, order, wording, the council's own fields) when the project is built, and the result is committed.
"""

import copy
from typing import Any

import yaml

Field = dict[str, Any]
# scheming's links whatever it is given, javascript: too.
LINK = "council_schemas/display_snippets/link.html"
# ckanext-dcat's shows nothing for a year or a month.
DATE = "council_schemas/display_snippets/date.html"
HEADER = """\
# Made by `ckan council-schemas generate` from ckanext-dcat's dcat_ap_full.yaml and {name}. Do not edit:
# change {name} and make it again.
"""
_OF_THE_FORM = ("form_section", "start_form_page")
# Our snippets work without JavaScript and name their parts for screen readers; scheming's do not.
SNIPPETS = {
    "repeating_subfields": "council_schemas/form_snippets/repeating.html",
    "multiple_text": "council_schemas/form_snippets/multiple_text.html",
}


def dataset_schema(full: dict[str, Any], council: dict[str, Any], rest: bool = True) -> dict[str, Any]:
    """Merge the two parsed YAML files.

    ``council`` has ``dataset`` (top-level keys), ``pages`` (title, description, sections of fields) and
    ``resource_fields``. A field is its name, or ``{name: {key: value}}`` whose keys win over ckanext-dcat's.
    Fields of ckanext-dcat that no page names are kept in the last section, unless ``rest`` is False. Raises
    ValueError when a field is named twice, or is in neither file.
    """
    base = {field["field_name"]: field for field in full["dataset_fields"]}
    fields: list[Field] = []
    for page in council["pages"]:
        fields += _page(page, base)
    named = [field["field_name"] for field in fields]
    if len(set(named)) < len(named):
        raise ValueError(f"named twice in council.yaml: {sorted({n for n in named if named.count(n) > 1})}")
    last = fields[-1]["form_section"]
    if rest:
        fields += [{**_styled(field), "form_section": last} for name, field in base.items() if name not in named]
    resources = {field["field_name"]: field for field in full["resource_fields"]}
    return {
        **council["dataset"],
        "dataset_fields": fields,
        "resource_fields": _resource_fields(council.get("resource_sections", []), resources),
    }


def _resource_fields(sections: list[dict[str, Any]], base: dict[str, Field]) -> list[Field]:
    """A resource has sections but no pages; fields that no section names go in the last."""
    fields = _sections(sections, base)
    named = [field["field_name"] for field in fields]
    last = {"form_section": fields[-1]["form_section"]} if fields else {}
    return fields + [{**_styled(field), **last} for name, field in base.items() if name not in named]


def _page(page: dict[str, Any], base: dict[str, Field]) -> list[Field]:
    fields = _sections(page["sections"], base)
    if page["title"] != "remove":
        fields[0]["start_form_page"] = {"title": page["title"], "description": page["description"]}
    return fields


def _sections(sections: list[dict[str, Any]], base: dict[str, Field]) -> list[Field]:
    fields = []
    for section in sections:
        about = {key: value for key, value in section.items() if key != "fields"}
        for entry in section["fields"]:
            name, changes = next(iter(entry.items())) if isinstance(entry, dict) else (entry, {})
            fields.append({**_merged(name, changes, base), "form_section": about})
    return fields


def _merged(name: str, changes: dict[str, Any], base: dict[str, Field]) -> Field:
    if name not in base and "label" not in changes:
        raise ValueError(f"{name}: ckanext-dcat has no such field, and council.yaml gives it no label")
    field = {"field_name": name, **_styled(base.get(name, {}))}
    subfields = changes.get("subfields", {})
    field.update({key: value for key, value in changes.items() if key != "subfields"})
    for sub in field.get("repeating_subfields", []):
        sub.update(subfields.get(sub["field_name"], {}))
        for key in [key for key, value in sub.items() if value == "remove"]:
            del sub[key]
    return {key: value for key, value in field.items() if value != "remove"}


def _styled(field: Field) -> Field:
    field = copy.deepcopy(field)
    if field.get("display_snippet") == "link.html":
        field["display_snippet"] = LINK
    if field.get("preset") == "dcat_date":
        field["display_snippet"] = DATE
    if "repeating_subfields" in field:
        field.setdefault("form_snippet", SNIPPETS["repeating_subfields"])
    elif field.get("preset") == "multiple_text":
        field.setdefault("form_snippet", SNIPPETS["multiple_text"])
    field["repeating_subfields"] = [_styled(sub) for sub in field.get("repeating_subfields", [])]
    if not field["repeating_subfields"]:
        del field["repeating_subfields"]
    return field


def other_type(dataset: dict[str, Any], council: dict[str, Any]) -> dict[str, Any]:
    """The schema of a type without files, on one page: fields that it only names are as a dataset has them."""
    plain = [{k: v for k, v in f.items() if k not in _OF_THE_FORM} for f in dataset["dataset_fields"]]
    return dataset_schema({"dataset_fields": plain, "resource_fields": []}, council, rest=False)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def dump(schema: dict[str, Any], name: str = "council.yaml") -> str:
    """The schema as the committed file has it; ``name`` is the file that it was made from."""
    text = yaml.dump(schema, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return HEADER.format(name=name) + text


def licences(terms: Any) -> list[dict[str, Any]]:
    """CKAN's licence list (the shape of ``licenses_group_url``) from the terms of the licence vocabulary."""
    return [
        {
            "id": term.code,
            "title": term.label,
            "url": term.extra["url"],
            "status": "active",
            "domain_data": True,
            "domain_content": True,
            "domain_software": False,
            "family": "",
            "maintainer": "",
            "is_generic": not term.extra["url"],
            "od_conformance": "approved" if term.extra["open"] else "not reviewed",
            "osd_conformance": "not reviewed",
        }
        for term in terms
    ]
