"""``ckan portal demo``."""

from __future__ import annotations

import time

import click
from ckan.plugins import toolkit as tk

__all__ = ["demo"]


@click.command()
@click.option("--nodes", metavar="URL", help="Address of the sample nodes' server, to harvest them.")
@click.option("--no-harvest", is_flag=True, help="Register the sample nodes, but do not harvest them.")
def demo(nodes: str | None, no_harvest: bool) -> None:
    """Load the demo: a fictional council's datasets with their journeys, and two sample nodes.

    Can be stopped and run again: what is there already is left alone.
    """
    from . import calendar, federate, loader, seeds

    started = time.monotonic()

    def say(line: str) -> None:
        click.echo(f"{time.monotonic() - started:6.1f} s  {line}")

    try:
        read = seeds.read()
        council = loader.Loader(read, say)
        council.council()
        calendar.load(read, say)
        federate.sample_nodes(read, say, nodes, harvest=not no_harvest)
        federate.known_nodes(say)
        council.previews()
    except (loader.DemoError, seeds.SeedError) as error:
        tk.error_shout(f"{error}\nRun the command again to go on from here.")
        raise click.Abort from error
    say("The demo is loaded; tables, previews and charts appear as the worker gets to them")
