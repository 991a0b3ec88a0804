"""Actions: the code lists, and patches from the pages of the form."""

from typing import Any

import ckan.plugins.toolkit as tk
from ckanext.scheming.plugins import expand_form_composite

from ... import vocabularies

Dict = dict[str, Any]


@tk.side_effect_free
def council_vocabulary_list(context: Any, data_dict: Dict) -> list[Dict]:
    """The code lists, each with its name, title, source, date, licence and number of codes."""
    tk.check_access("council_vocabulary_list", context, data_dict)
    found = [vocabularies.get(name) for name in vocabularies.list_names()]
    return [{"name": v.name, **v.about, "count": len(v.terms)} for v in found]


@tk.side_effect_free
def council_vocabulary_show(context: Any, data_dict: Dict) -> Dict:
    """One code list with its terms: ``id`` is its name. Raises ObjectNotFound."""
    tk.check_access("council_vocabulary_show", context, data_dict)
    try:
        found = vocabularies.get(tk.get_or_bust(data_dict, "id"))
    except KeyError:
        raise tk.ObjectNotFound(tk._("There is no such code list")) from None
    terms = [
        {"code": t.code, "label": t.label, "label_cy": t.label_cy, "aliases": list(t.aliases), **t.extra} for t in found
    ]
    return {"name": found.name, **found.about, "terms": terms}


@tk.chained_action
def package_patch(next_action: Any, context: Any, data_dict: Dict) -> Any:
    """Gather the repeating groups of a posted form page before the patch.

    ckanext-scheming does so when the dataset is validated, but by then the patch has put the stored groups
    under the same name, and what the form sent would be ignored.
    """
    flat = [key for key in data_dict if "-" in key]
    if flat:
        schema = tk.h.scheming_get_dataset_schema(_type(context, data_dict)) or {"dataset_fields": []}
        composites = {f["field_name"] for f in schema["dataset_fields"] if "repeating_subfields" in f}
        data_dict = dict(data_dict)
        expand_form_composite(data_dict, composites)
    return next_action(context, data_dict)


def _type(context: Any, data_dict: Dict) -> str:
    shown = tk.get_action("package_show")({"ignore_auth": True}, {"id": tk.get_or_bust(data_dict, "id")})
    return shown["type"]
