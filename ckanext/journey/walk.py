"""Walks along the files that steps share, across datasets and organisations: a statement a hop, a few of each node.

Only steps that the reader may see are walked over; of a node with many, the newest are taken and the rest are counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from . import walk_sql as sql
from .access import Eyes

FAN = 12  # steps drawn of one node, and files of one step, in one direction
OWN = 40  # steps drawn of the dataset that is asked about
COUNTED = 10_001  # what is more than this is told as "more than 10,000"


@dataclass
class Found:
    """What a walk came across: rows of steps with their files, and how many more there are of what was cut short.

    `more` maps a node's or step's id and a way ("up", "down") to how many steps or files are not among `steps`; `open`
    are nodes beyond which nobody has looked, because the limit was reached.
    """

    steps: list[dict[str, Any]] = field(default_factory=list)
    more: dict[tuple[str, str], int] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    without_files: int = 0
    more_own: int = 0
    nodes: set[str] = field(default_factory=set)

    @property
    def size(self) -> int:
        return len(self.steps) + len(self.nodes)


class Walk:
    """One walk: `hops` from a dataset, a system or a node, up (where from), down (what from it) or both."""

    def __init__(self, conn: sa.Connection, eyes: Eyes, ways: Iterable[str], hops: int, limit: int) -> None:
        self.conn, self.eyes, self.ways, self.hops, self.limit = conn, eyes, tuple(ways), hops, limit
        self.found = Found()
        self._asked: dict[str, set[str]] = {"up": set(), "down": set()}
        self._packages: set[str] = set()
        self._known: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._full: dict[str, list[str]] = {"up": [], "down": []}
        self._cut: list[tuple[str, str]] = []

    def _ask(self, statement: Any, **values: Any) -> list[Any]:
        seen = {"all": self.eyes.everything, "member": list(self.eyes.member), "admin": list(self.eyes.admin)}
        seen |= {"editor": list(self.eyes.editor), "edited": list(self.eyes.edited)}
        seen |= {"shared": list(self.eyes.shared), "fan": FAN + 1, "files": FAN + 1, "counted": COUNTED}
        wanted = {name: value for name, value in {**seen, **values}.items() if f":{name}" in statement.text}
        return list(self.conn.execute(statement, wanted))

    def from_dataset(self, package: str) -> Found:
        self._packages.add(package)
        rows = self._ask(sql.OWN, package=package, own=OWN + 1)
        frontier = self._take(rows[:OWN])
        counts = self._ask(sql.COUNT_OWN, package=package)[0]
        self.found.without_files = counts.all_steps - counts.drawable
        self.found.more_own = counts.drawable - min(len(rows), OWN)
        files = frontier["down"] | self._held([package])
        return self._go({"up": frontier["up"] | files, "down": files})

    def from_system(self, system: str) -> Found:
        rows = self._ask(sql.OF_SYSTEM, system=system)
        if len(rows) > FAN:
            self.found.more[system, "down"] = self._ask(sql.COUNT_SYSTEM, system=system)[0][0] - FAN
        frontier = self._take(rows[:FAN])
        return self._go({"down": frontier["down"], "up": set()}, self.hops - 1)

    def from_node(self, node: str) -> Found:
        self.found.nodes.add(node)
        return self._go({"up": {node}, "down": {node}})

    def _go(self, frontier: dict[str, set[str]], hops: int | None = None) -> Found:
        for _ in range(self.hops if hops is None else hops):
            new = {way: frontier[way] - self._asked[way] if way in self.ways else set() for way in ("up", "down")}
            if not any(new.values()):
                break
            if self.found.size >= self.limit:
                self.found.open |= new["up"] | new["down"]
                break
            frontier = self._hop(new)
        self._count()
        return self.found

    def _hop(self, new: dict[str, set[str]]) -> dict[str, set[str]]:
        for way, nodes in new.items():
            self._asked[way] |= nodes
        rows = self._ask(sql.HOP, up=sorted(new["up"]), down=sorted(new["down"]))
        fans: dict[tuple[str, str], int] = {}
        kept = []
        for row in rows:
            key = (row.way, row.node)
            fans[key] = fans.get(key, 0) + 1
            if fans[key] <= FAN:
                kept.append(row)
            else:
                self._full[row.way].append(row.node)
        before = set(self._packages)
        frontier = self._take(kept)
        for node in self._held(self._packages - before):
            for way in self.ways:
                frontier[way].add(node)
        return frontier

    def _held(self, packages: Iterable[str]) -> set[str]:
        wanted = sorted(packages)
        return {row.node for row in self._ask(sql.HELD, packages=wanted)} if wanted else set()

    def _take(self, rows: Iterable[Any]) -> dict[str, set[str]]:
        """Keep steps and their files; gives the nodes to go on from, by way."""
        frontier: dict[str, set[str]] = {"up": set(), "down": set()}
        for row in rows:
            if self.found.size >= self.limit:
                self.found.open.update([row.node] if row.node else [])
                continue
            files = self._files(row)
            known = self._known.setdefault((row.way, row.id), [])
            if not known:
                self.found.steps.append({**row._mapping, "files": known})
                known += files
            known += [row.via] if row.via else []
            for file in files:
                self.found.nodes.add(file["node"])
                frontier["up" if file["direction"] == "input" else "down"].add(file["node"])
                if file["package"] and (file["resource"] or file["namespace"]):
                    self._packages.add(file["package"])
        return frontier

    def _files(self, row: Any) -> list[dict[str, Any]]:
        """At most FAN files a side; that there are more is noted, to be counted."""
        kept: list[dict[str, Any]] = []
        for side in ("input", "output"):
            files = [file for file in row.files or [] if file["direction"] == side]
            if len(files) > FAN:
                self._cut.append((row.id, side))
            kept += files[:FAN]
        return kept

    def _count(self) -> None:
        if any(self._full.values()):
            for row in self._ask(sql.COUNT, up=self._full["up"], down=self._full["down"]):
                self.found.more[row.node, row.way] = row.steps - FAN
        if self._cut:
            steps, sides = zip(*self._cut, strict=True)
            for row in self._ask(sql.COUNT_FILES, steps=list(steps), sides=list(sides)):
                self.found.more[row.step, "up" if row.side == "input" else "down"] = row.files - FAN
