"""One function for each word of the `portal` command. Each returns the exit code."""

import argparse
import collections
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from . import account, services, supervise, up
from .errors import PortalError
from .home import PROJECT, Home
from .steps import Steps


def _ready(home: Home, steps: Steps) -> None:
    print(f"\n  Towpath is ready after {steps.total:.0f} s: {up.address_of(home)}\n", flush=True)


def up_(arguments: argparse.Namespace) -> int:
    home, steps = Home(), Steps()
    home.create()
    with home.lock():
        if supervise.running(home):
            steps.note("the portal runs already")
            portal = _running_portal()
        else:
            demo = not arguments.no_demo and (PROJECT / "seeds").is_dir()
            portal, _ = up.bring_up(home, steps, arguments.host, arguments.port, demo)
        if "demo-node" in supervise.states(home):  # also where an earlier `up` was cut off while it loaded
            up.load_demo(portal, steps)
        _ready(home, steps)
    return 0 if arguments.detach else follow_until_stopped(home)


def follow_until_stopped(home: Home) -> int:
    """Says what happens to the services until Ctrl-C, then stops all of it."""
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: stopping.append(received))
    print("  Ctrl-C stops the portal.", flush=True)
    events = home.logs / "events.log"
    at = events.stat().st_size if events.exists() else 0
    while not stopping and supervise.running(home):
        if events.exists() and events.stat().st_size > at:
            with events.open() as handle:
                handle.seek(at)
                print(handle.read(), end="", flush=True)
                at = handle.tell()
        time.sleep(0.5)
    if not stopping:
        print("  the portal was stopped by another command", flush=True)
        return 0
    print("\n  stopping ...", flush=True)
    with home.lock():
        supervise.stop(home)
    print("  stopped", flush=True)
    return 0


def down(_arguments: argparse.Namespace) -> int:
    home = Home()
    if not home.run.exists():
        print("  no portal here")
        return 0
    with home.lock():
        print("  stopped" if supervise.stop(home) else "  nothing was running")
    return 0


def _status(home: Home) -> dict:
    ports = home.state().get("ports", {})
    running = supervise.states(home)
    rows = {
        name: {"pid": each["pid"] or None, "port": ports.get(name), "state": each["statename"].lower()}
        for name, each in running.items()
    }
    address = up.address_of(home) if home.ini.exists() else None
    return {"running": bool(rows), "url": address, "home": str(home.path), "services": rows}


def status(arguments: argparse.Namespace) -> int:
    found = _status(Home())
    if arguments.json:
        print(json.dumps(found, indent=1))
    elif not found["running"]:
        print(f"  no portal runs in {found['home']}")
    else:
        print(f"  {found['url']}   ({found['home']})")
        for name, each in found["services"].items():
            print(f"  {name:<12} {each['state']:<10} pid {each['pid'] or '-':<8} port {each['port'] or '-'}")
    return 0 if found["running"] else 3


def logs(arguments: argparse.Namespace) -> int:
    home = Home()
    files = sorted(home.logs.glob("*.log")) if home.logs.exists() else []
    if arguments.service:
        files = [each for each in files if each.stem == arguments.service]
    if not files:
        raise PortalError(
            f"There is no log of {arguments.service or 'any service'}",
            f"looked in {home.logs}",
            "Names are those of ./portal status.",
        )
    if arguments.follow:
        return subprocess.run(["tail", "-n", str(arguments.lines), "-F", *map(str, files)]).returncode
    for each in files:
        with each.open(errors="replace") as handle:
            last = collections.deque(handle, arguments.lines)
        print(f"==> {each.stem} <==\n{''.join(last)}")
    return 0


def reset(arguments: argparse.Namespace) -> int:
    home = Home()
    if not home.path.exists():
        print("  no portal here")
        return 0
    if not (home.path / "state.json").exists() and any(home.path.iterdir()):
        raise PortalError(
            f"{home.path} is not a portal's folder", "it has no state.json", "Remove it by hand if you mean to."
        )
    if not arguments.yes:
        if not sys.stdin.isatty():
            raise PortalError("reset removes all data of the portal", "nobody is there to be asked", "Give --yes.")
        if input(f"  Remove all data in {home.path}? Type yes: ").strip().lower() != "yes":
            return 1
    supervise.stop(home)
    for child in home.path.iterdir():
        if child == home.settings:
            continue  # the operator's own words are not data of the portal
        shutil.rmtree(child) if child.is_dir() and not child.is_symlink() else child.unlink()
    print(f"  removed the data in {home.path}" + (f"; kept {home.settings.name}" if home.settings.exists() else ""))
    return 0


def _running_portal() -> services.Portal:
    home = Home()
    if not home.ini.exists():
        raise PortalError("There is no portal here yet", f"no {home.ini}", "Start one: ./portal up")
    return services.Portal(home, "", home.state().get("ports", {}), {}, [], home.path)


def token(arguments: argparse.Namespace) -> int:
    portal = _running_portal()
    if not supervise.running(portal.home):
        raise PortalError(
            "The portal does not run", "a token is kept in its database", "Start it: ./portal up --detach"
        )
    print(up.ask_ckan(portal, f"token:{arguments.name}")["token"]["token"])
    return 0


def ckan(arguments: argparse.Namespace) -> int:
    portal = _running_portal()
    environment = {**os.environ, **supervise.environment(portal.home)}
    environment.pop(supervise.MARK)  # a command of a person's is not a leftover of the portal's
    command = [portal.ckan, "-c", str(portal.home.ini), *arguments.words]
    return subprocess.run(command, env=environment, **account.run_as()).returncode


def demo_node(arguments: argparse.Namespace) -> int:
    words = (
        arguments.words
        if "--folder" in arguments.words
        else ["--folder", str(PROJECT / "seeds" / "nodes"), *arguments.words]
    )
    return subprocess.run([sys.executable, "-P", "-m", "ckanext.portal.demo.nodes", *words]).returncode


def test(arguments: argparse.Namespace) -> int:
    from . import testing

    return testing.run(arguments.words)


def bench(arguments: argparse.Namespace) -> int:
    from . import testing

    return testing.bench(arguments.words)


def check(arguments: argparse.Namespace) -> int:
    """A file against its table; no service is needed."""
    command = [sys.executable, "-P", "-m", "ckanext.council_schemas.check", *arguments.words]
    return subprocess.run(command).returncode


def step(arguments: argparse.Namespace) -> int:
    """A step of a dataset's journey, told to a portal; the script runs alone, here as anywhere."""
    return subprocess.run([sys.executable, "-P", "-m", "ckanext.journey.step", *arguments.words]).returncode


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "up": up_,
    "down": down,
    "status": status,
    "logs": logs,
    "reset": reset,
    "token": token,
    "ckan": ckan,
    "demo-node": demo_node,
    "test": test,
    "bench": bench,
    "check": check,
    "step": step,
}
