"""Validation of a batch: what ``plugin_validate`` does for each dataset, with the form's schema made once (``compiled``).

It is done so for a dataset type that leaves validation to CKAN, and for ckanext-scheming's; any other type's own ``validate``
is called for each dataset. The first dataset of every fourth batch is validated both ways: where the results differ, CKAN's counts and
is asked for all others.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from ckan.lib import plugins as lib_plugins
from ckan.logic.converters import convert_to_extras

from .compiled import MISSING, Compiled, Flat, unflatten

log = logging.getLogger(__name__)
Dict = dict[str, Any]
PROVED_EVERY = 4  # batches
Schema = Callable[[], Dict]


class Form:
    """A dataset type's form for one action (``package_create`` or ``package_show``). ``instead``: validators that stand in
    for others."""

    def __init__(self, plugin: Any, schema: Schema, action: str, instead: dict[Any, Any] | None = None):
        self.plugin, self.action = plugin, action
        self._schema, self._instead = schema, instead or {}
        self._compiled: Compiled | None = None
        self._composite: list[str] = []
        self._proved, self._hopeless, self._batches = False, not _known(plugin), 0

    def renew(self) -> None:
        """Before a batch."""
        if self._batches % PROVED_EVERY == 0:
            self._proved = False
        self._batches += 1

    def validate(self, context: Any, data: Dict) -> tuple[Dict, bool]:
        """The data as they are converted, and whether there was no error. As CKAN's, it may change what it is given."""
        if self._hopeless:
            found, errors = self._by_ckan(context, data, self._schema())
            return found, not errors
        return self._quickly(context, data) if self._proved else self._both_ways(context, data)

    def _by_ckan(self, context: Any, data: Dict, schema: Dict) -> tuple[Dict, Dict]:
        return lib_plugins.plugin_validate(self.plugin, context, data, schema, self.action)

    def _both_ways(self, context: Any, data: Dict) -> tuple[Dict, bool]:
        again, schema = _copy(data), self._schema()
        own = set(schema)
        found, errors = self._by_ckan(context, data, schema)
        try:
            if self._compiled is None:
                self._compile(schema, own)
            quick, good = self._quickly(context, again)
        except Exception:
            log.exception("The form of %s cannot be taken apart: CKAN validates each dataset", self.action)
            self._hopeless = True
        else:
            self._proved = self._same(found, errors, quick, good)
            self._hopeless = not self._proved
            if self._hopeless:
                log.warning("%s in batches is not as CKAN does it: CKAN validates each dataset", self.action)
        return found, not errors

    def _same(self, found: Dict, errors: Dict, quick: Dict, good: bool) -> bool:
        """What is shown is shown whatever is wrong with it; what is wrong with a new one is said by the one-by-one path."""
        if self.action == "package_show":
            return quick == found
        return good == (not errors) and (not good or quick == found)

    def _compile(self, schema: Dict, own: set[str]) -> None:
        """``schema``: as the type's ``validate`` has left it; ``own``: the names it had before."""
        self._composite = [name for name, value in schema.items() if isinstance(value, dict) and name not in own]
        if self._composite and self.action != "package_show":
            schema = {**schema, "__after": [*schema.get("__after", []), self._into_extras]}
        self._compiled = Compiled(schema, self._instead)

    def _quickly(self, context: Any, data: Dict) -> tuple[Dict, bool]:
        assert self._compiled is not None
        if self._composite and self.action == "package_show":
            self._out_of_extras(data)
        return self._compiled.validate(data, context)

    def _out_of_extras(self, data: Dict) -> None:
        """As ckanext-scheming's ``validate``: what a field with fields in it is stored as."""
        extras = data.get("extras") or []
        data |= {one["key"]: json.loads(one["value"]) for one in extras if one["key"] in self._composite}
        if extras:
            data["extras"] = [one for one in extras if one["key"] not in self._composite]

    def _into_extras(self, key: Any, flat: Flat, errors: Any, context: Any) -> None:
        """As ckanext-scheming's ``composite_convert_to``."""
        names = {path[0] for path in flat}
        for name in self._composite:
            if name in names:
                value = unflatten({path: one for path, one in flat.items() if path[0] == name})[name]
                flat[(name,)] = json.dumps(value, default=lambda one: None if one is MISSING else one)
                convert_to_extras((name,), flat, errors, context)
                del flat[(name,)]


def _known(plugin: Any) -> bool:
    """Whether we know how the type validates: as CKAN does, or by ckanext-scheming."""
    if not hasattr(plugin, "validate"):
        return True
    try:
        from ckanext.scheming.plugins import SchemingDatasetsPlugin
    except ImportError:
        return False
    return getattr(type(plugin), "validate", None) is SchemingDatasetsPlugin.validate


def _copy(value: Any) -> Any:
    """Of what validation may change: dicts and lists."""
    if isinstance(value, dict):
        return {key: _copy(one) for key, one in value.items()}
    return [_copy(one) for one in value] if isinstance(value, list) else value
