"""A large feed in the memory of a small one: the real command, in a process of its own.

``FEDERATION_FEED_MB`` makes the feed larger (300 takes some minutes); the bound stays.
"""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ckan.tests.helpers import call_action

PLUGINS = "federation council_schemas scheming_datasets scheming_organizations dcat"
INI = Path(__file__).resolve().parents[3] / "config" / "test.ini"
pytestmark = pytest.mark.ckan_config("ckan.plugins", PLUGINS)
MEGABYTES = int(os.environ.get("FEDERATION_FEED_MB", "24"))
MOST_RESIDENT = 400


def feed_of(megabytes, make, path):
    """A data.json of that size on disk; the number of its records."""
    number, size = 0, 0
    with path.open("w") as file:
        file.write('{"dataset": [')
        while size < megabytes * 1_000_000:
            number += 1
            text = " ".join(f"word{number}-{place}" for place in range(200))
            size += file.write(("," if number > 1 else "") + json.dumps(make(number, description=text)))
        file.write("]}")
    return number


def peak(process):
    """The most megabytes that a running process had resident."""
    found = None
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status) or found
        time.sleep(0.05)
    return int(found[1]) / 1000


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="resident memory is read from /proc")
def test_memory_stays_flat_as_the_feed_grows(node, server, make, tmp_path):
    path = tmp_path / "feed.json"
    count = feed_of(MEGABYTES, make, path)

    def serve(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(path.stat().st_size))
        handler.end_headers()
        with path.open("rb") as file:
            while piece := file.read(1024 * 1024):
                handler.wfile.write(piece)

    server.routes["/data.json"] = serve
    ini = tmp_path / "memory.ini"
    lines = ("[app:main]", f"use = config:{INI}", f"ckan.plugins = {PLUGINS}")
    ini.write_text("\n".join([*lines, f"ckanext.federation.allowed_hosts = {server.address}", ""]))
    command = [Path(sys.executable).parent / "ckan", "-c", str(ini), "federation", "plan", "wharfedale", "--json"]
    with (tmp_path / "out").open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        resident = peak(process)
    [run] = call_action("federation_run_list", id="wharfedale")
    print(f"{MEGABYTES} MB, {count} records: {resident:.0f} MB resident; {run['status']} {run['counts']}")
    assert (run["status"], run["counts"]["create"]) == ("planned", count), (run["error"], run["held"])
    assert resident < MOST_RESIDENT
