"""The feed and what was harvested before, to the steps of a plan; pure.

A record is compared by its *signature* first (hash of its raw JSON, the converter's version and the node's
policy): equal means unchanged, and nothing else is looked at. Only where the signature differs is the
record converted and its content compared, field by field.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .convert import Converted
from .record import canonical, sha256

CREATE, UPDATE, RESTORE, WITHDRAW, REFUSE = "create", "update", "restore", "withdraw", "refuse"
LINK = "link"  # another node has it: one dataset, met twice
SPLIT, JOIN = "split", "join"  # a steward says that it is not the same, or is
TWICE = "the feed has it more than once; one was taken"
GONE = "It is no longer in the feed."
WITHDRAWN = "Its node says that it was withdrawn."
LONGEST_VALUE = 2_000


@dataclass(frozen=True, slots=True)
class Known:
    """What an earlier harvest left of a record. ``state``: active, withdrawn or quarantined; ``package_state``: of the
    portal's dataset, "" when it was purged."""

    upstream_id: str
    package_id: str
    signature: str
    content_hash: str
    state: str
    package_state: str


@dataclass(slots=True)
class Step:
    """One thing a plan would do, or refuses to do and why."""

    action: str
    upstream_id: str
    title: str = ""
    reason: str = ""
    package_id: str = ""
    notes: list[str] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    dataset: dict[str, Any] = field(default_factory=dict)
    publisher: dict[str, str] = field(default_factory=dict)
    raw: str = ""
    signature: str = ""
    content_hash: str = ""
    hops: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Counts:
    """Of one feed: how many records there were, and what became of them before any step."""

    records: int = 0
    unchanged: int = 0
    duplicates: int = 0
    quarantined: int = 0
    kept_out: int = 0
    refused: int = 0
    create: int = 0
    link: int = 0
    update: int = 0
    restore: int = 0
    withdraw: int = 0
    partial: int = 0  # 1: the feed told only of what changed
    cut: int = 0  # 1: the feed broke off, and these are what came before


class Comparison:
    """Takes the items of a feed one by one and yields the steps they need; ``counts`` grows meanwhile.

    ``read(item)`` converts an item; ``before(upstream_id)`` gives the dataset of the earlier harvest. ``retouched``
    collects records whose content is the same though their signature is new, so that it can be stored.
    """

    def __init__(
        self,
        known: dict[str, Known],
        policy_digest: str,
        identity: Callable[[Any], str],
        read: Callable[[Any], Converted],
        before: Callable[[str], dict[str, Any]],
    ):
        self._known, self._digest = known, policy_digest
        self._identity, self._read, self._before = identity, read, before
        self._seen: dict[str, str] = {}
        self._doubled: dict[str, Any] = {}
        self._repeats: dict[str, str] = {}
        self.counts = Counts()
        self.retouched: dict[str, tuple[str, str]] = {}
        self.contradictions: list[str] = []
        self.withdrawn: set[str] = set()  # what a feed of changes says that it left

    def steps(self, items: Iterable[Any], repeats: dict[str, str] | None = None) -> Iterator[Step]:
        """The steps for these items (one page of the feed). ``repeats``: identities to pass over, to whose they are."""
        self._repeats = repeats or {}
        items = list(items)
        times = Counter(self._named(item) for item in items)
        doubled = {upstream_id for upstream_id, number in times.items() if upstream_id and number > 1}
        self._doubled = dict.fromkeys(doubled | set(self._repeats.values()))
        for item in items:
            self.counts.records += 1
            step = self._of_item(item)
            if step:
                setattr(self.counts, _counter(step.action), getattr(self.counts, _counter(step.action)) + 1)
                yield step

    def missing(self) -> list[str]:
        """Once all pages are read: the records that are no longer in the feed."""
        return [
            upstream_id
            for upstream_id, known in self._known.items()
            if upstream_id not in self._seen and known.state == "active" and known.package_state == "active"
            if not self.counts.partial or upstream_id in self.withdrawn
        ]

    def doubled(self) -> bool:
        """Did something come twice, or come and leave, while the feed was read?"""
        return bool(self.counts.duplicates or self.withdrawn & self._seen.keys())

    def moved(self, upstream_id: str) -> None:
        """This missing record is one that would be created, under another id."""
        self._seen[upstream_id] = ""
        self.counts.create -= 1
        self.counts.update += 1

    def gone(self) -> Iterator[Step]:
        """Once all pages are read: a withdrawal for each record that is no longer in the feed."""
        for upstream_id in self.missing():
            self.counts.withdraw += 1
            title = self._before(upstream_id).get("title", "")
            reason = WITHDRAWN if upstream_id in self.withdrawn else GONE
            yield Step(
                WITHDRAW, upstream_id, title=title, reason=reason, package_id=self._known[upstream_id].package_id
            )

    def _of_item(self, item: Any) -> Step | None:
        if not isinstance(item, dict):
            return Step(
                REFUSE, "", reason="It is no object, so it describes no dataset.", raw=repr(item)[:LONGEST_VALUE]
            )
        try:
            raw, upstream_id = canonical(item), self._identity(item)
        except (RecursionError, ValueError, TypeError, AttributeError) as error:
            return Step(REFUSE, "", reason=f"It cannot be read ({type(error).__name__}).")
        if not upstream_id or len(upstream_id) > 1_000:
            reason = "It has no identifier." if not upstream_id else "Its identifier is longer than 1,000 characters."
            return Step(REFUSE, upstream_id[:1_000], title=_title(item), reason=reason, raw=raw)
        if upstream_id in self._repeats:
            self.counts.duplicates += 1
            return None
        signature = sha256(self._digest + raw)
        if upstream_id in self._seen:
            self.counts.duplicates += 1
            if self._seen[upstream_id] != signature and self._differ(upstream_id, item):
                self.contradictions.append(upstream_id)
            return None
        self._seen[upstream_id] = signature
        if upstream_id in self._doubled:
            self._doubled[upstream_id] = item
        known = self._known.get(upstream_id)
        if known and known.signature == signature and self._settled(known):
            return None
        return self._convert(item, upstream_id, raw, signature, known)

    def _named(self, item: Any) -> str:
        try:
            return self._identity(item) if isinstance(item, dict) else ""
        except (RecursionError, ValueError, TypeError, AttributeError):
            return ""

    def _differ(self, upstream_id: str, item: Any) -> bool:
        """Do the two say different things of the dataset? Across pages any difference counts."""
        first = self._doubled.get(upstream_id)
        if first is None:
            return True
        try:
            return self._read(first).content_hash != self._read(item).content_hash
        except Exception:  # what cannot be understood agrees with nothing
            return True

    def _settled(self, known: Known) -> bool:
        if known.state == "quarantined":
            self.counts.quarantined += 1
            return True
        if known.state != "active" or not known.package_state:
            return False
        if known.package_state == "active":
            self.counts.unchanged += 1
        else:
            self.counts.kept_out += 1
        return True

    def _convert(self, item: Any, upstream_id: str, raw: str, signature: str, known: Known | None) -> Step | None:
        try:
            converted = self._read(item)
        except Exception as error:  # whatever a record holds, it is that record's failure alone
            return Step(
                REFUSE,
                upstream_id,
                _title(item),
                f"It cannot be understood ({type(error).__name__}: {error}).",
                raw=raw,
            )
        if upstream_id in self._doubled:
            converted.notes.append(TWICE)
        package_id = known.package_id if known else ""
        common = {"raw": raw, "signature": signature, "notes": converted.notes, "package_id": package_id}
        if converted.refused:
            return Step(REFUSE, upstream_id, _title(item), converted.refused, **common)
        content_hash = converted.content_hash
        common |= {"dataset": converted.dataset, "publisher": converted.publisher, "content_hash": content_hash}
        common["hops"] = converted.hops
        title = converted.dataset["title"]
        if known is None or not known.package_state or known.state == "quarantined":
            return Step(CREATE, upstream_id, title, **common)
        if known.state == "withdrawn":
            return Step(RESTORE, upstream_id, title, "It is in the feed again.", **common)
        if known.content_hash == content_hash:
            self.retouched[upstream_id] = (signature, raw)
            self.counts.unchanged += 1
            return None
        if known.package_state != "active":
            self.counts.kept_out += 1
            return None
        differences = changes(self._before(upstream_id), converted.dataset)
        return Step(UPDATE, upstream_id, title, changes=differences, **common)


def _counter(action: str) -> str:
    return "refused" if action == REFUSE else action


def _title(item: Any) -> str:
    for name in ("title", "dct:title", "name"):
        value = item.get(name)
        if isinstance(value, str) and value:
            return value[:300]
    return ""


def changes(old: dict[str, Any], new: dict[str, Any]) -> list[dict[str, Any]]:
    """What differs, field by field: ``{"field", "old", "new"}``; files by their address."""
    differences = [
        {"field": key, "old": _shown(old.get(key)), "new": _shown(new.get(key))}
        for key in sorted(old.keys() | new.keys())
        if key != "resources" and old.get(key) != new.get(key)
    ]
    before, after = _files(old), _files(new)
    for key in sorted(before.keys() | after.keys()):
        if key not in after:
            differences.append({"field": f"file {key}", "old": _shown(before[key]), "new": None})
        elif key not in before:
            differences.append({"field": f"file {key}", "old": None, "new": _shown(after[key])})
        else:
            differences += [
                {
                    "field": f"file {key}: {name}",
                    "old": _shown(before[key].get(name)),
                    "new": _shown(after[key].get(name)),
                }
                for name in sorted(before[key].keys() | after[key].keys())
                if before[key].get(name) != after[key].get(name)
            ]
    return differences


def _files(dataset: dict[str, Any]) -> dict[str, dict[str, Any]]:
    files: dict[str, dict[str, Any]] = {}
    for resource in dataset.get("resources", []):
        key = resource["url"] if resource["url"] not in files else f"{resource['url']} ({resource.get('name', '')})"
        files[key] = resource
    return files


def _shown(value: Any) -> Any:
    text = canonical(value)
    return value if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"
