"""``ckan federation``: nodes, plans and runs from the command line."""

from __future__ import annotations

import json
from typing import Any

import click
from ckan.plugins import toolkit

from . import cli_runs, config
from . import lanes as harvest_lanes
from .harvest import dialects, lane, portal, run, store

__all__ = ["federation"]


@click.group(short_help="Harvest other nodes' datasets.")
def federation() -> None:
    """Harvest other nodes' datasets: look at the plan, then run it."""


def _call(action: str, data: dict[str, Any], **more: Any) -> Any:
    context: Any = {"user": portal.user(), "ignore_auth": True, **more}
    try:
        return toolkit.get_action(action)(context, data)
    except toolkit.ValidationError as error:
        raise click.ClickException(portal.said(error.error_dict)) from None
    except toolkit.ObjectNotFound as error:
        raise click.ClickException(str(error)) from None


def _node(name: str) -> store.Row:
    node = store.node(name)
    if not node:
        raise click.ClickException(f"There is no node “{name}”. “ckan federation nodes” lists them.")
    return node


def _in_lane(work: Any) -> Any:
    try:
        return work()
    except (lane.Busy, run.Stale) as error:
        raise click.ClickException(str(error)) from None


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


@federation.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def nodes(as_json: bool) -> None:
    """List the nodes, their state and how many datasets come from each."""
    found = _call("federation_node_list", {})
    if as_json:
        _print_json(found)
        return
    for node in found:
        number = node["records"].get("active", 0)
        click.echo(
            f"{node['name']:<24} {node['state']:<7} {node['health']:<12} {number:>6} datasets  {node['feed_url']}"
        )
    if not found:
        click.echo("There are no nodes. “ckan federation register-known” adds the known ones, paused.")


@federation.command()
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def discover(address: str, as_json: bool) -> None:
    """Find out which platform a site is and which feeds it offers."""
    progress = _quiet if as_json else lambda line: click.echo(line, err=True)
    found = _call("federation_discover", {"url": address}, federation_progress=progress)
    if as_json:
        _print_json(found)
        return
    click.echo(f"Platform: {found['platform_name'] or 'nothing tells which'}")
    for evidence in found["evidence"]:
        click.echo(f"  {evidence}")
    for offer in found["offers"]:
        click.echo(
            f"Feed: {offer['feed_url']}  ({offer['what']}; {offer['records']}{'+' if offer['more'] else ''} records)"
        )
    if not found["feed_url"]:
        for one in found["tried"]:
            click.echo(f"  {one['url']}: {one['why']}")
        raise click.ClickException(f"{address} offers no feed that can be read.")
    click.echo(f"To register it: ckan federation add NAME {found['feed_url']} --dialect {found['dialect']}")


@federation.command()
@click.argument("name")
@click.argument("feed_url")
@click.option("--title", help="Its name for people.")
@click.option("--dialect", default=dialects.AUTO, show_default=True, type=click.Choice(list(dialects.NAMES)))
@click.option("--url", help="Address of its site; the feed's host when left out.")
@click.option("--organization", help="Organisation that owns what no other does; made when left out.")
@click.option(
    "--organization-policy", default="create", show_default=True, type=click.Choice(["create", "match", "node"])
)
@click.option("--interval-hours", default=24, show_default=True)
@click.option("--paused", is_flag=True, help="Register it without harvesting it by schedule.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def add(as_json: bool, paused: bool, **values: Any) -> None:
    """Register a node: NAME and the address of its feed."""
    data = {key: value for key, value in values.items() if value is not None}
    node = _call("federation_node_create", {**data, "state": "paused" if paused else "active"})
    if as_json:
        _print_json(node)
    else:
        click.echo(f"Registered {node['name']} ({node['state']}).")


@federation.command("register-known")
def register_known() -> None:
    """Register the nodes that the portal knows by name, all paused."""
    added = _call("federation_node_register_known", {})
    click.echo(f"Registered, paused: {', '.join(added)}." if added else "They are all registered already.")


@federation.command()
@click.argument("name")
def pause(name: str) -> None:
    """Stop harvesting a node by schedule."""
    _call("federation_node_pause", {"id": _node(name)["id"]})
    click.echo(f"{name} is paused.")


@federation.command()
@click.argument("name")
def resume(name: str) -> None:
    """Harvest a node by schedule again."""
    _call("federation_node_resume", {"id": _node(name)["id"]})
    click.echo(f"{name} is active.")


@federation.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def plan(name: str, as_json: bool) -> None:
    """Fetch a node's feed and show what a harvest would do, without doing it."""
    node = _node(name)
    progress = _quiet if as_json else click.echo
    run_id = _in_lane(lambda: run.plan(node, portal.user(), progress))
    _report(run_id, as_json)


@federation.command("run")
@click.argument("name")
@click.option("--approve", is_flag=True, help="Apply the plan though the guard holds it.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def run_command(name: str, approve: bool, as_json: bool) -> None:
    """Harvest a node: make a plan, and apply it unless the guard holds it."""
    node = _node(name)
    progress = _quiet if as_json else click.echo
    run_id = _in_lane(lambda: run.harvest(node, portal.user(), approve, progress))
    _report(run_id, as_json)


@federation.command("apply")
@click.argument("run_id")
@click.option("--approve", is_flag=True, help="Needed where the guard holds the plan.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def apply_command(run_id: str, approve: bool, as_json: bool) -> None:
    """Apply a plan that waits, by its run's id."""
    progress = _quiet if as_json else click.echo
    _in_lane(lambda: run.apply_plan(run_id, portal.user(), approve, progress))
    _report(run_id, as_json)


@federation.command("lanes")
@click.option("--count", type=click.IntRange(1, config.MOST_LANES), help="Nodes harvested at a time.")
def lanes_command(count: int | None) -> None:
    """Harvest what waits in the queue, several nodes at a time, until stopped."""
    harvest_lanes.run(count or config.lanes())


@federation.command("runs")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def runs_command(name: str, as_json: bool) -> None:
    """List a node's runs, the latest first."""
    found = _call("federation_run_list", {"id": _node(name)["id"]})
    if as_json:
        _print_json(found)
        return
    for one in found:
        click.echo(f"{one['started'][:19]}  {one['id']}  {run.summary(one)}")


def _quiet(_line: str) -> None:
    """Says nothing: the answer is JSON."""


def _report(run_id: str, as_json: bool) -> None:
    shown = _call("federation_run_show", {"id": run_id, "limit": 1000})
    if as_json:
        _print_json(shown)
    else:
        for note in shown["notes"]:
            click.echo(f"Note: {note}")
        for outcome in shown["outcomes"]:
            _print_outcome(outcome)
        if shown["status"] in ("planned", "held"):
            approve = " --approve" if shown["status"] == "held" else ""
            click.echo(f"To apply it: ckan federation apply {run_id}{approve}")
    if shown["status"] == "failed":
        raise click.ClickException(shown["error"])


def _print_outcome(outcome: dict[str, Any]) -> None:
    reason = f" ({outcome['reason']})" if outcome["reason"] else ""
    label = outcome["action"] if outcome["status"] == "planned" else outcome["status"]
    click.echo(f"  {label:<12} {outcome['title'] or outcome['upstream_id'] or '(no title)'}{reason}")
    for change in outcome["changes"][:20]:
        click.echo(f"               {change['field']}: {_short(change['old'])} -> {_short(change['new'])}")
    for note in outcome["notes"]:
        click.echo(f"               note: {note}")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "…"


cli_runs.register(federation, _call, _node, _report)
