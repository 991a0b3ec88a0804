"""Makes a plan: fetches and reads a node's feed, compares it with what is here, and asks the guard."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from itertools import islice
from typing import Any

from ckan import model

from .. import config, signals
from ..model import now
from . import alike, control, fetch, former, guard, links, moves, own, store
from .compare import UPDATE, Comparison, Counts
from .convert import Converted, Policy, convert
from .dialects import towpath
from .reading import Reading, fetch_documents
from .record import FeedError, Page

Progress = Callable[[str], None]
SECONDS_BETWEEN_HEARTBEATS = 1.0
BATCH = 200
WHOLE_EVERY = timedelta(days=30)  # a feed of changes is read from its beginning
_NO_SUCH_TOKEN = (400, 404, 409, 410)


def policy_of(node: store.Row) -> Policy:
    """What the node's registration and the portal's licences say of conversion."""
    registered = frozenset(licence.id for licence in model.Package.get_license_register().values())
    licence_map = tuple(sorted((node["licence_map"] or {}).items()))
    return Policy(node["url"], licence_map, registered, node["contacts"])


class Planner:
    """Makes one plan."""

    def __init__(self, node: store.Row, run_id: str, policy: Policy, progress: Progress):
        self.node, self.run_id, self.policy, self.progress = node, run_id, policy, progress
        self.fetcher = config.fetcher()
        self.relicensed = 0
        self.notes: list[str] = []
        self.known: dict[str, Any] = {}
        self.former = former.Former(node)
        self.comparison: Comparison | None = None
        self.short = False
        self.total: int | None = None
        self.cut = ""
        self.piecemeal = False
        self.tokens: list[str] = []
        self.token = ""
        self.beat = time.monotonic()

    def make(self) -> None:
        """:raises FetchError, FeedError: the feed as a whole cannot be used."""
        node = self.node
        same_policy = node["policy_digest"] == self.policy.digest() and not store.missing_packages(node["id"])
        validators = (node["etag"], node["last_modified"]) if same_policy else ("", "")
        self.progress(f"Fetching {fetch.shown(node['feed_url'])}")
        first = (same_policy and self._changes()) or self.fetcher.get(node["feed_url"], *validators)
        if first.not_modified or (same_policy and first.sha256 == node["feed_sha256"]):
            self._unchanged(first)
            return
        self._compare(first)
        self._judge()

    def _changes(self) -> fetch.Fetched | None:
        """What a feed of changes tells since the last run; None when it must be read from its beginning."""
        token, read = self.node["feed_token"], self.node["whole_read"]
        if not token or not read or now() - read > WHOLE_EVERY:
            return None
        try:
            answer = self.fetcher.get(towpath.since(self.node["feed_url"], token))
        except fetch.Unlike as error:
            if error.status not in _NO_SUCH_TOKEN:
                raise
            self.notes.append(
                "The node no longer knows what changed since the last harvest, so its feed was read whole."
            )
            return None
        self.token = token
        return answer

    def _unchanged(self, answer: fetch.Fetched) -> None:
        how = (
            "The node says the feed has not changed." if answer.not_modified else "The feed is the same, byte for byte."
        )
        counts = asdict(Counts(records=self.node["last_records"], unchanged=self._active()))
        values = {"counts": counts, "notes": [how], "sha256": answer.sha256 or self.node["feed_sha256"]}
        store.change_run(self.run_id, status="unchanged", bytes=answer.bytes, planned=now(), finished=now(), **values)
        if self.node["feed_token"]:
            store.change_node(self.node["id"], whole_read=now())
        model.Session.commit()
        self.progress(how)

    def _active(self) -> int:
        return store.record_counts([self.node["id"]]).get(self.node["id"], {}).get("active", 0)

    def _compare(self, answer: fetch.Fetched) -> None:
        self.former.take_up()
        self.known = store.known(self.node["id"])
        pages, size, digest = 0, 0, answer.sha256
        seen_urls: set[str] = set()
        while True:
            pages, size = pages + 1, size + answer.bytes
            reading = Reading(self.node["dialect"], answer)
            following = self._take(reading)
            if reading.cut or not following:
                break
            if following in seen_urls or pages >= config.max_pages():
                raise FeedError(f"The feed's pages have no end (page {pages} leads to one seen before, or too far).")
            seen_urls.add(following)
            self.progress(f"Read {self._records()} records; fetching page {pages + 1}")
            answer = self.fetcher.get(following)
        whole = pages == 1 and not reading.cut and not self.piecemeal and not self.token
        store.change_run(
            self.run_id,
            dialect=reading.module.__name__.rsplit(".", 1)[-1],
            sha256=digest if whole else "",
            bytes=size,
            etag=answer.etag if whole else "",
            last_modified=answer.last_modified if whole else "",
        )
        self._end(reading.cut)

    def _take(self, reading: Reading) -> str:
        """Compare one answer's records; the address of the next."""
        following = ""
        for page in reading.pages():
            self._complete(page)
            comparison = self._comparison(reading.module)
            comparison.withdrawn.update(page.withdrawn)
            self.tokens += [page.token] if page.token else []
            self._store_steps(comparison.steps(page.items, page.repeats))
            store.retouch(self.node["id"], comparison.retouched)
            comparison.retouched.clear()
            self.notes += page.notes
            self.total = page.total if page.total is not None else self.total
            following = page.next_url or following
            if self._records() > config.max_records():
                raise FeedError(f"The feed has more than {config.max_records():,} records.")
            self._beat()
        return following

    def _complete(self, page: Page) -> None:
        """Fetch the documents that a mere listing names."""
        if not page.unfetched:
            return
        self.piecemeal = True
        for number, item in enumerate(page.items, 1):
            fetch_documents(item, self.fetcher)
            self.progress(f"Read the descriptions of {number} of {len(page.items)}")
            self._beat()

    def _records(self) -> int:
        return self.comparison.counts.records if self.comparison else 0

    def _beat(self) -> None:
        if time.monotonic() - self.beat > SECONDS_BETWEEN_HEARTBEATS:
            self.beat = time.monotonic()
            store.change_run(self.run_id, counts={"records": self._records()})
            model.Session.commit()
            self.progress(f"Read {self._records()} records")
            try:
                control.check(self.run_id)
            except control.Stop as stop:  # a plan that is half read is worth nothing: pausing waits for the whole
                if stop.order == control.CANCEL:
                    raise

    def _end(self, cut: str) -> None:
        """What is missing is gone, unless the feed was cut: then nobody knows."""
        comparison = self.comparison
        assert comparison is not None
        if cut:
            comparison.counts.cut = 1
            self.cut = f"{cut} {self._records()} records before that were whole."
            self.notes.append(self.cut + " Nothing is taken for withdrawn.")
            self._link(comparison)
            return
        moved = moves.find(self.node["id"], self.run_id, self.known, comparison)
        if moved:
            self.notes.append(f"{moved} datasets have another identifier upstream than before, and stay the same here.")
        self._link(comparison)
        self._store_steps(comparison.gone())
        self._check_total(comparison, self.total)

    def _link(self, comparison: Comparison) -> None:
        self.former.settle(self.run_id, comparison)
        if self.former.number:
            self.notes.append(former.NOTE.format(number=self.former.number))
        own.refuse(self.run_id, comparison)
        linked = links.find(self.node, self.run_id, comparison)
        if linked:
            self.notes.append(f"{linked} datasets are ones that other nodes have too: they become one with those.")
        alike_now = alike.find(self.node, self.run_id)
        if alike_now:
            self.notes.append(
                f"{alike_now} datasets that are here already may be ones that other nodes have too; see below."
            )

    def _comparison(self, dialect: Any) -> Comparison:
        def read(item: Any) -> Converted:
            return convert(dialect.read(item), self.policy)

        if self.comparison is None:
            self.comparison = Comparison(self.known, self.policy.digest(), dialect.identity, read, self._before)
            self.comparison.counts.partial = int(bool(self.token) and dialect is towpath)
        return self.comparison

    def _before(self, upstream_id: str) -> dict[str, Any]:
        return store.datasets(self.node["id"], [upstream_id]).get(upstream_id, {})

    def _store_steps(self, steps: Any) -> None:
        steps = iter(steps)
        while batch := list(islice(steps, BATCH)):
            for step in batch:
                fields = {change["field"] for change in step.changes} if step.action == UPDATE else set()
                self.relicensed += bool(fields & {"license_id", "publisher"})
            store.add_steps(self.run_id, batch)
        store.change_run(self.run_id)
        model.Session.commit()

    def _check_total(self, comparison: Comparison, total: int | None) -> None:
        counts = comparison.counts
        if counts.duplicates:
            self.notes.append(
                f"{counts.duplicates} records came more than once in the feed; the first of each was taken."
            )
        if comparison.contradictions:
            shown = ", ".join(comparison.contradictions[:5])
            self.notes.append(f"{len(comparison.contradictions)} of them did not agree with each other: {shown}.")
        if total is not None and counts.records - counts.duplicates < total:
            self.notes.append(f"The node says that it has {total} records; {counts.records - counts.duplicates} came.")
        self.short = total is not None and counts.records - counts.duplicates < total

    def _judge(self) -> None:
        comparison = self.comparison
        assert comparison is not None
        counts = comparison.counts
        held = guard.judge(counts, self._active(), self.node["last_records"], self.relicensed, config.guard_limits())
        if self.short and counts.withdraw:
            held.append("The node sent fewer records than it says it has, and datasets would be withdrawn.")
        if self.cut:
            held = [self.cut]
        steps = counts.create + counts.link + counts.update + counts.restore + counts.withdraw
        if self.cut and not steps:
            raise FeedError(f"{self.cut} They are unchanged, and nothing else is known of the feed.")
        status = "held" if held else "planned" if steps else "unchanged"
        # What came twice came again at the end: from the first answer on it is all told once more.
        token = (self.tokens[0] if comparison.doubled() else self.tokens[-1]) if self.tokens else ""
        store.change_run(
            self.run_id, feed_token=token, status=status, counts=asdict(counts), held=held, notes=self.notes, planned=now(),
            results=store.outcome_counts(self.run_id), finished=now() if status == "unchanged" else None,
        )  # fmt: skip
        model.Session.commit()
        run = store.run(self.run_id) or {}
        if status == "unchanged":
            remember_feed(self.node, run)
        signals.fetched.send(
            self.node["name"], run_id=self.run_id, url=run["url"], sha256=run["sha256"], bytes=run["bytes"],
            records=counts.records,
        )  # fmt: skip
        self.progress(summary(run))


def remember_feed(node: store.Row, run: store.Row) -> None:
    """The feed is applied as a whole: an equal one needs no reading. Of one that was cut nothing is remembered."""
    if run["counts"].get("cut"):
        return
    partial = run["counts"].get("partial")
    more = {} if partial else {"last_records": run["counts"].get("records", 0), "whole_read": run["started"]}
    store.change_node(
        node["id"],
        feed_token=run["feed_token"],
        **more,
        etag=run["etag"],
        last_modified=run["last_modified"],
        feed_sha256=run["sha256"],
        policy_digest=run["policy_digest"],
    )
    model.Session.commit()


def summary(run: store.Row) -> str:
    """One line on a run, for a terminal."""
    kind = store.kind(run)
    return _told(run) if kind == "harvest" else f"{kind.replace('-', ' ').capitalize()}. {_told(run)}"


def _told(run: store.Row) -> str:
    if run["status"] == "failed":
        return f"Failed: {run['error']}"
    counts, results = run["counts"], run["results"]
    if run["status"] in ("planned", "held"):
        wanted = ("create", "link", "update", "restore", "withdraw")
        said = [f"{counts[name]} to {name}" for name in wanted if counts.get(name)]
    else:
        said = [f"{number} {name}" for name, number in sorted(results.items()) if name not in ("planned", "refused")]
    said += [f"{counts.get('unchanged', 0)} unchanged", f"{counts.get('refused', 0)} refused"]
    held = " Held: " + " ".join(run["held"]) if run["status"] == "held" else ""
    return f"{run['status'].capitalize()}: {', '.join(said)}." + held
