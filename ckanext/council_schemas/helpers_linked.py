"""Template helpers of records that point at each other, and of areas."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from . import areas, linked, series
from .exports import schemaorg

Dict = dict[str, Any]


def _lang() -> str:
    try:
        return "cy" if tk.h.lang() == "cy" else "en"
    except RuntimeError:  # outside a request
        return "en"


def council_area_choices() -> list[str]:
    """The areas that are there today, as the picker offers them."""
    return [area.choice(_lang()) for area in areas.every().values() if not area.retired]


def council_series_choices(chosen: list[str]) -> list[Dict]:
    """The series that a dataset can be put in: those that its editor may read; what is chosen stays a choice."""
    found = linked.found(f"+dataset_type:{series.TYPE}", sort="title_string asc")
    known = {each["id"] for each in found} | {each["name"] for each in found}
    kept = [{"id": each, "name": each, "title": each} for each in chosen if each not in known]
    return [*kept, *({"id": each["id"], "name": each["name"], "title": each["title"]} for each in found)]


def council_dataset_choices() -> list[str]:
    """Datasets as the form's list suggests them: ``Title (name)``."""
    found = linked.found("+dataset_type:dataset", rows=linked.SUGGESTED, sort="title_string asc")
    return [f"{each['title']} ({each['name']})" for each in found]


def council_dataset_names(values: list[str]) -> list[str]:
    """Stored ids as the form shows them: ``Title (name)`` of what may be read, else as they are."""
    at = {each["id"]: f"{each['title']} ({each['name']})" for each in linked.by_ids(values)}
    return [at.get(each, each) for each in values]


def council_linked(values: Any) -> list[Dict]:
    """The records that stored ids mean, as far as the reader may see them."""
    return linked.by_ids([values] if isinstance(values, str) else list(values or []))


def council_members(pkg: Dict) -> list[Dict]:
    """The datasets of a series, the latest first."""
    return linked.members(pkg)[::-1]


def council_projects(pkg: Dict) -> list[Dict]:
    """The analytics projects that used a dataset."""
    return linked.projects_of(pkg["id"])


def council_series_entries(pkg: Dict) -> list[Dict]:
    """For each series of a dataset: name, title, and the datasets before and after it."""
    found = linked.by_ids([pkg["in_series"]] if isinstance(pkg.get("in_series"), str) else pkg.get("in_series") or [])
    return [series.of_member(each, linked.members(each), pkg["id"]) for each in found]


def council_next_in_series(pkg: Dict) -> Dict:
    """What the form of the next dataset of a series begins with: parameters of its address."""
    members = linked.members(pkg)
    fields = series.following(pkg, members[-1] if members else None)
    plain = {name: value for name, value in fields.items() if isinstance(value, str)}
    many = {
        name: value
        for name, value in fields.items()
        if isinstance(value, list) and all(isinstance(v, str) for v in value)
    }
    tags = ",".join(tag["name"] for tag in fields["tags"])
    return {**plain, **many, **({"tag_string": tags} if tags else {})}


def site() -> schemaorg.Site:
    """The portal as it names itself."""
    settings = tk.config
    title, about = settings.get("ckan.site_title") or "CKAN", settings.get("ckan.site_description") or ""
    return schemaorg.Site(settings["ckan.site_url"].rstrip("/"), title, about)


def council_structured_data(pkg: Dict) -> Any:
    """What search engines read of a dataset's page: schema.org's JSON-LD, safe inside a script element."""
    return tk.literal(schemaorg.script(schemaorg.dataset(pkg, site())))


def council_export_links(pkg: Dict) -> list[tuple[str, str]]:
    """(name, address) of each form in which a dataset's metadata can be had. Other plugins chain it to add theirs."""
    return [
        (name, tk.h.url_for("council_exports.read", id=pkg["name"], form=form))
        for form, name in (
            ("mem", tk._("UK metadata model (JSON)")),
            ("datagovuk", "data.gov.uk (JSON)"),
            ("schemaorg", "schema.org (JSON-LD)"),
        )
    ]
