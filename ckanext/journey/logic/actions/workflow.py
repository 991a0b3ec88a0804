"""Actions of the publication workflow: where a release stands, moving it on, who signs for privacy, the board."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan import authz, model
from ckan.plugins import toolkit as tk
from sqlalchemy.dialects.postgresql import insert

from ... import access, read, retirement
from ... import model as tables
from ...workflow import board, moves, rules, stages, store
from .. import schema

Dict = dict[str, Any]
OFFICER = "dpo"


def dataset(data_dict: Dict, name: str = "id") -> Any:
    """The dataset that `name` refers to; raises ObjectNotFound."""
    package = model.Package.get(tk.get_or_bust(data_dict, name))
    if package is None or package.state == "deleted":
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    return package


def organisation(reference: str) -> Any:
    """The organisation of this id or name; raises ObjectNotFound."""
    found = model.Group.get(reference)
    if found is None or not found.is_organization or found.state == "deleted":
        raise tk.ObjectNotFound(tk._("Organisation not found"))
    return found


@tk.side_effect_free
def journey_workflow_show(context: Any, data_dict: Dict) -> Dict:
    """Where a release stands on its way to publication, and what the caller may do with it.

    :param id: the dataset's id or name

    :returns: `state`, `since`, `owner_role`, `reason`, `due`, `publish_at`, `embargo`, `held_files` (names of files that their
      check holds back), `privacy` (signed, reviewed, unsigned, reported by a tool alone, or unknown), `privacy_reports` (privacy steps that
      tools report: id, type, tool, tool_version, when; no signature), `moves` (what may follow, each with `move`, `to`,
      `needs` and `refused`, why the caller may not make it, or None), `history` (oldest first)
    """
    tk.check_access("journey_workflow_show", context, data_dict)
    package = dataset(data_dict)
    read.current(model.Session.connection(), package.id)
    standing = moves.look(model.Session.connection(), package)
    user = model.User.get(context.get("user") or "")
    last = standing.moves[-1] if standing.moves else {}
    plain = ("owner_role", "reason", "due", "publish_at", "since")
    return {
        "dataset": {"id": package.id, "name": package.name, "title": package.title},
        "state": standing.state,
        **{name: _plain(last.get(name)) for name in plain},
        "embargo": standing.facts.embargo,
        "held_files": list(standing.facts.held_files),
        "privacy": _privacy(standing.facts),
        "privacy_reports": [{name: _plain(value) for name, value in each.items()} for each in standing.reports],
        "moves": [_offered(move, standing, user) for move in stages.possible(standing.state)],
        "history": [{name: _plain(value) for name, value in move.items()} for move in standing.moves],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if hasattr(value, "isoformat") else value


def _privacy(facts: rules.Facts) -> str:
    if facts.privacy_signed:
        return "signed"
    if facts.privacy_reviewed:
        return "unsigned" if facts.has_officer else "reviewed"
    return "reported" if facts.privacy_reported else "unknown"


def _offered(move: stages.Move, standing: moves.Standing, user: Any) -> Dict:
    mine = move.second_person and (user is None or user.id in standing.facts.authors)
    refused = tk._(rules.AUTHOR) if mine else None
    return {"move": move.code, "label": move.label, "to": move.to, "needs": list(move.needs), "refused": refused}


def journey_workflow_move(context: Any, data_dict: Dict) -> Dict:
    """Move a release on its way to publication.

    :param id: the dataset's id or name
    :param move: identified, extracting, cleaning, privacy, validating, submit, recall, approve, schedule, return, block or withdraw
    :param reason: why (needed to recall, return, block and withdraw)
    :param owner_role: the role that holds it from now on, never a name (optional)
    :param due: the day by which it is to be published (optional)
    :param publish_at: when it is to be published, ISO 8601 (to schedule)
    :param embargo: the moment before which it may not be published (optional)
    :param privacy_statement: why this release holds no personal data (to submit without a privacy step)

    :returns: as `journey_workflow_show`. Approving needs a person who did not work on the release
    """
    tk.check_access("journey_workflow_move", context, data_dict)
    package = dataset(data_dict)
    data, errors = tk.navl_validate({**data_dict, "id": package.id}, schema.move_schema(), context)
    if errors:
        raise tk.ValidationError(errors)
    moves.make(context, package, data)
    return journey_workflow_show(context, {"id": package.id})


@tk.side_effect_free
def journey_board(context: Any, data_dict: Dict) -> Dict:
    """How many datasets stand where, for how long, and which role holds them.

    Everybody sees public datasets; members also those of their organisations that are not public.

    :param organization: only this organisation's datasets, by id or name (optional)

    :returns: `columns`, one for each state in its order, with `state`, `label`, `help`, `count`, `median_days`, `longest_days`
      and `items` (name, title, organization, days, owner_role, reason, due, overdue, retiring: its
      systems that are switched off already or will be within a year)
    """
    tk.check_access("journey_board", context, data_dict)
    only = organisation(data_dict["organization"]).id if data_dict.get("organization") else None
    rows = store.standing(model.Session.connection(), _organisations(context), only)
    columns = board.columns(rows, datetime.now(UTC))
    leaving = retirement.retiring(model.Session.connection(), [row["package_id"] for row in rows])
    for column in columns:
        column["items"] = [
            {name: _plain(value) for name, value in item.items()} | {"retiring": leaving.get(item["package_id"], [])}
            for item in column["items"]
        ]
    return {"columns": columns, "total": sum(column["count"] for column in columns)}


def _organisations(context: Any) -> list[str] | None:
    """The organisations whose unpublished datasets the caller sees; None: all."""
    user = model.User.get(context.get("user") or "")
    if context.get("ignore_auth") or (user is not None and user.sysadmin):
        return None
    if user is None:
        return []
    found = tk.get_action("organization_list_for_user")(
        access.as_caller(context), {"id": user.id, "permission": "read"}
    )
    return [each["id"] for each in found]


def journey_officer_create(context: Any, data_dict: Dict) -> Dict:
    """Name who signs privacy reviews of an organisation (its data protection officer). From then on releases need a signature.

    :param organization: the organisation's id or name
    :param user: the user's id or name; they must be an editor or administrator there

    :returns: the officer: `user`, `role`
    """
    tk.check_access("journey_officer_create", context, data_dict)
    group, user = _officer(data_dict)
    if not authz.has_user_permission_for_group_or_org(group.id, user.name, "create_dataset"):
        message = tk._("They must be an editor or administrator of the organisation, to be able to record the review")
        raise tk.ValidationError({"user": [message]})
    values = {"stream": group.id, "user_id": user.id, "role": OFFICER, "named": datetime.now(UTC)}
    model.Session.execute(insert(tables.officer).values(values).on_conflict_do_nothing())
    model.Session.commit()
    return {"user": user.name, "role": OFFICER}


def journey_officer_revoke(context: Any, data_dict: Dict) -> None:
    """Somebody no longer signs privacy reviews of an organisation. What they signed stays signed in the ledger.

    :param organization: the organisation's id or name
    :param user: the user's id or name
    """
    tk.check_access("journey_officer_revoke", context, data_dict)
    group, user = _officer(data_dict)
    here = tables.officer.c
    model.Session.execute(sa.delete(tables.officer).where(here.stream == group.id, here.user_id == user.id))
    model.Session.commit()


@tk.side_effect_free
def journey_officer_list(context: Any, data_dict: Dict) -> list[Dict]:
    """Who signs privacy reviews of an organisation. For its editors.

    :param organization: the organisation's id or name

    :returns: list of dicts of `user` (name), `display_name` and `role`
    """
    tk.check_access("journey_officer_list", context, data_dict)
    group = organisation(tk.get_or_bust(data_dict, "organization"))
    found = (model.User.get(each) for each in store.officers(model.Session.connection(), group.id, OFFICER))
    return [{"user": user.name, "display_name": user.display_name, "role": OFFICER} for user in found if user]


def _officer(data_dict: Dict) -> tuple[Any, Any]:
    group = organisation(tk.get_or_bust(data_dict, "organization"))
    user = model.User.get(tk.get_or_bust(data_dict, "user"))
    if user is None or user.state != "active":
        raise tk.ValidationError({"user": [tk._("There is no such user")]})
    return group, user
