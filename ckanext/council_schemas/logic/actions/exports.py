"""Actions: one dataset's metadata in the forms of others."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ... import helpers_linked
from ...exports import datagovuk, mem, schemaorg

Dict = dict[str, Any]
FORMS = ("mem", "datagovuk", "schemaorg")


@tk.side_effect_free
def council_export(context: Any, data_dict: Dict) -> Any:
    """A dataset's metadata in the form of another catalogue.

    :param id: the dataset's id or name
    :param format: ``mem`` (UK Cross-Government Metadata Exchange Model: a list of the dataset's record and those of its files),
        ``datagovuk`` (the names that data.gov.uk's CKAN harvester reads) or ``schemaorg`` (JSON-LD for search engines)

    Raises ValidationError where the model asks for what nobody gave (an email address to contact).
    """
    tk.check_access("council_export", context, data_dict)
    form = data_dict.get("format", "mem")
    if form not in FORMS:
        raise tk.ValidationError({"format": [tk._("Choose one of: {choices}").format(choices=", ".join(FORMS))]})
    own: Any = {name: context[name] for name in ("user", "auth_user_obj", "ignore_auth") if name in context}
    shown = tk.get_action("package_show")(own, {"id": tk.get_or_bust(data_dict, "id")})
    base = tk.config["ckan.site_url"].rstrip("/")
    if form == "datagovuk":
        return datagovuk.dataset(shown, base)
    if form == "schemaorg":
        return schemaorg.dataset(shown, helpers_linked.site())
    made = mem.records(shown, base, organisation=_organisation(shown), fallback_contact=_contact())
    lacking = mem.missing(made[0])
    if lacking:
        message = tk._(
            "The model asks for {names}: give the dataset, its organisation or the portal a contact with an email address"
        )
        raise tk.ValidationError({"contact": [message.format(names=", ".join(lacking))]})
    return made


def _organisation(dataset: Dict) -> Dict | None:
    """The publisher in full; what is private of it does not reach these forms."""
    if not dataset.get("owner_org"):
        return None
    query = {"id": dataset["owner_org"], "include_datasets": False, "include_users": False}
    return tk.get_action("organization_show")({"ignore_auth": True}, query)


def _contact() -> dict[str, str]:
    address = tk.config.get("ckanext.portal.contact_email") or tk.config.get("email_to") or ""
    return {"name": tk.config.get("ckan.site_title") or "", "email": address}
