"""`up`: from a folder that may hold nothing, or what a crash left, to a portal that answers."""

import hashlib
import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

from . import account, database, inside, jars, plan, ports, ready, services, settings, solr, spec, supervise
from .errors import PortalError
from .home import PROJECT, Home
from .services import Portal
from .steps import Steps

PORTLESS = ("worker", "lanes", "scheduler")
START_SECONDS = {"postgres": 60, "valkey": 20, "solr": 60, "web": 120, "demo-node": 20} | dict.fromkeys(PORTLESS, 60)


def prepare(
    home: Home, steps: Steps, host: str, web_port: int | None, demo: bool, only: tuple[str, ...] = spec.ALL
) -> Portal:
    """Folders, jars, secrets, ports and settings: all that must be there before a service starts."""
    home.create()
    left = supervise.clear_leftovers(home)
    if left:
        steps.note(f"ended {left} processes that a killed portal had left running")
    given = settings.operator(home)
    outside = settings.external(given)
    for server in sorted(outside):
        steps.note(f"{server}: not started, {settings.EXTERNAL[server]} names a server of yours")
    names = plan.names(outside, demo, only)
    settings.make_secrets(home)
    chosen, notes = ports.choose(home, [name for name in names if name not in PORTLESS], host, web_port)
    folder = home.path
    if "solr" in names:
        with steps.step("Solr's jars (fetched once, kept in the cache)"):
            folder = jars.fetch(lambda done, all_: steps.progress(f"Solr's jars: {done} of {all_}"))
        solr.write_home(home.path / "solr")
    written = settings.write(home, chosen, host)
    for note in [*notes, *account.prepare(home, [folder])]:
        steps.note(note)
    if "federation" not in written.get("ckan.plugins", "").split():
        names = [name for name in names if name != "lanes"]
    return Portal(home, host, chosen, written, names, folder)


def begin(portal: Portal, names: list[str]) -> None:
    for name in names:
        supervise.start_service(portal.home, name)


def wait_for(portal: Portal, steps: Steps, names: list[str]) -> None:
    probes = services.probes(portal)
    for name in names:
        with steps.step(f"{name} answers"):
            ready.wait(portal.home, name, probes[name], START_SECONDS[name])


def start_wave(portal: Portal, steps: Steps, names: list[str]) -> None:
    """Starts these together and waits until each answers."""
    begin(portal, names)
    wait_for(portal, steps, names)


def check_outside(portal: Portal, steps: Steps) -> None:
    """The operator's own servers must answer before CKAN is blamed."""
    probes = services.probes(portal)
    for name in spec.SERVERS:
        if name in portal.names:
            continue
        with steps.step(f"{name} of yours answers"):
            why = probes[name]()
            if why:
                raise PortalError(
                    f"Your {name} does not answer", why, f"Check {settings.EXTERNAL[name]} in {portal.home.settings}."
                )


def ask_ckan(
    portal: Portal, *words: str, given: str = "", ini: Path | None = None, env: dict[str, str] | None = None
) -> dict[str, dict]:
    """Runs steps of `inside` in a process of its own; returns each step's answer by its name."""
    command = [sys.executable, "-P", "-m", "ckanext.portal.launcher.inside", str(ini or portal.home.ini), *words]
    done = subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        cwd="/",
        env={**(env or os.environ), **supervise.environment(portal.home)},
        **account.run_as(),
    )
    if done.returncode:
        raise PortalError(
            f"CKAN could not do: {', '.join(words)}", "\n".join(done.stderr.splitlines()[-15:]), "See the lines above."
        )
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {each["step"]: each for each in answers}


def version_stamp() -> str:
    """Changes when the code that a database belongs to does: then migrations run again."""
    digest = hashlib.sha256((PROJECT / "requirements.lock").read_bytes())
    for path in sorted(PROJECT.glob("ckanext/*/migration/**/*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def set_up_ckan(portal: Portal, steps: Steps) -> str | None:
    """Tables, rights, sysadmin and tokens, where they are not there yet. Returns a new sysadmin's password."""
    home, own = portal.home, "postgres" in portal.names
    if own:
        with steps.step("databases and roles"):
            database.make_databases(home, portal.ports["postgres"])
    stamp = f"{version_stamp()}-{portal.settings['sqlalchemy.url'].rpartition('@')[2]}"
    if home.state().get("stamp") == stamp and home.secrets().get("xloader_token"):
        return None
    password = secrets.token_urlsafe(12)
    with steps.step("tables of CKAN and of every plugin, sysadmin"):
        answers = ask_ckan(portal, "migrate", "permissions", "sysadmin", "xloader-token", given=password + "\n")
    if own:
        with steps.step("rights of the datastore's read-only role"):
            database.run_script(home, portal.ports["postgres"], answers["permissions"]["sql"])
    home.keep_secret(xloader_token=answers["xloader-token"]["token"])
    portal.settings.update(settings.write(home, portal.ports, portal.host))
    account.give(home.ini)
    home.remember(stamp=stamp)
    return password if answers["sysadmin"]["made"] else None


def load_demo(portal: Portal, steps: Steps) -> None:
    """The demo council and two sample nodes; begun again where a crash cut it off."""
    address = f"http://127.0.0.1:{portal.ports['demo-node']}"
    if portal.home.state().get("demo") == address:
        return
    steps.note("loading the demo council and harvesting its two sample nodes")
    done = subprocess.run(
        [portal.ckan, "-c", str(portal.home.ini), "portal", "demo", "--nodes", address],
        cwd="/",
        env={**os.environ, **supervise.environment(portal.home)},
        stderr=(portal.home.logs / "demo.log").open("w"),
        **account.run_as(),
    )
    if done.returncode:
        last = (portal.home.logs / "demo.log").read_text(errors="replace").splitlines()[-15:]
        raise PortalError(
            "The demo could not be loaded",
            "\n".join(last),
            "The portal itself runs. `up` tries again; `up --no-demo` goes without.",
        )
    portal.home.remember(demo=address)


def bring_up(home: Home, steps: Steps, host: str, web_port: int | None, demo: bool) -> tuple[Portal, str | None]:
    """Starts everything. On an error all that was started is stopped again."""
    portal = prepare(home, steps, host, web_port, demo)
    if "postgres" in portal.names:
        database.initialise(home)
    account.give(home.path)
    running = services.build(portal)
    supervise.start(home, running)
    try:
        check_outside(portal, steps)
        servers = [each.name for each in running if each.wave == 1]
        begin(portal, servers)
        # CKAN starts without Solr, so the slowest two start side by side.
        wait_for(portal, steps, [name for name in servers if name in ("postgres", "valkey")])
        password = set_up_ckan(portal, steps)
        if password:  # said at once: what follows may fail, and it is shown only here
            print(
                f"\n    sysadmin:  {inside.SYSADMIN}\n    password:  {password}   (shown once; change it after signing in)\n",
                flush=True,
            )
        begin(portal, ["web"])
        wait_for(portal, steps, [*(name for name in servers if name not in ("postgres", "valkey")), "web"])
        start_wave(portal, steps, [each.name for each in running if each.wave == 3])
    except BaseException:
        supervise.stop(home)
        raise
    return portal, password


def address_of(home: Home) -> str:
    """The running portal's address, from its settings file."""
    for line in home.ini.read_text().splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "ckan.site_url":
            return value.strip()
    return ""
