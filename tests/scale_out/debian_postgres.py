"""A cluster of the PostgreSQL that Debian packages, made ready by the script that docker/compose.yaml uses."""

import os
import signal
from pathlib import Path

from ckanext.portal.launcher.home import PROJECT
from ckanext.portal.launcher.ports import free_port

from .processes import Server, answers, run

PASSWORD, READER = "ckan-secret", "reader-secret"  # of a throw-away server


def programs() -> Path | None:
    """The folder with initdb and postgres of the newest packaged PostgreSQL, or None."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((each.parent for each in found), key=lambda each: int(each.parent.name), default=None)


class Cluster:
    """One server with the roles and databases of docs/scaling.md."""

    def __init__(self, bin_folder: Path, folder: Path) -> None:
        self.bin, self.port = bin_folder, free_port(set())
        data = folder / "data"
        run(
            [
                str(self.bin / "initdb"),
                "-D",
                str(data),
                "-U",
                "postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            ]
        )
        options = [f"-p{self.port}", "-h127.0.0.1", f"-k{folder}"]
        self.server = Server([str(self.bin / "postgres"), f"-D{data}", *options], folder / "postgres.log")
        self.server.wait(lambda: answers(self.port), 30)
        script = str(PROJECT / "docker" / "postgres" / "init.sh")
        run([script], CKAN_DB_PASSWORD=PASSWORD, DATASTORE_RO_PASSWORD=READER, **self.environment())

    def environment(self) -> dict[str, str]:
        """psql's own variables for the superuser of this server, and its programs first in the path."""
        path = f"{self.bin}:{os.environ['PATH']}"
        return {"PATH": path, "PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "postgres"}

    def sql(self, statement: str, database: str = "postgres") -> str:
        command = [
            str(self.bin / "psql"),
            "-XAtq",
            "-v",
            "ON_ERROR_STOP=1",
            "-h127.0.0.1",
            f"-p{self.port}",
            "-Upostgres",
        ]
        return run([*command, "-d", database, "-c", statement]).strip()

    def settings(self) -> dict[str, str]:
        """The three settings that name this server, as the container's environment gives them."""
        at = f"127.0.0.1:{self.port}"
        return {
            "CKAN_SQLALCHEMY_URL": f"postgresql://ckan:{PASSWORD}@{at}/ckan",
            "CKAN_DATASTORE_WRITE_URL": f"postgresql://ckan:{PASSWORD}@{at}/datastore",
            "CKAN_DATASTORE_READ_URL": f"postgresql://datastore_ro:{READER}@{at}/datastore",
        }

    def stop(self) -> None:
        self.server.stop(signal.SIGINT)
