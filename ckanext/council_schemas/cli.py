"""``ckan council-schemas``: make the committed schema files again."""

import json
from importlib.resources import files
from pathlib import Path

import click
import yaml

from . import generate, vocabularies

__all__ = ["council_schemas"]
FOLDER = Path(__file__).parent


def made() -> dict[Path, str]:
    """The generated files and what they should hold, with the ckanext-dcat that is installed."""
    full = yaml.safe_load(files("ckanext.dcat.schemas").joinpath("dcat_ap_full.yaml").read_text(encoding="utf-8"))
    council = yaml.safe_load((FOLDER / "schemas" / "council.yaml").read_text(encoding="utf-8"))
    licences = generate.licences(vocabularies.get("licence"))
    return {
        FOLDER / "schemas" / "dataset.yaml": generate.dump(generate.dataset_schema(full, council)),
        FOLDER / "schemas" / "licences.json": json.dumps(licences, indent=1, ensure_ascii=False) + "\n",
    }


@click.group(name="council-schemas")
def council_schemas() -> None:
    """Metadata schemas of a council's portal."""


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
