"""The command that checks a file: `./portal check` and `ckan council-schemas check`. It needs no portal and no database."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from . import check_file, tables
from .recognise import recognise
from .tidy import TidyError, tidy
from .types import OnProgress, Progress, Report

VALID, PROBLEMS, UNUSABLE = 0, 1, 2
SHOWN = 10


class Unusable(click.ClickException):
    """The command cannot do what was asked; exit status 2."""

    exit_code = UNUSABLE


@click.command(name="check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--as", "name", help="The table that it should be: spend, contracts, salaries ... (--tables lists them), or auto."
)
@click.option(
    "--mapping", multiple=True, metavar="HEADER=FIELD", help="What a header means; nothing after = leaves it out."
)
@click.option(
    "--threshold",
    "regime",
    help="Another duty's threshold for spend: scotland (£25,000), wales (£500), smaller (£100).",
)
@click.option("--json", "form", flag_value="json", help="The whole report as JSON.")
@click.option("--frictionless", "form", flag_value="frictionless", help="As a Frictionless report.")
@click.option("--csv", "form", flag_value="csv", help="The problems as CSV.")
@click.option("--tidy", "out", type=click.Path(path_type=Path), help="Write a cleaned copy, and say what it changed.")
@click.option("--names", is_flag=True, help="With --tidy: known headers become the table's names.")
@click.option(
    "--tables", "listing", is_flag=True, is_eager=True, expose_value=False, callback=lambda c, _p, v: _tables(c, v)
)
def check(
    file: Path,
    name: str | None,
    mapping: tuple[str, ...],
    regime: str | None,
    form: str | None,
    out: Path | None,
    names: bool,
) -> None:
    """Check FILE: its structure, and with --as every rule of its table.

    Exit status: 0 valid, 1 with problems, 2 the file or the request cannot be used.
    """
    told = dict(_pair(each) for each in mapping)
    try:
        table = _table(file, name)
        table = _under(table, regime) if regime else table
        if out:
            _tidied(file, out, table, told, names)
        report = check_file(file, table, mapping=told, progress=_progress(), today=datetime.now(UTC).date())
    except OSError as error:
        raise Unusable(f"{file}: {error.strerror or error}") from error
    except (ValueError, TidyError) as error:
        raise Unusable(str(error)) from error
    if sys.stderr.isatty():
        click.echo("\r" + " " * 40 + "\r", nl=False, err=True)
    click.echo(_said(report, form), nl=form != "csv")
    like = recognise(file) if table is None and form is None else None
    if like:
        click.echo(f"\nIt looks like: {like.title}. Check it so with --as {(*like.short_names, like.code)[0]}.")
    sys.exit(UNUSABLE if report.stopped else VALID if report.valid else PROBLEMS)


def _table(file: Path, name: str | None) -> tables.Table | None:
    """The table that was named, or the one that the file looks like."""
    if name is None:
        return None
    if name == "auto":
        table = recognise(file)
        if table is None:
            raise Unusable(f"{file}: this looks like none of the tables; say which it should be with --as.")
        return table
    table = tables.find(name)
    if table is None:
        short = ", ".join(each for code in tables.codes() for each in tables.get(code).short_names[:1])
        raise Unusable(f"There is no table called {name}. Known: {short}.")
    return table


def _under(table: tables.Table | None, regime: str) -> tables.Table:
    if table is None:
        raise Unusable("--threshold needs a table: say which with --as.")
    try:
        return tables.with_threshold(table, regime.lower())
    except KeyError as error:
        raise Unusable(str(error.args[0])) from error


def _tables(context: click.Context, wanted: bool) -> None:
    if not wanted:
        return
    for code in tables.codes():
        table = tables.get(code)
        click.echo(f"{', '.join(table.short_names):40} {table.title}")
    context.exit()


def _pair(text: str) -> tuple[str, str]:
    header, sign, field = text.rpartition("=")
    if not sign:
        raise Unusable(f"--mapping {text}: write HEADER=FIELD.")
    return header, field


def _progress() -> OnProgress | None:
    def tell(progress: Progress) -> None:
        share = 100 * progress.done // max(progress.total, 1)
        click.echo(f"\r{share:3}%  {progress.rows:,} rows", nl=False, err=True)

    return tell if sys.stderr.isatty() else None


def _tidied(file: Path, out: Path, table: tables.Table | None, mapping: dict[str, str], names: bool) -> None:
    if out.exists() and out.samefile(file):
        raise Unusable("--tidy writes a copy: give it a name of its own.")
    done = tidy(file, out, table, mapping=mapping, names=names)
    click.echo(f"{out}: {done.rows:,} rows written", err=True)
    for change in done.changes:
        shown = "; ".join(f"{before} → {after}" if after else before for before, after in change.examples[:2])
        click.echo(f"  {change.what}: {change.count:,}{f' ({shown})' if shown else ''}", err=True)


def _said(report: Report, form: str | None) -> str:
    if form == "json":
        return json.dumps(report.to_dict(), ensure_ascii=False, indent=1)
    if form == "frictionless":
        return json.dumps(report.to_frictionless(), ensure_ascii=False, indent=1)
    return report.to_csv() if form == "csv" else "\n".join(_lines(report))


def _lines(report: Report) -> list[str]:
    """The report for a person: each rule once, counted, with its first places."""
    table = f" as {tables.get(report.table).title}" if report.table else ""
    lines = [f"{report.name}{table}: {report.rows:,} rows, {report.errors:,} errors, {report.warnings:,} warnings, "
             f"{report.personal:,} to decide (personal data)"]  # fmt: skip
    if report.stopped:
        lines.append(f"STOPPED: {report.stopped}")
    order = {"error": 0, "personal": 1, "warning": 2}
    worst = {rule: min(order[p.severity] for p in report.problems if p.rule == rule) for rule in report.rules}
    for rule in sorted(report.rules, key=lambda each: (worst[each], -report.counts[each])):
        about, found = report.rules[rule], [each for each in report.problems if each.rule == rule]
        lines.append(f"\n{found[0].severity.upper()}  {about.title}: {report.counts[rule]:,}")
        for each in found[:SHOWN]:
            where = f"line {each.line}" if each.line else "the file"
            column = f", {each.column}" if each.column else ""
            lines.append(f"  {where}{column}: {each.message} {each.fix}")
        if report.counts[rule] > SHOWN:
            lines.append(f"  ... and {report.counts[rule] - min(SHOWN, len(found)):,} more")
    if report.valid:
        lines.append("\nThe file is valid.")
    return lines
