"""Orders the stages: fetch, read, compare, guard; apply. Maps what goes wrong to a run's outcome, once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from itertools import islice
from typing import Any

from ckan import model

from .. import config, signals
from ..model import now
from . import dialects, fetch, guard, lane, store
from .apply import Applier
from .compare import UPDATE, Comparison, Counts
from .convert import Converted, Policy, convert
from .record import FeedError, Hints, Page

log = logging.getLogger(__name__)
Progress = Callable[[str], None]
SECONDS_BETWEEN_HEARTBEATS = 2.0
BATCH = 200


class Stale(Exception):
    """This plan cannot be applied (any more); the text says why."""


def plan(node: store.Row, user: str, progress: Progress = lambda _line: None) -> str:
    """Make a plan and leave it waiting; the run's id. Plans that wait are superseded.

    :raises lane.Busy: a harvest of this node is under way.
    """
    with lane.lane(node["id"]):
        _supersede(node["id"])
        return _plan(node, user, progress)


def harvest(node: store.Row, user: str, approve: bool = False, progress: Progress = lambda _line: None) -> str:
    """Finish what a dead process left, make a plan, and apply it unless the guard holds it; the run's id.

    :raises lane.Busy: a harvest of this node is under way.
    """
    with lane.lane(node["id"]):
        for left in store.open_runs(node["id"]):
            if left["status"] == "applying":
                progress(f"Resuming the run of {left['started']:%Y-%m-%d %H:%M} that did not end")
                _apply(node, left["id"], progress)
        _supersede(node["id"])
        run_id = _plan(node, user, progress)
        run = store.run(run_id) or {}
        if run.get("status") == "planned" or (approve and run.get("status") == "held"):
            if run["status"] == "held":
                store.change_run(run_id, approved_by=user)
            _apply(node, run_id, progress)
        return run_id


def apply_plan(run_id: str, user: str, approve: bool, progress: Progress = lambda _line: None) -> None:
    """Apply a plan that waits; a held one only with ``approve``.

    :raises Stale: it waits no longer, or is held and not approved.
    :raises lane.Busy: a harvest of this node is under way.
    """
    run = store.run(run_id)
    node = store.node(run["node_id"]) if run else None
    if not run or not node:
        raise Stale("There is no such plan.")
    with lane.lane(node["id"]):
        run = store.run(run_id) or run
        if run["status"] == "held" and not approve:
            raise Stale("The guard holds this plan: " + " ".join(run["held"]))
        if run["status"] not in ("planned", "held", "applying"):
            raise Stale(f"This plan cannot be applied: it is {run['status']}.")
        if run["status"] == "held":
            store.change_run(run_id, approved_by=user)
        _apply(node, run_id, progress)


def _supersede(node_id: str) -> None:
    for left in store.open_runs(node_id):
        store.change_run(left["id"], status="superseded", finished=now())
    model.Session.commit()


def policy_of(node: store.Row) -> Policy:
    """What the node's registration and the portal's licences say of conversion."""
    registered = frozenset(licence.id for licence in model.Package.get_license_register().values())
    licence_map = tuple(sorted((node["licence_map"] or {}).items()))
    return Policy(node["url"], licence_map, registered, node["contacts"])


def _plan(node: store.Row, user: str, progress: Progress) -> str:
    policy = policy_of(node)
    run_id = store.add_run(node["id"], "planning", user_id=user, url=node["feed_url"], policy_digest=policy.digest())
    store.change_node(node["id"], due=now() + timedelta(hours=node["interval_hours"]))
    model.Session.commit()
    try:
        _Planner(node, run_id, policy, progress).make()
    except (fetch.FetchError, FeedError) as error:
        _failed(run_id, str(error))
    except Exception as error:
        log.exception("The harvest of %s failed", node["name"])
        _failed(run_id, f"The portal failed on it ({type(error).__name__}: {str(error)[:300]}).")
    return run_id


def _failed(run_id: str, reason: str) -> None:
    model.Session.rollback()
    store.change_run(run_id, status="failed", error=reason, finished=now())
    model.Session.commit()


class _Planner:
    """Makes one plan."""

    def __init__(self, node: store.Row, run_id: str, policy: Policy, progress: Progress):
        self.node, self.run_id, self.policy, self.progress = node, run_id, policy, progress
        self.fetcher = config.fetcher()
        self.relicensed = 0
        self.notes: list[str] = []
        self.known: dict[str, Any] = {}
        self.comparison: Comparison | None = None
        self.short = False

    def make(self) -> None:
        """:raises FetchError, FeedError: the feed as a whole cannot be used."""
        node = self.node
        same_policy = node["policy_digest"] == self.policy.digest() and not store.missing_packages(node["id"])
        validators = (node["etag"], node["last_modified"]) if same_policy else ("", "")
        self.progress(f"Fetching {node['feed_url']}")
        first = self.fetcher.get(node["feed_url"], *validators)
        if first.not_modified or (same_policy and first.sha256 == node["feed_sha256"]):
            self._unchanged(first)
            return
        self._compare(first)
        self._judge()

    def _unchanged(self, answer: fetch.Fetched) -> None:
        how = (
            "The node says the feed has not changed." if answer.not_modified else "The feed is the same, byte for byte."
        )
        counts = asdict(Counts(records=self.node["last_records"], unchanged=self._active()))
        values = {"counts": counts, "notes": [how], "sha256": answer.sha256 or self.node["feed_sha256"]}
        store.change_run(self.run_id, status="unchanged", bytes=answer.bytes, planned=now(), finished=now(), **values)
        model.Session.commit()
        self.progress(how)

    def _active(self) -> int:
        return store.record_counts([self.node["id"]]).get(self.node["id"], {}).get("active", 0)

    def _compare(self, answer: fetch.Fetched) -> None:
        self.known = store.known(self.node["id"])
        total, pages, url = None, 0, ""
        seen_urls: set[str] = set()
        size, digest = 0, answer.sha256
        while True:
            pages, size = pages + 1, size + answer.bytes
            hints = Hints(answer.url, answer.content_type, answer.charset)
            dialect, document = dialects.choose(self.node["dialect"], answer.body, hints)
            page: Page = dialect.page(document)
            comparison = self._comparison(dialect)
            self._store_steps(comparison.steps(page.items, page.repeats))
            self.notes += page.notes
            total = page.total if page.total is not None else total
            url = page.next_url
            if comparison.counts.records > config.max_records():
                raise FeedError(f"The feed has more than {config.max_records():,} records.")
            if not url:
                break
            if url in seen_urls or pages >= config.max_pages():
                raise FeedError(f"The feed's pages have no end (page {pages} leads to one seen before, or too far).")
            seen_urls.add(url)
            self.progress(f"Read {comparison.counts.records} records; fetching page {pages + 1}")
            answer = self.fetcher.get(url)
        whole = pages == 1
        store.change_run(
            self.run_id,
            dialect=dialect.__name__.rsplit(".", 1)[-1],
            sha256=digest if whole else "",
            bytes=size,
            etag=answer.etag if whole else "",
            last_modified=answer.last_modified if whole else "",
        )
        self._store_steps(comparison.gone())
        self._check_total(comparison, total)

    def _comparison(self, dialect: Any) -> Comparison:
        def read(item: Any) -> Converted:
            return convert(dialect.read(item), self.policy)

        if self.comparison is None:
            self.comparison = Comparison(self.known, self.policy.digest(), dialect.identity, read, self._before)
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
        store.retouch(self.node["id"], comparison.retouched)
        held = guard.judge(counts, self._active(), self.node["last_records"], self.relicensed, config.guard_limits())
        if self.short and counts.withdraw:
            held.append("The node sent fewer records than it says it has, and datasets would be withdrawn.")
        steps = counts.create + counts.update + counts.restore + counts.withdraw
        status = "held" if held else "planned" if steps else "unchanged"
        store.change_run(
            self.run_id, status=status, counts=asdict(counts), held=held, notes=self.notes, planned=now(),
            results=store.outcome_counts(self.run_id), finished=now() if status == "unchanged" else None,
        )  # fmt: skip
        model.Session.commit()
        run = store.run(self.run_id) or {}
        if status == "unchanged":
            _remember_feed(self.node, run)
        signals.fetched.send(
            self.node["name"], run_id=self.run_id, url=run["url"], sha256=run["sha256"], bytes=run["bytes"],
            records=counts.records,
        )  # fmt: skip
        self.progress(summary(run))


def _remember_feed(node: store.Row, run: store.Row) -> None:
    """The feed is applied as a whole: an equal one needs no reading."""
    store.change_node(
        node["id"],
        etag=run["etag"],
        last_modified=run["last_modified"],
        feed_sha256=run["sha256"],
        policy_digest=run["policy_digest"],
        last_records=run["counts"].get("records", 0),
    )
    model.Session.commit()


def _apply(node: store.Row, run_id: str, progress: Progress) -> None:
    store.change_run(run_id, status="applying")
    model.Session.commit()
    applier = Applier(node, run_id)
    applier.reindex()
    beat = time.monotonic()
    for _status in applier.apply():
        if time.monotonic() - beat > SECONDS_BETWEEN_HEARTBEATS:
            beat = time.monotonic()
            results = store.outcome_counts(run_id)
            store.change_run(run_id, results=results)
            model.Session.commit()
            progress(f"{sum(results.values()) - results.get('planned', 0)} of {sum(results.values())} done")
    results = store.outcome_counts(run_id)
    store.change_run(run_id, status="done", results=results, finished=now())
    store.prune(node["id"], config.keep_runs())
    model.Session.commit()
    run = store.run(run_id) or {}
    if not results.get("failed"):
        _remember_feed(node, run)
    progress(summary(run))


def summary(run: store.Row) -> str:
    """One line on a run, for a terminal."""
    if run["status"] == "failed":
        return f"Failed: {run['error']}"
    counts, results = run["counts"], run["results"]
    if run["status"] in ("planned", "held"):
        wanted = ("create", "update", "restore", "withdraw")
        said = [f"{counts[name]} to {name}" for name in wanted if counts.get(name)]
    else:
        said = [f"{number} {name}" for name, number in sorted(results.items()) if name not in ("planned", "refused")]
    said += [f"{counts.get('unchanged', 0)} unchanged", f"{counts.get('refused', 0)} refused"]
    held = " Held: " + " ".join(run["held"]) if run["status"] == "held" else ""
    return f"{run['status'].capitalize()}: {', '.join(said)}." + held
