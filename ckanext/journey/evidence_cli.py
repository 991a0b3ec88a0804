"""`ckan journey evidence` and `erase`: who was named in a file or report that came from elsewhere, and may be no longer."""

from __future__ import annotations

from typing import Any

import click
from ckan import model
from ckan.plugins import toolkit as tk


def in_words(error: Any) -> str:
    """What was wrong with which part of what was asked."""
    return "; ".join(f"{name}: {said}" for name, said in error.error_summary.items())


@click.command()
@click.option("-o", "--organization", required=True, help="The organisation, by id or name.")
@click.option("--dataset", help="Only PROV files of this dataset.")
@click.option("--containing", help="Only what holds this text, such as a name.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 1000))
def evidence(organization: str, dataset: str | None, containing: str | None, limit: int) -> None:
    """List the events that keep a PROV file or an OpenLineage report as it came."""
    asked = {"organization": organization, "dataset": dataset, "containing": containing, "limit": limit}
    try:
        found = tk.get_action("journey_evidence_list")({"ignore_auth": True}, asked)
    except tk.ObjectNotFound as error:
        raise click.ClickException(f"{dataset}: no such dataset") from error
    for each in found:
        size = "erased" if each["erased"] else f"{each['bytes']:,} bytes"
        click.echo(f"{each['id']}  {each['recorded'][:16]}  {each['type']}  {size}  {each['package'] or ''}".rstrip())
    if not found:
        click.echo("None.")


@click.command()
@click.argument("event")
@click.option("--reason", required=True, help="Why. It stays for good: name nobody in it.")
@click.option("--user", required=True, help="Who answers for it: an administrator, by name.")
@click.confirmation_option(prompt="What is erased cannot be had again. Erase it?")
def erase(event: str, reason: str, user: str) -> None:
    """Erase what an event kept as it came; the ledger tells of it, and the chain holds."""
    found = model.User.get(user)
    if found is None:
        raise click.ClickException(f"{user}: no such user")
    context: Any = {"user": found.name, "auth_user_obj": found}
    try:
        done = tk.get_action("journey_evidence_erase")(context, {"event": event, "reason": reason})
    except (tk.ObjectNotFound, tk.NotAuthorized) as error:
        raise click.ClickException(str(error)) from error
    except tk.ValidationError as error:
        raise click.ClickException(in_words(error)) from error
    click.secho(f"Event {done['sequence']}: {done['bytes']:,} bytes erased.", fg="green")
    click.echo("Backups and the database's own log of changes keep them until they are overwritten.")
