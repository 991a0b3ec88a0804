"""data.gov.uk's names put into a dictionary of ``package_show``, and taken out of it again (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .datagovuk import EXTRAS, FILES, extras, files

Record = dict[str, Any]


def add(dataset: Record) -> None:
    """Put data.gov.uk's names into a dictionary of ``package_show``, beside what is there: what people gave stays."""
    mine, names = extras(dataset), files(dataset)
    given = [each for each in dataset.get("extras") or [] if isinstance(each, dict)]
    keys = {each.get("key") for each in given}
    dataset["extras"] = [*given, *({"key": key, "value": mine[key]} for key in mine if key not in keys)]
    for resource, told in zip(dataset.get("resources") or [], names, strict=True):
        resource.update({name: value for name, value in told.items() if not resource.get(name)})


def without(dataset: Record, shown: Mapping[str, Any] | None) -> Record:
    """What somebody sends to be saved, without the names that ``add`` made: they are derived, not stored.

    ``shown`` is the dataset as it is stored, without them. What differs from both what it and what the sent record would
    be given was said by a person, and is kept.
    """
    made = [(extras(each), files(each)) for each in (shown, dataset) if each is not None]
    sent = dict(dataset)
    if isinstance(sent.get("extras"), list):
        derived = {pair for mine, _files in made for pair in mine.items()}
        sent["extras"] = [each for each in sent["extras"] if _pair(each) not in derived]
        if not sent["extras"]:
            del sent["extras"]
    if isinstance(sent.get("resources"), list):
        at = _by_file([each for each in (shown, dataset) if each is not None])
        sent["resources"] = [_said(each, at) for each in sent["resources"]]
    return sent


def carries_names(dataset: Mapping[str, Any]) -> bool:
    """Whether a record may hold names of data.gov.uk: a quick look before a slower one."""
    found = [each for each in dataset.get("extras") or [] if isinstance(each, Mapping)]
    resources = [each for each in dataset.get("resources") or [] if isinstance(each, Mapping)]
    return any(each.get("key") in EXTRAS for each in found) or any(each.get(n) for each in resources for n in FILES)


def _pair(extra: Any) -> tuple[Any, Any]:
    return (extra.get("key"), str(extra.get("value"))) if isinstance(extra, Mapping) else (None, None)


def _by_file(datasets: Iterable[Mapping[str, Any]]) -> dict[Any, set[tuple[str, str]]]:
    """By the file's id, or its address for one that has none: the names that it would be given."""
    at: dict[Any, set[tuple[str, str]]] = {}
    for each in datasets:
        resources = [one for one in each.get("resources") or [] if isinstance(one, Mapping)]
        for resource, names in zip(resources, files(each), strict=True):
            at.setdefault(resource.get("id") or resource.get("url"), set()).update(names.items())
    return at


def _said(resource: Any, at: Mapping[Any, set[tuple[str, str]]]) -> Any:
    if not isinstance(resource, Mapping):
        return resource
    derived = at.get(resource.get("id") or resource.get("url"), set())
    return {name: value for name, value in resource.items() if name not in FILES or (name, value) not in derived}
