"""CKAN's validation of one schema, taken apart once and run on many datasets: the same validators, in the same order.

``navl.validate`` flattens and sorts its schema, and lists what it has for the data at hand, five times for each dataset. Here
that is done once. Of the validators three are known by name, as they are the first of most fields: ``ignore_missing``,
``ignore_empty`` and ``convert_from_extras`` are not called for a field that is not there.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ckan.lib.navl import dictization_functions as navl
from ckan.lib.navl.validators import ignore_empty, ignore_missing
from ckan.logic.converters import convert_from_extras, convert_to_extras

Key = tuple[Any, ...]
Flat = dict[Key, Any]
Step = tuple[int, Callable[..., Any]]
MISSING = navl.missing
# Plans of so many lists' members are kept; a dataset of more files than that makes the rest anew.
MOST_PLANS = 500


@dataclass(slots=True)
class Field:
    """A field's validators, and the first of them where it is one that is known by name."""

    steps: list[Step]
    first: Any = None


@dataclass(slots=True)
class Level:
    """One (sub)schema: its fields in the order in which they are validated, and what runs beside them."""

    fields: list[tuple[str, Field]] = field(default_factory=list)
    beside: dict[str, list[Step]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Plan:
    """A level for one member of a list, with whole keys; ``missing``: each of them, said to be missing."""

    fields: list[tuple[Key, Field]]
    missing: Flat


class Errors(dict[Key, list[Any]]):
    """What validators put their errors in: a list for each field, made when asked for."""

    def __missing__(self, key: Key) -> list[Any]:
        return self.setdefault(key, [])


class Compiled:
    """A schema; ``instead``: validators that stand in for others."""

    def __init__(self, schema: dict[str, Any], instead: dict[Any, Any] | None = None):
        self.schema, self._instead = schema, instead or {}
        self.keys = list(schema)
        self._levels: dict[Key, Level] = {}
        self._prefixes: set[Key] = set()
        self._used: set[Any] = set()
        self._take_apart(schema, ())
        self._plans: dict[Key, Plan] = {}

    def _take_apart(self, schema: dict[str, Any], path: Key) -> None:
        level = self._levels[path] = Level()
        for name, value in sorted(schema.items()):
            self._prefixes.add((*path, name))
            if isinstance(value, dict):
                self._take_apart(value, (*path, name))
                continue
            level.names.add(name)
            if name.startswith("__"):
                level.beside[name] = self._steps(value)
            else:
                level.fields.append((name, self._field(value)))

    def _field(self, validators: list[Any]) -> Field:
        first = validators[0] if validators else None
        if first in (ignore_missing, ignore_empty):
            return Field(self._steps(validators[1:]), first)
        from_extras = validators[:2] == [convert_from_extras, ignore_missing]
        return Field(self._steps(validators), convert_from_extras if from_extras else None)

    def _steps(self, validators: list[Any]) -> list[Step]:
        self._used.update(validators)
        found: list[Any] = [self._instead.get(one, one) for one in validators]
        return [(one.__code__.co_argcount - inspect.ismethod(one), one) for one in found]

    def validate(self, data: dict[str, Any], context: Any) -> tuple[dict[str, Any], bool]:
        """The data as ``navl.validate`` converts them, and whether there was no error."""
        context = type(context)(context, schema_keys=list(self.keys))
        given: Flat = navl.flatten_dict(data, schema=self.schema)
        members = sorted(self._members(given), key=_order)
        plans = [self._plan(member) for member in members]
        flat = self._filled(given, members, plans)
        errors = Errors()
        self._beside("__before", members, flat, errors, context)
        extras = self._extras(flat)
        for plan in plans:
            for key, one in plan.fields:
                if one.first is not None and leaves_out(one.first, key, flat, extras):
                    flat.pop(key, None)
                elif one.steps:
                    run(one.steps, key, flat, errors, context)
        self._beside("__extras", members, flat, errors, context)
        self._beside("__after", reversed(members), flat, errors, context)
        self._beside("__junk", [()], flat, errors, context)
        found = unflatten(flat)
        for key, value in data.items():
            if value == [] and key not in found:
                found[key] = []
        return found, not any(errors.values())

    def _beside(self, name: str, members: Any, flat: Flat, errors: Errors, context: Any) -> None:
        for member in members:
            if steps := self._levels[member[::2]].beside.get(name):
                run(steps, (*member, name), flat, errors, context)

    def _members(self, given: Flat) -> set[Key]:
        """The members of lists that the data have, of those lists that the schema knows: ``("resources", 0)``, and ``()``."""
        found: set[Key] = {()}
        for key in sorted(given, key=len):
            member = key[:-1]
            if member not in found and member[:-2] in found and self._names(member):
                found.add(member)
        return found

    def _extras(self, flat: Flat) -> set[Any] | None:
        """The names of the data's extras; None where they may become more on the way."""
        if convert_to_extras in self._used:
            return None
        return {value for key, value in flat.items() if key[0] == "extras" and key[-1] == "key"}

    def _names(self, member: Key) -> set[str]:
        level = self._levels.get(member[::2])
        return level.names if level else set()

    def _plan(self, member: Key) -> Plan:
        if member in self._plans:
            return self._plans[member]
        level = self._levels[member[::2]]
        fields = [((*member, name), one) for name, one in level.fields]
        plan = Plan(fields, {key: MISSING for key, _one in fields})
        if len(self._plans) < MOST_PLANS:
            self._plans[member] = plan
        return plan

    def _filled(self, given: Flat, members: list[Key], plans: list[Plan]) -> Flat:
        """The data with what is missing said to be, and with what the schema does not know put aside."""
        flat: Flat = {}
        for plan in plans:
            flat |= plan.missing
        aside: Flat = {}
        known = set(members)
        for key, value in given.items():
            member, name = key[:-1], key[-1]
            if member in known and name in self._names(member):
                flat[key] = value
                continue
            if key[::2] in self._prefixes and value != []:
                raise navl.DataError(f"Only lists of dicts can be placed against subschema {key}, not {type(value)}")
            if member in known:
                aside.setdefault((*member, "__extras"), {})[name] = value
            else:
                aside.setdefault(("__junk",), {})[key] = value
        return flat | aside


def leaves_out(first: Any, key: Key, flat: Flat, extras: set[Any] | None) -> bool:
    """Whether the field is not there, so that its first validator ends it."""
    value = flat.get(key)
    absent = value is MISSING or value is None
    if first is convert_from_extras:
        return absent and extras is not None and key[-1] not in extras
    return absent or (first is ignore_empty and not value)


def run(steps: list[Step], key: Key, flat: Flat, errors: Errors, context: Any) -> None:
    """A field's validators one after the other, as ``navl`` does it."""
    for count, step in steps:
        try:
            if count == 4:
                step(key, flat, errors, context)
            elif count == 2:
                flat[key] = step(flat.get(key), context)
            elif count == 1:
                flat[key] = step(flat.get(key))
            else:
                raise TypeError(f"{step.__name__} takes {count} arguments: a validator takes 1, 2 or 4")
        except navl.Invalid as error:
            errors[key].append(error.error)
        except navl.StopOnError:
            return


def unflatten(flat: Flat) -> dict[str, Any]:
    """``navl.unflatten``, which is asked only where a list has gaps."""
    found: dict[str, Any] = {key[0]: value for key, value in flat.items() if len(key) == 1}
    for key in sorted(key for key in flat if len(key) > 1):
        at: Any = found
        for name in key[:-1]:
            if isinstance(at, dict):
                at = at.setdefault(name, [])
            elif not isinstance(at, list) or name > len(at):
                return navl.unflatten(flat)
            else:
                if name == len(at):
                    at.append({})
                at = at[name]
        at[key[-1]] = flat[key]
    return found


def _order(key: Key) -> tuple[int, Key]:
    """As ``navl.flattened_order_key`` has it."""
    return len(key), key
