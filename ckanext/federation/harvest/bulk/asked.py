"""Stand-ins for validators that ask the database for each dataset, or do much for little: asked once for all of a batch."""

from __future__ import annotations

from typing import Any

from ckan.logic import validators
from ckan.model import PACKAGE_NAME_MAX_LENGTH, PACKAGE_NAME_MIN_LENGTH

from .. import store


class Asked:
    """Names that are free, and organisations that datasets may belong to."""

    def __init__(self) -> None:
        self._free: set[str] = set()
        self._owners: dict[str, str] = {}

    def renew(self, names: list[str]) -> None:
        """Before a batch of new datasets of these names."""
        self._free = set(names) - store.taken_names(names)
        self._owners = {}

    @property
    def instead(self) -> dict[Any, Any]:
        """Which validators of a new dataset have a stand-in here."""
        names: dict[Any, Any] = {validators.package_name_validator: self._name}
        return names | {validators.owner_org_validator: self._owner, validators.duplicate_extras_key: once_each}

    def _name(self, key: Any, data: Any, errors: Any, context: Any) -> None:
        name = data[key]
        if name not in self._free or not PACKAGE_NAME_MIN_LENGTH <= len(name) <= PACKAGE_NAME_MAX_LENGTH:
            validators.package_name_validator(key, data, errors, context)

    def _owner(self, key: Any, data: Any, errors: Any, context: Any) -> None:
        """CKAN's is asked once for an organisation; what it refuses, each time."""
        value = data.get(key)
        if isinstance(value, str) and value in self._owners:
            data[key] = self._owners[value]
            return
        validators.owner_org_validator(key, data, errors, context)
        if isinstance(value, str) and value:
            self._owners[value] = data[key]


def once_each(key: Any, data: Any, errors: Any, context: Any) -> None:
    """CKAN's makes a dataset of the flat data again to look at its extras; here it does so where one comes twice."""
    names = [value for path, value in data.items() if path[0] == "extras" and path[-1] == "key"]
    if len(set(names)) != len(names):
        validators.duplicate_extras_key(key, data, errors, context)


def unasked(key: Any, data: Any, errors: Any, context: Any) -> None:
    """In place of a validator that only adds errors, where a dataset is shown: nobody looks at them there."""


UNASKED: dict[Any, Any] = dict.fromkeys((validators.package_name_validator, validators.duplicate_extras_key), unasked)
