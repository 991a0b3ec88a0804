"""``ckan council-schemas``: make the committed schema files again."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
import yaml

from . import generate, vocabularies
from .bulk.command import bulk_apply, bulk_export, bulk_plan
from .check.command import check

__all__ = ["council_schemas"]
FOLDER = Path(__file__).parent


# The types without files: what each is made from, and into.
OTHERS = {"council_series": "dataset_series.yaml", "council_project": "analytics_project.yaml"}


def _source(name: str) -> Any:
    return yaml.safe_load((FOLDER / "schemas" / f"{name}.yaml").read_text(encoding="utf-8"))


def made() -> dict[Path, str]:
    """The generated files and what they should hold, with the ckanext-dcat that is installed."""
    full = yaml.safe_load(files("ckanext.dcat.schemas").joinpath("dcat_ap_full.yaml").read_text(encoding="utf-8"))
    dataset = generate.dataset_schema(full, _source("council"))
    others = {name: generate.other_type(dataset, _source(name)) for name in OTHERS}
    licences = generate.licences(vocabularies.get("licence"))
    return {
        FOLDER / "schemas" / "dataset.yaml": generate.dump(dataset),
        **{FOLDER / "schemas" / OTHERS[n]: generate.dump(made, f"{n}.yaml") for n, made in others.items()},
        FOLDER / "schemas" / "licences.json": json.dumps(licences, indent=1, ensure_ascii=False) + "\n",
    }


@click.group(name="council-schemas")
def council_schemas() -> None:
    """Metadata schemas of a council's portal."""


for command in (check, bulk_export, bulk_plan, bulk_apply):
    council_schemas.add_command(command)


@council_schemas.command(name="generate")
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is not what would be written.")
def generate_files(check: bool) -> None:
    """Make schemas/dataset.yaml from ckanext-dcat's full schema and council.yaml, and the licence list."""
    stale = [path for path, text in made().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        if not check:
            path.write_text(made()[path], encoding="utf-8")
        click.echo(f"{path.name}: {'out of date' if check else 'written'}")
    if check and stale:
        raise click.ClickException("run `ckan council-schemas generate` and commit the result")


@council_schemas.command(name="vocabularies")
def list_vocabularies() -> None:
    """List the code lists with their source and date."""
    for name in vocabularies.list_names():
        found = vocabularies.get(name)
        click.echo(f"{name:18}{len(found.terms):5}  {found.about['date']:26}{found.about['source']}")


@council_schemas.command(name="remove-originals")
@click.option("--days", type=click.IntRange(min=1), help="Older than this; else as the setting original_days says.")
@click.option("--list", "only_list", is_flag=True, help="Say how many are due, and remove nothing.")
def remove_originals(days: int | None, only_list: bool) -> None:
    """Remove originals of files whose tidied or redacted copies were used, and what the redacted cells held."""
    from .review import retention, settings

    wanted = settings.original_days() if days is None else days
    if not wanted:
        raise click.ClickException("Originals are kept: set ckanext.council_schemas.original_days, or give --days")
    found = retention.due(wanted)
    if only_list:
        click.echo(f"{len(found)} originals are older than {wanted} days.")
        return
    done = retention.remove(wanted)
    click.echo(f"{done} originals removed.")
    if done < len(found):
        raise click.ClickException(f"{len(found) - done} could not be removed; the log says why")
