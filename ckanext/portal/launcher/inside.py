"""What must be done inside CKAN: migrations, the sysadmin, tokens. Run as a process of its own on portal.ini.

Prints one JSON object a line for the launcher: {"step": name, ...}. Knows CKAN, none of our plugins.
"""

import contextlib
import json
import sys
from collections.abc import Callable
from typing import Any

SYSADMIN = "admin"


def answer(step: str, **values: Any) -> None:
    print(json.dumps({"step": step, **values}), file=sys.__stdout__, flush=True)


def _context() -> Any:
    return {"ignore_auth": True, "user": ""}


def migrate(_words: list[str]) -> None:
    """CKAN's own migrations, then those of each enabled plugin."""
    from ckan.cli.db import upgrade

    upgrade.main(args=[], standalone_mode=False)
    answer("migrate")


def permissions(_words: list[str]) -> None:
    """The SQL that gives the datastore's read-only role its rights; a superuser must run it."""
    from ckan.common import config
    from ckan.model import parse_db_config
    from ckanext.datastore.cli import permissions_sql

    main, write, read = (
        parse_db_config(key) for key in ("sqlalchemy.url", "ckan.datastore.write_url", "ckan.datastore.read_url")
    )
    assert main and write and read and config
    answer(
        "permissions",
        sql=permissions_sql(main["db_name"], write["db_name"], main["db_user"], write["db_user"], read["db_user"]),
    )


def sysadmin(_words: list[str]) -> None:
    """Makes the sysadmin with the password on standard input, unless there is one."""
    from ckan import model
    from ckan.plugins import toolkit

    password = sys.stdin.readline().strip()
    if model.User.get(SYSADMIN):
        return answer("sysadmin", name=SYSADMIN, made=False)
    toolkit.get_action("user_create")(
        _context(),
        {
            "name": SYSADMIN,
            "email": "admin@localhost.localdomain",
            "password": password,
            "fullname": "Portal administrator",
        },
    )
    user = model.User.get(SYSADMIN)
    assert user
    user.sysadmin = True
    model.Session.commit()
    return answer("sysadmin", name=SYSADMIN, made=True)


def _token(user: str, name: str) -> str:
    from ckan.plugins import toolkit

    return toolkit.get_action("api_token_create")(_context(), {"user": user, "name": name})["token"]


def xloader_token(_words: list[str]) -> None:
    """A token of the site user, with which ckanext-xloader reports and fetches."""
    from ckan.plugins import toolkit

    site_user = toolkit.get_action("get_site_user")(_context(), {})["name"]
    answer("xloader-token", token=_token(site_user, "xloader"))


def token(words: list[str]) -> None:
    """A new API token of the sysadmin."""
    answer("token", token=_token(SYSADMIN, words[0] if words else "portal"))


STEPS: dict[str, Callable[[list[str]], None]] = {
    "migrate": migrate,
    "permissions": permissions,
    "sysadmin": sysadmin,
    "xloader-token": xloader_token,
    "token": token,
}


def main(ini: str, steps: list[str]) -> None:
    """`steps`: names of STEPS, each with an argument behind a colon where it takes one."""
    from ckan.cli import CKANConfigLoader
    from ckan.config.middleware import make_app

    with contextlib.redirect_stdout(sys.stderr):  # what CKAN prints is no answer
        app: Any = make_app(CKANConfigLoader(ini).get_config())
        with app._wsgi_app.test_request_context():  # as CKAN's own command line does
            for step in steps:
                name, _, argument = step.partition(":")
                STEPS[name]([argument] if argument else [])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
