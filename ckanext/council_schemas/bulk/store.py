"""Reads and writes bulk plans, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from .model import AT_WORK, Plan, Step, now

plans: sa.Table = Plan.__table__  # type: ignore[assignment]
steps: sa.Table = Step.__table__  # type: ignore[assignment]


def get(plan_id: str) -> Plan | None:
    return model.Session.get(Plan, plan_id, populate_existing=True)


def locked(plan_id: str) -> Plan | None:
    """A plan, until the end of the transaction nobody else's to change."""
    return model.Session.get(Plan, plan_id, populate_existing=True, with_for_update=True)


def counts(plan_id: str) -> tuple[dict[str, int], dict[str, int]]:
    """How many steps there are of each action, and of each state."""
    query = sa.select(steps.c.action, steps.c.state, sa.func.count()).where(steps.c.plan_id == plan_id)
    actions: dict[str, int] = {}
    states: dict[str, int] = {}
    for action, state, count in model.Session.execute(query.group_by(steps.c.action, steps.c.state)):
        actions[action] = actions.get(action, 0) + count
        states[state] = states.get(state, 0) + count
    return actions, states


def page(plan_id: str, which: dict[str, str], limit: int, offset: int) -> list[Step]:
    """Steps in the order of the sheet. ``which``: ``action`` and ``state`` that they have."""
    query = sa.select(Step).where(Step.plan_id == plan_id, *(steps.c[key] == value for key, value in which.items()))
    query = query.order_by(Step.number).limit(limit).offset(offset)
    return list(model.Session.execute(query.execution_options(populate_existing=True)).scalars())


def next_step(plan_id: str, state: str) -> int | None:
    """The number of the first step that is in a state."""
    query = sa.select(sa.func.min(steps.c.number)).where(steps.c.plan_id == plan_id, steps.c.state == state)
    return model.Session.execute(query).scalar()


def step(plan_id: str, number: int) -> Step:
    return model.Session.get_one(Step, (plan_id, number), populate_existing=True)


def take(plan_id: str, number: int, before: str, **values: Any) -> bool:
    """Change a step if it is still in the state ``before``: of two jobs, one does."""
    query = sa.update(steps).where(steps.c.plan_id == plan_id, steps.c.number == number, steps.c.state == before)
    done: Any = model.Session.execute(query.values(**values))
    return bool(done.rowcount)


def listed(organization_id: str | None, user_id: str | None, limit: int, offset: int) -> tuple[int, list[Plan]]:
    """Plans, the newest first: of an organisation, or of a person."""
    wanted = [plans.c.organization_id == organization_id] if organization_id is not None else []
    wanted += [plans.c.made_by == user_id] if user_id is not None else []
    count = model.Session.execute(sa.select(sa.func.count()).select_from(plans).where(*wanted)).scalar_one()
    query = sa.select(Plan).where(*wanted).order_by(plans.c.made.desc(), plans.c.id).limit(limit).offset(offset)
    return count, list(model.Session.execute(query).scalars())


def claim(plan_id: str, states: tuple[str, ...], running: str, quiet: datetime) -> datetime | None:
    """Take a plan on for one job: None where it is in none of ``states``, or another job shows signs of life."""
    plan, moment = locked(plan_id), now()
    if plan is None or plan.state not in states or (plan.beat is not None and plan.beat > quiet):
        model.Session.rollback()
        return None
    plan.state, plan.beat, plan.ended = running, moment, None
    plan.started = moment
    plan.about = plan.about | {"attempts": plan.about.get("attempts", 0) + 1}
    model.Session.commit()
    return moment


def beat(plan_id: str, state: str, claimed: datetime) -> datetime | None:
    """A sign of life; None if the plan was stopped, or is another job's by now."""
    moment = now()
    query = sa.update(plans).where(plans.c.id == plan_id, plans.c.state == state, plans.c.beat == claimed)
    done: Any = model.Session.execute(query.values(beat=moment))
    return moment if done.rowcount else None


def unattended(quiet: datetime) -> list[Plan]:
    """Plans that a worker should be at, without a sign of life."""
    last = sa.func.greatest(plans.c.made, plans.c.started, plans.c.beat)  # passes over what is empty
    query = sa.select(Plan).where(plans.c.state.in_(AT_WORK), last < quiet).with_for_update(skip_locked=True)
    return list(model.Session.execute(query).scalars())


def plans_type(plan_id: str) -> str:
    """The type of the datasets that a plan is about."""
    return model.Session.execute(sa.select(plans.c.dataset_type).where(plans.c.id == plan_id)).scalar_one()
