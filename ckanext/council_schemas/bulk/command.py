"""``ckan council-schemas bulk-export``, ``bulk-plan``, ``bulk-apply``: spreadsheets of metadata on the command line."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from ckan import model
from ckan.plugins import toolkit as tk

from . import jobs

SHOWN = 100
WIDEST = 60
WAIT = 2  # seconds between two looks
USER = click.option("--user", required=True, help="The name of the user whose permissions count.")


def _act(name: str, user: str, **data: Any) -> Any:
    account = model.User.get(user)
    if account is None or account.state != "active":
        raise click.ClickException(f"There is no user {user!r}.")
    context: Any = {"user": account.name, "auth_user_obj": account, "ignore_auth": False}
    try:
        return tk.get_action(name)(context, data)
    except tk.ValidationError as error:
        said: dict[str, Any] = error.error_dict
        raise click.ClickException(
            "; ".join(f"{key}: {' '.join(map(str, text))}" for key, text in said.items())
        ) from error
    except (tk.NotAuthorized, tk.ObjectNotFound) as error:
        raise click.ClickException(str(error.message or error)) from error


@click.command(name="bulk-export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--organization", default="", help="The organisation whose datasets are wanted: id or name.")
@click.option("--q", default="", help="A search, as on the portal.")
@click.option("--fq", default="", help="A filter, as package_search takes it.")
@click.option("--type", "dataset_type", default="dataset", show_default=True)
@click.option("--offset", default=0, help="Begin with this dataset, where there are more than one sheet holds.")
@click.option("--files", is_flag=True, help="In CSV: the files instead of the datasets.")
@USER
def bulk_export(
    file: Path, organization: str, q: str, fq: str, dataset_type: str, offset: int, files: bool, user: str
) -> None:
    """Write the metadata of datasets to FILE (.xlsx or .csv)."""
    asked = {"organization": organization, "q": q, "fq": fq, "type": dataset_type, "offset": offset, "files": files}
    made = _act("council_bulk_export", user, **asked, format=file.suffix.lstrip(".").lower() or "xlsx")
    file.write_bytes(base64.b64decode(made["content"]))
    click.echo(f"{file}: {made['rows']} of {made['count']} datasets")
    if offset + made["rows"] < made["count"]:
        click.echo(f"The rest: --offset {offset + made['rows']}")


@click.command(name="bulk-plan")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--organization", default="", help="Only this organisation's datasets may change: id or name.")
@click.option("--type", "dataset_type", default="", help="The type of the datasets, if the sheet does not say.")
@USER
def bulk_plan(file: Path, organization: str, dataset_type: str, user: str) -> None:
    """Show what FILE (.xlsx or .csv) would change. Nothing is written but the plan."""
    content = base64.b64encode(file.read_bytes()).decode()
    asked = {"content": content, "file_name": file.name, "organization": organization, "type": dataset_type}
    plan = _act("council_bulk_plan", user, **asked)
    _work(plan["id"], user, jobs.plan)
    _print(plan["id"], user)


@click.command(name="bulk-apply")
@click.argument("plan")
@USER
def bulk_apply(plan: str, user: str) -> None:
    """Run PLAN (its id), or go on with one that was stopped; here, not in the worker."""
    _act("council_bulk_apply", user, id=plan)
    _work(plan, user, jobs.run)
    found = _print(plan, user)
    if found["state"] != "done" or found["outcomes"]["refused"] or found["outcomes"]["failed"]:
        raise SystemExit(1)


def _work(plan_id: str, user: str, job: Callable[[str], None]) -> None:
    """Here, or where the worker was quicker, there: this waits for it."""
    job(plan_id)
    model.Session.remove()
    while (plan := _act("council_bulk_show", user, id=plan_id, limit=0))["at_work"]:
        done = plan["looked_at"] if plan["state"] == "planning" else plan["to_run"] - plan["outcomes"]["ready"]
        click.echo(f"the worker has it: {done} done", err=True)
        time.sleep(WAIT)
        model.Session.remove()


def _print(plan_id: str, user: str) -> dict[str, Any]:
    plan = _act("council_bulk_show", user, id=plan_id, limit=SHOWN)
    for problem in plan["problems"]:
        click.echo(problem["message"])
    for step in plan["steps"]:
        if step["action"] == "unchanged":
            continue
        outcome = f", {step['state']}" if step["state"] not in ("ready", "closed") else ""
        click.echo(f"row {step['line']}  {step['name']}: {step['action']}{outcome}")
        for one in step["changes"]:
            file = f"{one['file_name']}: " if one.get("file_name") else ""
            click.echo(f"    {file}{one['label']}: {_short(one['old'])} -> {_short(one['new'])}")
        for one in step["problems"]:
            click.echo(f"    ! {one['label']}{': ' if one['label'] else ''}{one['message']}")
    if plan["total"] > SHOWN:
        click.echo(f"... and {plan['total'] - SHOWN} more rows: council_bulk_show, or the page of the plan")
    click.echo(", ".join(f"{count} {action}" for action, count in plan["counts"].items()))
    if plan["state"] not in ("planned", "done") or plan["ended"]:
        click.echo(
            ", ".join(f"{count} {outcome}" for outcome, count in plan["outcomes"].items() if count) or plan["state"]
        )
    click.echo(f"plan {plan['id']}: {plan['state']}")
    return plan


def _short(text: str) -> str:
    line = " | ".join(text.split("\n"))
    return (line if len(line) <= WIDEST else f"{line[:WIDEST]}...") or "(empty)"
