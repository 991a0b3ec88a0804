from __future__ import annotations

import json
from importlib import import_module
from importlib.util import find_spec

import click
from ckan.plugins import toolkit as tk

__all__ = ["portal"]


@click.group(short_help="The site: schedule, search index, state of the services")
def portal() -> None:
    """The site: schedule, search index, state of the services."""


@portal.command()
def schedule() -> None:
    """Put the jobs of ckanext.portal.schedule on the queue when they are due, until stopped."""
    from . import schedule as runner

    try:
        runner.run()
    except runner.ScheduleError as error:
        tk.error_shout(f"ckanext.portal.schedule: {error}")
        raise click.Abort from error


@portal.command()
@click.option("--all", "everything", is_flag=True, help="Compare every dataset, not only what changed lately.")
def reindex(everything: bool) -> None:
    """Index what the search index lacks or has old, and remove from it what is gone."""
    from . import jobs

    done = jobs.reindex_all() if everything else jobs.reindex_missing()
    click.echo(", ".join(f"{name} {number}" for name, number in done.items()) or "Another run is under way.")


@portal.command()
@click.option("--json", "as_json", is_flag=True, help="The same as /status.json.")
def status(as_json: bool) -> None:
    """Ask each service whether it is up. Ends with 1 if one that every page needs is down."""
    report = tk.get_action("portal_status")({"ignore_auth": True}, {})
    if as_json:
        click.echo(json.dumps(report, indent=2))
    else:
        for each in report["services"]:
            state = click.style("up", fg="green") if each["up"] else click.style("down", fg="red")
            click.echo(f"{each['label']:<14} {state:<14} {each.get('version', '')} {each.get('reason', '')}".rstrip())
    if report["status"] == "down":
        raise SystemExit(1)


if find_spec("ckanext.portal.demo") and find_spec("ckanext.portal.demo.cli"):
    portal.add_command(import_module("ckanext.portal.demo.cli").demo)
