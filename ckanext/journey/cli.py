"""`ckan journey`: check the ledger, make its projections again."""

from __future__ import annotations

from typing import Any

import click
from ckan.plugins import toolkit as tk

__all__ = ["journey"]


def _run(action: str, data_dict: dict[str, str] | None = None) -> dict[str, Any]:
    return tk.get_action(action)({"ignore_auth": True}, data_dict or {})


@click.group(short_help="The datasets' journeys: verify the ledger, rebuild what pages read.")
def journey() -> None:
    pass


@journey.command()
@click.option("-o", "--organization", help="Only this organisation's stream, by id or name.")
def verify(organization: str | None) -> None:
    """Name the first event changed, dropped, reordered or added. Exit status 1 if there is one."""
    result = _run("journey_verify", {"organization": organization} if organization else {})
    for item in result["streams"]:
        finding = item["finding"]
        if finding:
            told = f"event {finding['sequence']} {finding['kind']}: {finding['detail']}"
            click.secho(f"{item['stream']}: {told}", fg="red")
        else:
            click.echo(f"{item['stream']}: {item['events']} events, chain whole")
    if not result["valid"]:
        raise SystemExit(1)
    click.secho("The ledger is whole.", fg="green")


@journey.command()
def rebuild() -> None:
    """Make every table that pages read again from the ledger."""
    click.secho(f"Made again from {_run('journey_rebuild')['events']} events.", fg="green")
