"""A plan killed with -9 as it runs, by a real process, and taken up by the next: no row is done twice, none is lost."""

import base64
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import jobs as queues
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories
from ckan.tests.helpers import call_action
from rq import SimpleWorker

from ckanext.council_schemas.bulk import jobs, store
from ckanext.council_schemas.bulk.model import now

PLUGINS = "council_schemas scheming_datasets scheming_organizations dcat"
INI = Path(__file__).resolve().parents[3] / "config" / "test.ini"
COUNT = 25
pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", PLUGINS),
    pytest.mark.usefixtures("with_plugins"),
]


def titles():
    model.Session.rollback()
    query = sa.select(model.Package.id, model.Package.title, model.Package.metadata_modified)
    return {each.id: (each.title, each.metadata_modified) for each in model.Session.execute(query)}


def saved(which):
    return {key: each for key, each in titles().items() if each[0] == which}


def wait_for(done, process, seconds=90):
    until = time.monotonic() + seconds
    while not done():
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < until
        time.sleep(0.02)


def work():
    SimpleWorker(queues.get_all_queues(), connection=connect_to_redis()).work(burst=True)
    model.Session.remove()


def test_a_killed_run_goes_on_where_it_was(migrate_db_for, council, clean_queues, tmp_path):
    migrate_db_for("council_schemas")
    user = factories.User()
    call_action("member_create", id=council.org["id"], object=user["id"], object_type="user", capacity="editor")
    made = [call_action("package_create", **council(title="Old"))["id"] for _ in range(COUNT)]
    new = "id,name,title,notes,license_id\n,brand-new,New,Notes,uk-ogl\n"
    sheet = new + "".join(f"{each},,New,#keep,#keep\n" for each in made).replace(",,New", ",#keep,New")
    asked = {"content": base64.b64encode(sheet.encode()).decode(), "file_name": "new.csv"}
    context = {"user": user["name"], "ignore_auth": False}
    plan = call_action("council_bulk_plan", context, organization=council.org["id"], **asked)["id"]
    work()
    shown = call_action("council_bulk_show", context, id=plan)
    assert shown["counts"] == {"new": 1, "changed": COUNT, "unchanged": 0, "refused": 0}, shown["steps"][0]

    ini = tmp_path / "kill.ini"
    ini.write_text(f"[app:main]\nuse = config:{INI}\nckan.plugins = {PLUGINS}\n")
    command = [
        Path(sys.executable).parent / "ckan",
        "-c",
        str(ini),
        "council-schemas",
        "bulk-apply",
        plan,
        "--user",
        user["name"],
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        wait_for(lambda: len(saved("New")) >= 5, process)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    before = saved("New")
    assert 5 <= len(before) <= COUNT
    _, states = store.counts(plan)
    assert states["done"] == len(before)  # a step is marked with its dataset, or not at all

    queues.get_queue().empty()
    row = store.get(plan)
    assert row is not None and row.state == "running"
    model.Session.rollback()
    jobs.run(plan)
    assert saved("New") == before  # while the other may still be at work, nobody else begins
    row = store.get(plan)
    row.made = row.started = row.beat = now() - jobs.QUIET * 2
    model.repo.commit()
    assert jobs.pick_up() == 1
    work()
    after = call_action("council_bulk_show", context, id=plan)
    assert after["state"] == "done"
    assert after["outcomes"] == {"ready": 0, "done": COUNT + 1, "refused": 0, "failed": 0}, after["steps"]
    found = saved("New")
    assert len(found) == COUNT + 1 == len(titles())
    assert {key: found[key] for key in before} == before
    assert call_action("package_search", q="title:New", include_private=True, rows=0)["count"] == COUNT + 1
