"""``ckan feeds``: render, check, status."""

from __future__ import annotations

import click
import pyoxigraph as ox
from ckan import model

from . import current, fragment, numbering, store, sync, turn
from .snapshot import Snapshot

__all__ = ["feeds"]


@click.group(short_help="The portal's own DCAT feeds.")
def feeds() -> None:
    pass


@feeds.command()
@click.option("--all", "everything", is_flag=True, help="Render every public dataset, also those up to date.")
@click.argument("datasets", nargs=-1)
def render(everything: bool, datasets: tuple[str, ...]) -> None:
    """Render datasets (names or ids), or all that are not up to date. Stopped, it goes on where it was."""
    sync.withdraw_gone()
    if everything:
        store.mark_stale()
    model.Session.commit()
    ids = [_id_of(name) for name in datasets] or store.pending()
    with click.progressbar(ids, label=f"Rendering {len(ids)} datasets", show_pos=True) as bar:
        for package_id in bar:
            sync.refresh_one(package_id)
    failed = store.failures(20)
    for failure in failed:
        click.secho(f"{failure['package_id']}: {failure['reason']}", fg="red", err=True)
    click.echo(", ".join(f"{count} {state}" for state, count in sorted(store.states().items())) or "no datasets")
    if failed:
        raise SystemExit(1)


def _id_of(name: str) -> str:
    package = model.Package.get(name)
    if package is None:
        raise click.ClickException(f"There is no dataset {name}")
    return package.id


@feeds.command()
def check() -> None:
    """Parse every fragment and compare it with its hash."""
    count, triples, bad = 0, 0, 0
    with current.snapshot() as connection:
        for package_id, sha256, data in Snapshot(connection).rows():
            count += 1
            try:
                triples += sum(1 for _ in ox.parse(data, format=ox.RdfFormat.N_TRIPLES))
                problem = "" if fragment.sha256(data) == sha256 else "its content is not what its hash says"
            except SyntaxError as error:
                problem = str(error)
            if problem:
                bad += 1
                click.secho(f"{package_id}: {problem}", fg="red", err=True)
    click.echo(f"{count} datasets, {triples} triples, {bad} damaged, {len(store.pending())} not up to date")
    if bad:
        raise SystemExit(1)


@feeds.command("restart-changes")
def restart_changes() -> None:
    """Make every reader of changes read the whole again: after a backup was put back."""
    numbering.begin_anew()
    click.echo("The tokens that were given out have expired.")


@feeds.command()
def status() -> None:
    """How many datasets are in the feeds, and what failed."""
    public, pending = len(store.public_ids()), len(store.pending())
    click.echo(f"{public} public datasets, {pending} not up to date")
    if pending:
        at_it = (
            "a process is at it"
            if turn.is_taken()
            else "the next reader of the catalogue, or `ckan feeds render`, does it"
        )
        click.echo(f"  {100 * (public - pending) // public}% done; {at_it}")
    for state, count in sorted(store.states().items()):
        click.echo(f"  {state}: {count}")
    for failure in store.failures(50):
        click.echo(f"{failure['package_id']}: {failure['reason']}")
