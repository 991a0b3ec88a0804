"""What the steps of a PROV file have in common: its links, its texts without names of persons, its times (pure)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .. import events as ev
from ..exports import document
from ..vocab import N_
from . import agents, files, graph, inferred
from .told import Thing, Told

BAD_TIME = N_("This is no time between 1900 and now: {value}")


@dataclass
class Mapping:
    """A file on its way to steps: what it says, who did what, the names to be left out, and the things that found a place."""

    told: Told
    now: str
    visibility: str = "public"

    def __post_init__(self) -> None:
        self.told.labels  # noqa: B018  counted before things that are only named are added
        self.links = graph.links(self.told)
        inferred.settle(self.told, self.links)
        self.hidden = agents.names(self.told)
        self.used: set[str] = set()

    def file(self, thing: Thing) -> ev.File:
        """The file that an entity is; what is told of the general entity is so of the special one."""
        found, seen = files.file(self.told, thing), {thing.id}
        while (general := self.links.general.get(thing.id)) and general not in seen:
            seen.add(general)
            thing = self.told.thing(general, "entity")
            more = files.file(self.told, thing)
            found = replace(found, **{n: getattr(found, n) or getattr(more, n) for n in ("sha256", "bytes", "rows")})
        return self.clear(found, "name")

    def plan(self, plan: ev.Plan | None) -> ev.Plan | None:
        return self.clear(plan, "name") if plan else None

    def clear(self, item: Any, name: str) -> Any:
        """Without names of persons in its text."""
        text = getattr(item, name)
        return replace(item, **{name: self.hidden.sub("...", text)}) if text and self.hidden else item

    def text(self, text: str) -> str | None:
        cut = document.clean(text)[: files.MANY]
        return (self.hidden.sub("...", cut) if self.hidden else cut) or None

    def moment(self, where: str, value: str | None) -> str | None:
        if not value:
            return None
        found = document.moment(value)
        if found is None or found[:4] < "1900" or found > self.now:
            self.told.notes.add(BAD_TIME, where, value=value[:100])
            return None
        return found.replace("Z", "+00:00")
