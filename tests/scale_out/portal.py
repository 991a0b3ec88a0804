"""A portal with a folder of its own, started by the launcher as `./portal` starts it, on given settings."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

from ckanext.portal.launcher.home import PROJECT

DROPPED = ("CKAN_", "PORTAL_PORT", "PORTAL_HOST", "PORTAL_URL", "PYTEST_")


class Portal:
    """`settings` (of settings.ini) and `environment` are all that differs from any other portal."""

    def __init__(self, home: Path, settings: dict[str, str], environment: dict[str, str] | None = None) -> None:
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        (home / "settings.ini").write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))
        self.env = {key: value for key, value in os.environ.items() if not key.startswith(DROPPED)}
        self.env |= {"PORTAL_HOME": str(home), **(environment or {})}
        self.session = requests.Session()

    def run(self, *words: str) -> str:
        """What the command printed. AssertionError when it fails."""
        command = [sys.executable, "-P", "-m", "ckanext.portal.launcher", *words]
        done = subprocess.run(command, env=self.env, cwd=PROJECT, capture_output=True, text=True, timeout=400)
        assert done.returncode == 0, f"portal {' '.join(words)}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def up(self) -> None:
        self.said = self.run("up", "--detach", "--no-demo")
        self.url = self.status()["url"]
        self.session.headers["Authorization"] = self.run("token").strip().splitlines()[-1]

    def status(self) -> dict[str, Any]:
        return json.loads(self.run("status", "--json"))

    def post(self, action: str, timeout: float = 60, **data: Any) -> requests.Response:
        return self.session.post(f"{self.url}/api/3/action/{action}", json=data, timeout=timeout)

    def call(self, action: str, **data: Any) -> Any:
        """An action's result. AssertionError with the answer when it fails."""
        answer = self.post(action, **data)
        assert answer.ok, f"{answer.text}\n{self.log('web')}"
        return answer.json()["result"]

    def log(self, service: str) -> str:
        """The last words of a service."""
        return "\n".join((self.home / "logs" / f"{service}.log").read_text(errors="replace").splitlines()[-30:])

    def dataset(self, name: str) -> dict[str, Any]:
        """A dataset as package_create takes it."""
        return {
            "name": name,
            "title": f"Scaling {name}",
            "notes": "A dataset.",
            "owner_org": "council",
            "license_id": "uk-ogl",
        }

    def found(self, prefix: str) -> set[str]:
        """Names that the search finds, of datasets that begin so."""
        answer = self.call("package_search", q=f"name:{prefix}*", rows=1000, fl=["name"])
        return {each["name"] for each in answer["results"]}

    def stored(self, prefix: str) -> set[str]:
        """Names in the database, of datasets that begin so."""
        return {name for name in self.call("package_list") if name.startswith(prefix)}

    def down(self) -> None:
        self.run("down")
