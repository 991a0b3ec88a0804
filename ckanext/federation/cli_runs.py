"""Commands on runs: pause, cancel, go on, roll back; and quarantine."""

from __future__ import annotations

from typing import Any

import click

from .harvest import planner

RUN = click.argument("run_id")


def register(group: click.Group, call: Any, find: Any, report: Any) -> None:
    """Add the commands; ``call`` calls an action, ``find`` finds a node by name, ``report`` prints a run."""

    def order(name: str, action: str, about: str) -> None:
        @group.command(name, help=about)
        @RUN
        def command(run_id: str) -> None:
            call(action, {"id": run_id})
            click.echo(planner.summary(call("federation_run_show", {"id": run_id, "limit": 1})))

    order("pause-run", "federation_run_pause", "Lay a run aside after the step it is at.")
    order("cancel", "federation_run_cancel", "Cancel a run, or a plan that waits; what is done stays done.")
    order("resume-run", "federation_run_resume", "Go on with a run that was paused or interrupted.")

    @group.command("roll-back")
    @RUN
    @click.option("--json", "as_json", is_flag=True, help="As JSON.")
    def roll_back(run_id: str, as_json: bool) -> None:
        """Undo what a run did, where nobody changed it since; pauses the node's schedule."""
        report(call("federation_run_roll_back", {"id": run_id})["id"], as_json)

    @group.command()
    @click.argument("dataset")
    @click.argument("other")
    def same(dataset: str, other: str) -> None:
        """Say that two harvested datasets are one: OTHER becomes a record of DATASET."""
        met = call("federation_record_join", {"id": dataset, "other": other})["met"]
        click.echo(f"{dataset} is met at {len(met) + 1} nodes now.")

    @group.command("not-same")
    @click.argument("dataset")
    @click.argument("node")
    @click.option("--json", "as_json", is_flag=True, help="As JSON.")
    def not_same(dataset: str, node: str, as_json: bool) -> None:
        """Say that NODE's record is not DATASET: it becomes a dataset of its own, and is matched to none again."""
        report(call("federation_record_split", {"id": dataset, "node": find(node)["id"]})["id"], as_json)

    @group.command()
    @click.argument("name")
    @click.option("--raw", is_flag=True, help="With the raw records.")
    def quarantine(name: str, raw: bool) -> None:
        """List the records of a node that the portal's form refused, and why."""
        for one in call("federation_quarantine_list", {"id": find(name)["id"], "limit": 200}):
            click.echo(f"{one['upstream_id']}: {one['reason']}" + (f"\n{one['raw']}" if raw else ""))

    @group.command()
    @click.argument("name")
    @click.argument("upstream_ids", nargs=-1)
    @click.option("--json", "as_json", is_flag=True, help="As JSON.")
    def retry(name: str, upstream_ids: tuple[str, ...], as_json: bool) -> None:
        """Try quarantined records of a node again: those named, else all."""
        data = {"id": find(name)["id"], "upstream_ids": list(upstream_ids)}
        report(call("federation_record_retry", data)["id"], as_json)
