"""`ckan journey`: check the ledger, make its projections again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from ckan.plugins import toolkit as tk

from .evidence_cli import erase, evidence, in_words

__all__ = ["journey"]


def _run(action: str, data_dict: dict[str, Any] | None = None) -> dict[str, Any]:
    try:
        return tk.get_action(action)({"ignore_auth": True}, data_dict or {})
    except tk.ValidationError as error:
        raise click.ClickException(in_words(error)) from error


@click.group(short_help="The datasets' journeys: verify the ledger, rebuild what pages read.")
def journey() -> None:
    pass


@journey.command()
@click.option("-o", "--organization", help="Only this organisation's stream, by id or name.")
@click.option("--against", help="A document of checkpoints: a file, or the address of a portal that mirrors this one.")
def verify(organization: str | None, against: str | None) -> None:
    """Name the first event changed, dropped, reordered or added. Exit status 1 if there is one."""
    given: dict[str, Any] = {"organization": organization} if organization else {}
    if against:
        given["against"] = _document(against)
    result = _run("journey_verify", given)
    for item in result["streams"]:
        finding = item["finding"]
        if finding:
            told = f"event {finding['sequence']} {finding['kind']}: {finding['detail']}"
            click.secho(f"{item['stream']}: {told}", fg="red")
        else:
            click.echo(f"{item['stream']}: {item['events']} events, chain whole")
        for gone in item["erased"]:
            who = " ".join(part for part in (gone["role"], gone.get("user")) if part)
            told = f"event {gone['sequence']}: {gone['bytes']:,} bytes erased on {gone['at'][:10]} by {who}"
            click.echo(f"{item['stream']}: {told} (event {gone['told_by']}): {gone['reason']}")
    if not result["valid"]:
        raise SystemExit(1)
    click.secho("The ledger is whole.", fg="green")


def _document(against: str) -> Any:
    from . import mirror

    try:
        return mirror.fetch(against) if "://" in against else json.loads(Path(against).read_text())
    except (mirror.MirrorError, OSError, ValueError) as error:
        raise click.ClickException(f"--against {against}: {error}") from error


@journey.command()
@click.argument("dataset")
@click.option("-f", "--format", "form", default="prov-json", show_default=True, help="See docs/journey-exports.md.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="The file to write; else standard output.")
def export(dataset: str, form: str, output: str | None) -> None:
    """Write a dataset's public journey in a format of other tools."""
    from . import exporting

    try:
        with click.open_file(output or "-", "wb") as out:
            done = exporting.write({"ignore_auth": True}, dataset, form, out)
    except tk.ObjectNotFound as error:
        raise click.ClickException(f"{dataset}: no such dataset") from error
    except tk.ValidationError as error:
        raise click.ClickException(in_words(error)) from error
    if any(done["cut"].values()):
        click.echo(f"Cut: {done['cut']['steps']} steps, {done['cut']['files']} files are left out.", err=True)


@journey.command("prov-import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dataset", required=True, help="The dataset whose journey it tells of, by id or name.")
@click.option(
    "-f", "--format", "form", help="prov-json, prov-n, prov-xml, prov-ttl ... (else told by name or beginning)."
)
@click.option("--visibility", default="public", show_default=True, help="Who sees the steps.")
@click.option("--dry-run", is_flag=True, help="Say what would be recorded; write nothing.")
def prov_import(file: Path, dataset: str, form: str | None, visibility: str, dry_run: bool) -> None:
    """Record the steps that another tool's PROV file tells of."""
    from .imports import reading

    asked = {"dataset": dataset, "content": file.read_bytes(), "visibility": visibility, "dry_run": dry_run}
    if form := form or reading.format_of(file.name):
        asked["format"] = form
    try:
        done = _run("journey_prov_import", asked)
    except tk.ObjectNotFound as error:
        raise click.ClickException(f"{dataset}: no such dataset") from error
    for step in done["steps"]:
        click.echo(
            f"{'known   ' if step['known'] else 'recorded' if not dry_run else 'would be'} {step['type']}: {step['activity']}"
        )
    for note in done["not_mapped"]:
        click.echo(
            f"{note['count']} x {note['text']}" + (f" ({', '.join(note['where'])})" if note["where"] else ""), err=True
        )
    click.secho(f"{done['recorded']} steps recorded, {done['known']} known before.", fg="green")


@journey.command()
@click.option("--anchor", help="Where else this is written down, such as a newspaper's issue.")
def checkpoint(anchor: str | None) -> None:
    """Sign how far each organisation's ledger has come since its last checkpoint."""
    made = _run("journey_checkpoint_create", {"anchor": anchor} if anchor else {})["made"]
    click.secho(f"{made} checkpoints signed.", fg="green")


@journey.command()
@click.argument("url")
@click.option("--forget", is_flag=True, help="Drop what was kept of the portal of this address instead.")
def mirror(url: str, forget: bool) -> None:
    """Keep a copy of another portal's signed checkpoints."""
    from ckan import model

    from . import mirror as copies

    if forget:
        count = copies.forget(model.Session.connection(), url.rstrip("/"))
        model.Session.commit()
        click.echo(f"{count} checkpoints of {url} dropped.")
        return
    done = _run("journey_checkpoint_mirror", {"url": url})
    click.secho(f"{done['portal']}: {done['new']} new, {done['known']} known.", fg="green")


@journey.command()
@click.option("--if-needed", is_flag=True, help="Only if an earlier version of this software made them.")
def rebuild(if_needed: bool) -> None:
    """Make every table that pages read again from the ledger."""
    with click.progressbar(length=1, label="Events") as bar:

        def tell(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        context: Any = {"ignore_auth": True, "journey_progress": tell}
        done = tk.get_action("journey_rebuild")(context, {"if_needed": if_needed})
    if done["needed"]:
        click.secho(f"Made again from {done['events']} events.", fg="green")
    else:
        click.echo("They are of this version; nothing was done.")


journey.add_command(evidence)
journey.add_command(erase)
