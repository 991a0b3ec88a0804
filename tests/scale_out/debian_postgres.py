"""A cluster of the PostgreSQL that Debian packages, in a folder of its own."""

import signal
from pathlib import Path

from ckanext.portal.launcher.ports import free_port

from .processes import Server, answers, run


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
        for statement in (
            "CREATE ROLE ckan LOGIN PASSWORD 'ckan-secret'",
            "CREATE ROLE datastore_ro LOGIN PASSWORD 'ro-secret'",
            "CREATE DATABASE ckan OWNER ckan ENCODING 'UTF8' TEMPLATE template0",
            "CREATE DATABASE datastore OWNER ckan ENCODING 'UTF8' TEMPLATE template0",
        ):
            self.sql(statement)

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

    def script(self, path: Path) -> None:
        """Runs a file of SQL that may hold psql's own words (\\connect)."""
        command = [
            str(self.bin / "psql"),
            "-Xq",
            "-v",
            "ON_ERROR_STOP=1",
            "-h127.0.0.1",
            f"-p{self.port}",
            "-Upostgres",
        ]
        run([*command, "-d", "postgres", "-f", str(path)])

    def settings(self) -> dict[str, str]:
        """The three settings that name this server."""
        at = f"127.0.0.1:{self.port}"
        return {
            "sqlalchemy.url": f"postgresql://ckan:ckan-secret@{at}/ckan",
            "ckan.datastore.write_url": f"postgresql://ckan:ckan-secret@{at}/datastore",
            "ckan.datastore.read_url": f"postgresql://datastore_ro:ro-secret@{at}/datastore",
        }

    def stop(self) -> None:
        self.server.stop(signal.SIGINT)
