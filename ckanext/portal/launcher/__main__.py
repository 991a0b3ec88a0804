"""The `portal` command: words to functions."""

import argparse
import os
import sys

from .errors import PortalError


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="./portal",
        description="An open-data portal in one folder. PORTAL_HOME and PORTAL_PORT choose folder and port.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    up = commands.add_parser("up", help="start the portal; Ctrl-C stops it")
    up.add_argument("--detach", action="store_true", help="return once the portal answers")
    up.add_argument(
        "--host", default=os.environ.get("PORTAL_HOST", "127.0.0.1"), help="address to listen on (127.0.0.1)"
    )
    up.add_argument(
        "--port", type=int, default=int(os.environ.get("PORTAL_PORT") or 0) or None, help="port of the pages"
    )
    up.add_argument("--no-demo", action="store_true", help="an empty portal, without the demo council")

    commands.add_parser("down", help="stop the portal")
    status = commands.add_parser("status", help="what runs, and where")
    status.add_argument("--json", action="store_true")
    logs = commands.add_parser("logs", help="what the services say")
    logs.add_argument("service", nargs="?")
    logs.add_argument("-f", "--follow", action="store_true")
    logs.add_argument("-n", "--lines", type=int, default=40)
    reset = commands.add_parser("reset", help="stop the portal and remove all of its data")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    token = commands.add_parser("token", help="print a new API token of the sysadmin")
    token.add_argument("--name", default="portal token")
    for name, text in (
        ("ckan", "the ckan command with this portal's settings"),
        ("demo-node", "serve the sample nodes' feeds"),
        ("test", "run every test on throw-away services (--ckan: CKAN's own)"),
        ("bench", "measure against stock CKAN"),
        ("check", "check a file against the table it should be (--as spend)"),
        ("step", "tell a portal of a step that a script does, with its files and the command it runs"),
    ):
        passed = commands.add_parser(name, help=text, add_help=False)
        passed.add_argument("words", nargs=argparse.REMAINDER)
    return top


def run(arguments: argparse.Namespace) -> int:
    from . import commands

    return commands.COMMANDS[arguments.command](arguments)


def main() -> int:
    argv = sys.argv[1:]
    passing = ("ckan", "demo-node", "test", "bench", "check", "step")
    if argv and argv[0] in passing:  # options of other programs are theirs, not ours
        arguments = argparse.Namespace(command=argv[0], words=argv[1:])
    else:
        arguments = parser().parse_args(argv)
    try:
        return run(arguments)
    except PortalError as error:
        print(f"\nportal: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nportal: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
