"""Validators of what points at other records: areas, series, datasets, addresses."""

import re
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckanext.scheming.validation import scheming_validator

from .. import areas, series
from .refusal import as_list, is_address, label, refuse

Validator = Any
_ADDRESS = re.compile(r"https?://.+/(?:dataset|dataset_series)/(?P<name>[^/?#]+)")
_CHOICE = re.compile(r".*\((?P<name>[a-z0-9_-]{2,})\)")


def council_places(key: Any, data: dict[Any, Any], errors: Any, context: Any) -> None:
    """After validation: a place picked by its area's name gets the GSS code's address and a geometry."""
    groups = sorted({path[1] for path in data if len(path) > 2 and path[0] == "spatial_coverage"})
    for number in groups:
        at = {path[2]: value for path, value in data.items() if path[:2] == ("spatial_coverage", number)}
        place = {name: value for name, value in at.items() if isinstance(value, str)}
        for name, value in areas.complete(place).items():
            if value != place.get(name):
                data["spatial_coverage", number, name] = value


@scheming_validator
def council_series_ids(field: dict[str, Any], schema: Any) -> Validator:
    """The ids of series, from ids, names or addresses. Names a value that is no series."""
    return _ids(field, series.TYPE, tk._('{field}: there is no series "{value}".'))


@scheming_validator
def council_dataset_ids(field: dict[str, Any], schema: Any) -> Validator:
    """The ids of datasets, from ids, names, addresses or ``Title (name)``. Names a value that is no dataset."""
    return _ids(field, None, tk._('{field}: there is no dataset "{value}" on this portal.'))


def _ids(field: dict[str, Any], dataset_type: str | None, message: str) -> Validator:
    def validator(value: Any, context: Any) -> list[str]:
        found = []
        for text in (str(v).strip() for v in as_list(value)):
            package = _readable(text, context) if text else None
            if package and (package.type == dataset_type if dataset_type else package.type in ("dataset", series.TYPE)):
                found.append(package.id)
            elif text:
                refuse(context, message.format(field=label(field), value=text))
        return list(dict.fromkeys(found))

    return validator


def _readable(text: str, context: Any) -> Any:
    """The package meant, if who saves may read it; others are told no more than that it is not there."""
    match = _ADDRESS.fullmatch(text) or _CHOICE.fullmatch(text)
    package = model.Package.get(text) or (model.Package.get(match["name"]) if match else None)
    if package is None or package.state == "deleted":
        return None
    try:
        asked: Any = {"user": context.get("user"), "ignore_auth": context.get("ignore_auth", False), "model": model}
        tk.check_access("package_show", asked, {"id": package.id})
    except tk.NotAuthorized:
        return None
    return package


def council_address(value: Any, context: Any) -> str | None:
    """A web address, http or https."""
    text = str(value).strip()
    if text and not is_address(text):
        refuse(context, tk._('"{value}" is not a web address. One begins with https://').format(value=text))
        return None
    return text or None
