"""The files of a journey in PROV: what took and made them, whose revision they are, which are the same bytes (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..rows import artefact_id
from . import document
from .prov_statements import INTEGER, NAME, Attribute, Statements, text

# A step's outputs are said to come from its inputs where that is few statements; with more, `used` and `generated` say enough.
_DERIVED = 100


@dataclass
class Files:
    """Tells of files, a step after the other; a file as it was then is an entity, one of other bytes another."""

    out: Statements
    dataset: str
    seen: dict[str, bool] = field(default_factory=dict)  # is it in force, and the dataset's own?
    made: set[str] = field(default_factory=set)
    bytes: dict[str, str] = field(default_factory=dict)

    def step(self, activity: str, step: dict[str, Any]) -> None:
        """What a step took and made."""
        given = list(dict.fromkeys(self._file(item) for item in step["inputs"]))
        made = list(dict.fromkeys(self._file(item) for item in step["outputs"]))
        for name in given:
            self.out.relate("used", activity=activity, entity=name)
        for name in made:
            self._generated(name, activity, document.when(step))
        if len(given) * len(made) <= _DERIVED:
            for new, old in ((new, old) for new in made for old in given if new != old):
                self.out.relate("wasDerivedFrom", generatedEntity=new, usedEntity=old, activity=activity)
        self._revision(activity, step, made)

    def members(self, dataset: str) -> None:
        """The dataset's own files in force are its parts."""
        for name, is_member in self.seen.items():
            if is_member:
                self.out.relate("hadMember", collection=dataset, entity=name)

    def _generated(self, name: str, activity: str, time: str | None) -> None:
        """A thing comes to be once (PROV-CONSTRAINTS, 6.1): when the same bytes come again, that influences it."""
        if name in self.made:
            self.out.relate("wasInfluencedBy", influencee=name, influencer=activity)
        else:
            self.out.relate("wasGeneratedBy", entity=name, activity=activity, time=time)
        self.made.add(name)

    def _revision(self, activity: str, step: dict[str, Any], made: list[str]) -> None:
        replaced = (step["detail"] or {}).get("replaces")
        if not replaced or not made:
            return
        old = f"here:file-{artefact_id(self.dataset, step['outputs'][0]['name'], replaced, step['resource_id'])}"
        if old in self.seen and old != made[0]:
            revision: Attribute = ("prov:type", "prov:Revision", NAME)
            self.out.relate("wasDerivedFrom", revision, generatedEntity=made[0], usedEntity=old, activity=activity)

    def _file(self, item: dict[str, Any]) -> str:
        name = self.out.add(
            "entity",
            f"here:file-{item['artefact']}",
            ("prov:type", "tp:File", NAME),
            text("prov:label", item["name"]),
            text("dct:format", item["format"]),
            text("tp:sha256", item["sha256"]),
            ("dcat:byteSize", item["bytes"], INTEGER),
            ("tp:rows", item["rows"], INTEGER),
        )
        ended = document.moment(item["invalidated"])
        if name not in self.seen:
            if ended:
                self.out.relate("wasInvalidatedBy", entity=name, time=ended)
            self._same(name, item["sha256"])
        is_member = not ended and item["kind"] == "file" and item["package_id"] == self.dataset
        self.seen[name] = self.seen.get(name, False) or is_member
        return name

    def _same(self, name: str, sha256: str | None) -> None:
        """The same bytes under another name or in another place: where one step takes over from another."""
        if sha256:
            first = self.bytes.setdefault(sha256, name)
            if first != name:
                self.out.relate("alternateOf", alternate1=name, alternate2=first)
