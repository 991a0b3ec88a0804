"""The actions: what they take and refuse, who may call them, who sees what."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckan.tests import factories, helpers

from ckanext.journey import model as tables

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "journey"),
    pytest.mark.usefixtures("with_plugins", "journey_db"),
]

EVIDENCE = [
    {"kind": "approval", "value": "for all"},
    {"kind": "legal-basis", "value": "for members", "visibility": "organisation"},
    {"kind": "dpia-reference", "value": "for administrators", "visibility": "restricted"},
]


class World:
    """An organisation with one user of each role, a stranger's organisation, and two datasets."""

    _people: ClassVar[dict[str, Any]] = {}

    def __init__(self):
        people = self._people
        if not people or model.Group.get(people["org"]["id"]) is None:
            people |= self._make()
        self.users, self.org, self.other = people["users"], people["org"], people["other"]
        self.open = factories.Dataset(owner_org=self.org["id"])
        self.closed = factories.Dataset(owner_org=self.org["id"], private=True)

    def _make(self):
        users = {name: factories.User()["name"] for name in ("member", "editor", "admin", "stranger")}
        users |= {"sysadmin": factories.Sysadmin()["name"], "anonymous": ""}
        members = [{"name": users[role], "capacity": role} for role in ("member", "editor", "admin")]
        other = factories.Organization(users=[{"name": users["stranger"], "capacity": "editor"}])
        return {"users": users, "org": factories.Organization(users=members), "other": other}

    def call(self, role, action, /, **values):
        """As the API does it: with authorisation."""
        name = self.users[role]
        user = model.User.get(name) if name else None
        return tk.get_action(action)({"user": name, "auth_user_obj": user}, values)

    def refuses(self, role, action, /, **values):
        with pytest.raises(tk.NotAuthorized):
            self.call(role, action, **values)
        return True


@pytest.fixture
def world():
    return World()


def told(step):
    return [item["value"] for item in step["evidence"]]


def test_a_step_with_everything(world):
    step = world.call(
        "editor",
        "journey_step_create",
        dataset=world.open["name"],
        type="clean",
        started_at="2025-10-02",
        ended_at="2025-10-03T14:00:00+01:00",
        system="Northgate",
        agent_role="Data steward",
        on_behalf_of="Revenues",
        tool="OpenRefine",
        tool_version="3.8",
        plan={"name": "clean.py", "commit": "abc123"},
        rationale="Empty rows removed",
        inputs=[{"name": "raw.csv", "sha256": "SHA256:" + "A" * 64, "rows": "1,204", "bytes": 10}],
        outputs=[{"name": "clean.csv", "sha256": "b" * 64, "rows": 1187}],
        rows_in=1204,
        rows_out=1187,
        rows_rejected=17,
        evidence=[{"kind": "checksum", "sha256": "b" * 64}],
    )
    assert step["rows"]["state"] == "balanced"
    given = {"name": "raw.csv", "sha256": "a" * 64, "bytes": 10, "rows": 1204, "meets": False}
    assert given.items() <= step["inputs"][0].items()
    assert step["plan"]["commit"] == "abc123"
    assert (step["capture"], step["confidence"], step["visibility"]) == ("manual", "attested", "public")
    assert (step["started"], step["ended"]) == ("2025-10-02", "2025-10-03")
    shown = world.call("anonymous", "journey_show", id=world.open["id"])
    assert step in shown["steps"]
    assert [system["name"] for system in shown["systems"]] == ["Northgate"]


def test_every_step_type_can_be_told_and_least_is_enough(world):
    from ckanext.journey import vocab

    for code in vocab.TYPES:
        told = {"dataset": world.open["id"], "type": code}
        step = helpers.call_action("journey_step_create", {"defer_commit": True}, **told)
        assert step["type"] == code
        assert step["rows"]["state"] == "unknown"


BAD_STEPS = [
    ({"type": "knit"}, "type"),
    ({"type": ""}, "type"),
    ({"started_at": "yesterday"}, "started_at"),
    ({"started_at": "2999-01-01"}, "started_at"),
    ({"started_at": "0099-01-01"}, "started_at"),
    ({"started_at": "2025-02-02", "ended_at": "2025-02-01"}, "ended_at"),
    ({"started_at": "2025-02-02T10:00:00Z", "ended_at": "2025-02-02T09:00:00Z"}, "ended_at"),
    ({"rows_in": -1}, "rows_in"),
    ({"rows_out": 1.5}, "rows_out"),
    ({"rows_out": True}, "rows_out"),
    ({"rows_in": 2**63}, "rows_in"),
    ({"agent_role": "jane.doe@council.gov.uk"}, "agent_role"),
    ({"rationale": "x" * 4001}, "rationale"),
    ({"tool": {"name": "x"}}, "tool"),
    ({"visibility": "secret"}, "visibility"),
    ({"inputs": [{"sha256": "a" * 64}]}, "inputs"),
    ({"inputs": [{"name": "x", "sha256": "abc"}]}, "inputs"),
    ({"outputs": [{"name": "x", "size": 3}]}, "outputs"),
    ({"outputs": [{"name": "x"}] * 51}, "outputs"),
    ({"evidence": [{"kind": "hearsay", "value": "x"}]}, "evidence"),
    ({"evidence": [{"kind": "approval"}]}, "evidence"),
    ({"evidence": [{"kind": "approval", "url": "javascript:alert(1)"}]}, "evidence"),
    ({"evidence": [{"kind": "approval", "value": "x", "visibility": "mine"}]}, "evidence"),
    ({"evidence": "approval"}, "evidence"),
    ({"inputs": ["raw.csv"]}, "inputs"),
    ({"plan": {"version": "1"}}, "plan"),
    ({"sytem": "Northgate"}, "sytem"),
]


def test_an_empty_list_is_none(world):
    empty: Any = {"inputs": [], "outputs": [], "evidence": [], "plan": {}}
    step = world.call("editor", "journey_step_create", dataset=world.open["id"], type="clean", **empty)
    assert (step["inputs"], step["outputs"], step["evidence"], step["plan"]) == ([], [], [], None)


def test_what_makes_no_sense_is_refused(world):
    for values, where in BAD_STEPS:
        with pytest.raises(tk.ValidationError) as caught:
            world.call("editor", "journey_step_create", **{"dataset": world.open["id"], "type": "clean"} | values)
        assert where in caught.value.error_dict, values
    assert len(world.call("anonymous", "journey_show", id=world.open["id"])["steps"]) == 1


def test_the_same_key_is_told_once(world):
    first = world.call("editor", "journey_step_create", dataset=world.open["id"], type="clean", key="q2")
    second = world.call("editor", "journey_step_create", dataset=world.open["id"], type="clean", key="q2")
    other = world.call("editor", "journey_step_create", dataset=world.closed["id"], type="clean", key="q2")
    assert first["id"] == second["id"] != other["id"]
    assert world.call("anonymous", "journey_show", id=world.open["id"])["total"] == 2


MAY_ADD = {"anonymous": False, "stranger": False, "member": False, "editor": True, "admin": True, "sysadmin": True}


@pytest.mark.parametrize(("role", "may"), MAY_ADD.items())
def test_who_may_add(world, role, may):
    for dataset in (world.open, world.closed):
        if may:
            assert world.call(role, "journey_step_create", dataset=dataset["id"], type="clean")
        else:
            with pytest.raises(tk.NotAuthorized):
                world.call(role, "journey_step_create", dataset=dataset["id"], type="clean")


MAY_READ = {"anonymous": False, "stranger": False, "member": True, "editor": True, "admin": True, "sysadmin": True}
SEES = {"anonymous": 1, "stranger": 1, "member": 2, "editor": 2, "admin": 3, "sysadmin": 3}


@pytest.mark.parametrize("role", MAY_READ)
def test_who_may_read_and_what_they_see(world, role):
    world.call("editor", "journey_step_create", dataset=world.open["id"], type="approve", evidence=EVIDENCE)
    world.call("editor", "journey_step_create", dataset=world.open["id"], type="clean", visibility="restricted")
    if MAY_READ[role]:
        assert world.call(role, "journey_show", id=world.closed["id"])
    else:
        with pytest.raises(tk.NotAuthorized):
            world.call(role, "journey_show", id=world.closed["id"])
    shown = world.call(role, "journey_show", id=world.open["id"])
    (approval,) = [step for step in shown["steps"] if step["type"] == "approve"]
    assert told(approval) == [item["value"] for item in EVIDENCE[: SEES[role]]]
    assert approval["evidence_withheld"] == 3 - SEES[role]
    assert ("clean" in [step["type"] for step in shown["steps"]]) == (SEES[role] == 3)
    assert ("failures" in shown) == (SEES[role] > 1)


@pytest.mark.parametrize(("role", "may"), MAY_ADD.items())
def test_who_may_register_and_verify(world, role, may):
    for action, values in (
        ("journey_system_create", {"organization": world.org["id"], "name": "Civica"}),
        ("journey_verify", {"organization": world.org["name"]}),
    ):
        if may:
            assert world.call(role, action, **values)
        else:
            with pytest.raises(tk.NotAuthorized):
                world.call(role, action, **values)


@pytest.mark.parametrize("role", MAY_ADD)
def test_the_ledger_itself_is_for_administrators(world, role):
    query = {"organization": world.org["id"]}
    if role in ("admin", "sysadmin"):
        assert world.call(role, "journey_event_list", **query)
    else:
        with pytest.raises(tk.NotAuthorized):
            world.call(role, "journey_event_list", **query)
    for action in ("journey_verify", "journey_event_list", "journey_rebuild"):
        if role == "sysadmin":
            world.call(role, action)
        else:
            with pytest.raises(tk.NotAuthorized):
                world.call(role, action)


def test_nobody_deletes(world):
    names = {name for name in tk.get_action.__globals__["_actions"] if name.startswith("journey_")}
    assert not [name for name in names if any(word in name for word in ("delete", "update", "patch", "purge"))]


def test_the_register(world):
    made = world.call(
        "editor",
        "journey_system_create",
        organization=world.org["name"],
        name="Northgate  Revenues",
        kind="revenues-benefits",
        vendor="NEC",
        retirement_date="2027-03-31",
    )
    assert (made["name"], made["retirement_date"]) == ("Northgate Revenues", "2027-03-31")
    again = world.call(
        "editor", "journey_system_create", organization=world.org["id"], name="NORTHGATE revenues", vendor="NEC plc"
    )
    assert (again["id"], again["vendor"], again["kind"]) == (made["id"], "NEC plc", None)
    step = world.call("editor", "journey_step_create", dataset=world.open["id"], type="extract", system=made["id"])
    assert step["system"]["id"] == made["id"]
    theirs = world.call("stranger", "journey_system_create", organization=world.other["id"], name="Northgate Revenues")
    assert theirs["id"] != made["id"]
    listed = {item["id"]: item["datasets"] for item in world.call("anonymous", "journey_system_list")}
    assert listed == {made["id"]: 1, theirs["id"]: 0}
    shown = world.call("anonymous", "journey_system_show", id=made["id"])
    assert [item["id"] for item in shown["results"]] == [world.open["id"]]


def test_registering_the_same_twice_is_one_event(world):
    for _ in range(2):
        world.call("editor", "journey_system_create", organization=world.org["id"], name="Civica", vendor="Civica")
    events = world.call("admin", "journey_event_list", organization=world.org["id"])
    assert [event["type"] for event in events].count("system-registered") == 1


BAD_SYSTEMS = [
    ({"name": ""}, "name"),
    ({"kind": "magic"}, "kind"),
    ({"retirement_date": "soon"}, "retirement_date"),
    ({"custodian_role": "a@b.uk"}, "custodian_role"),
    ({"colour": "red"}, "colour"),
]


def test_what_is_written_is_committed_and_answered(world):
    """The answer is read after the action's own commit; another connection sees what it tells of."""

    def stands(table, **values):
        with model.meta.engine.connect() as other:
            query = sa.select(sa.func.count()).select_from(table)
            return other.execute(query.where(*(table.c[name] == value for name, value in values.items()))).scalar_one()

    for vendor in ("First", "Second"):
        told = {"organization": world.org["id"], "name": "Ledger of rents", "vendor": vendor}
        system = helpers.call_action("journey_system_create", **told)
        assert stands(tables.system, id=system["id"], vendor=vendor) == 1
    for _ in range(2):
        step = helpers.call_action("journey_step_create", dataset=world.open["id"], type="clean", key="once")
        assert stands(tables.step, id=step["id"], package_id=world.open["id"]) == 1
    assert helpers.call_action("journey_rebuild")["events"] == stands(tables.event)
    assert stands(tables.step, id=step["id"]) == 1
    assert helpers.call_action("journey_verify")["valid"]


def test_a_bad_system_is_refused(world):
    for values, where in BAD_SYSTEMS:
        told = {"organization": world.org["id"], "name": "x"} | values
        with pytest.raises(tk.ValidationError) as caught:
            world.call("editor", "journey_system_create", **told)
        assert where in caught.value.error_dict, values


def test_a_private_dataset_does_not_give_away_its_system(world):
    world.call("editor", "journey_step_create", dataset=world.closed["id"], type="extract", system="Fraud database")
    assert world.call("anonymous", "journey_system_list") == []
    (seen,) = world.call("member", "journey_system_list", organization=world.org["id"])
    with pytest.raises(tk.ObjectNotFound):
        world.call("anonymous", "journey_system_show", id=seen["id"])
    assert world.call("member", "journey_system_show", id=seen["id"])["count"] == 1


@pytest.mark.usefixtures("clean_index")
def test_search_knows_the_system_and_the_steps(world):
    world.call("editor", "journey_step_create", dataset=world.open["id"], type="extract", system="Northgate")
    found = helpers.call_action(
        "package_search", **{"fq": 'vocab_journey_system:"Northgate"', "facet.field": ["vocab_journey_system"]}
    )
    assert [item["id"] for item in found["results"]] == [world.open["id"]]
    assert found["facets"]["vocab_journey_system"] == {"Northgate": 1}
    assert helpers.call_action("package_search", fq='journey_system:"Northgate" +journey_steps:2')["count"] == 1


def test_only_a_part_of_a_long_journey(world):
    for day in range(1, 6):
        world.call(
            "editor", "journey_step_create", dataset=world.open["id"], type="clean", started_at=f"2025-01-0{day}"
        )
    shown = world.call("anonymous", "journey_show", id=world.open["id"], limit=2, offset=1)
    assert shown["total"] == 6
    assert [step["started"] for step in shown["steps"]] == ["2025-01-04", "2025-01-05"]
    with pytest.raises(tk.ValidationError):
        world.call("anonymous", "journey_show", id=world.open["id"], limit="many")


def test_what_is_not_there_is_not_found(world):
    for action, values in (
        ("journey_show", {"id": "none"}),
        ("journey_system_show", {"id": "none"}),
        ("journey_step_create", {"dataset": "none", "type": "clean"}),
    ):
        with pytest.raises(tk.ObjectNotFound):
            world.call("sysadmin", action, **values)


@pytest.mark.usefixtures("with_extended_cli")
def test_the_command_line(world, cli, operator):
    from ckan.cli.cli import ckan

    result = cli.invoke(ckan, ["journey", "verify"])
    assert result.exit_code == 0, result.output
    assert "The ledger is whole" in result.output
    result = cli.invoke(ckan, ["journey", "rebuild"])
    assert "from 2 events" in result.output
    operator(f"DELETE FROM journey_event WHERE stream = '{world.org['id']}' AND sequence = 1")
    result = cli.invoke(ckan, ["journey", "verify", "-o", world.org["name"]])
    assert result.exit_code == 1
    assert "event 1 dropped" in result.output
