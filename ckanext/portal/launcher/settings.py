"""CKAN's settings for one portal: the project's, then what the launcher knows, then the operator's."""

import configparser
import os
import secrets
from io import StringIO

from .errors import PortalError
from .home import CONFIG, Home

SECTION = "app:main"
# The settings that say "a server of your own", by the name of the server that is then not started.
EXTERNAL = {"postgres": "sqlalchemy.url", "valkey": "ckan.redis.url", "solr": "solr_url"}
# CKAN's own names for settings in the environment (ckan.config.environment.CONFIG_FROM_ENV_VARS).
FROM_ENVIRONMENT = {
    "CKAN_SQLALCHEMY_URL": "sqlalchemy.url",
    "CKAN_DATASTORE_WRITE_URL": "ckan.datastore.write_url",
    "CKAN_DATASTORE_READ_URL": "ckan.datastore.read_url",
    "CKAN_REDIS_URL": "ckan.redis.url",
    "CKAN_SOLR_URL": "solr_url",
    "CKAN_SITE_URL": "ckan.site_url",
    "CKAN_STORAGE_PATH": "ckan.storage_path",
}


def _parser() -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # CKAN's keys keep their case
    return parser


def operator(home: Home) -> dict[str, str]:
    """What the operator set: settings.ini of the portal's folder, then CKAN_ variables."""
    parser = _parser()
    if home.settings.exists():
        text = home.settings.read_text()
        try:
            parser.read_string(text if f"[{SECTION}]" in text else f"[{SECTION}]\n{text}")
        except configparser.Error as error:
            raise PortalError(
                f"{home.settings} cannot be read", str(error), "Mend that line: key = value, one a line."
            ) from error
    found = dict(parser[SECTION]) if parser.has_section(SECTION) else {}
    found.update({key: os.environ[name] for name, key in FROM_ENVIRONMENT.items() if os.environ.get(name)})
    return found


def external(given: dict[str, str]) -> set[str]:
    """The servers that the operator brings, so that none of that kind is started."""
    mine = {server for server, key in EXTERNAL.items() if given.get(key)}
    missing = [key for key in ("ckan.datastore.write_url", "ckan.datastore.read_url") if not given.get(key)]
    if "postgres" in mine and missing:
        raise PortalError(
            f"sqlalchemy.url is set, but not {' and '.join(missing)}",
            "with a PostgreSQL of your own, all three databases' addresses are needed",
            "Set them too (docs/scaling.md shows the roles and databases to make).",
        )
    return mine


def make_secrets(home: Home) -> dict[str, str]:
    """Random secrets, made once and kept in secrets.json (mode 600)."""
    names = ("SECRET_KEY", "WTF_CSRF_SECRET_KEY", "jwt", "postgres_admin", "postgres_ckan", "datastore_ro")
    missing = {name: secrets.token_urlsafe(32) for name in names if name not in home.secrets()}
    if missing:
        home.keep_secret(**missing)
    return home.secrets()


def computed(home: Home, ports: dict[str, int], host: str) -> dict[str, str]:
    """What follows from the portal's folder, ports and secrets. Keys are CKAN's."""
    key = home.secrets()
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "127.0.0.1") else host  # noqa: S104
    database = f"127.0.0.1:{ports.get('postgres', 0)}"
    found = {
        "ckan.site_url": os.environ.get("PORTAL_URL") or f"http://{shown}:{ports.get('web', 0)}",
        "ckan.storage_path": str(home.path / "storage"),
        "SECRET_KEY": key["SECRET_KEY"],
        "WTF_CSRF_SECRET_KEY": key["WTF_CSRF_SECRET_KEY"],
        "api_token.jwt.encode.secret": f"string:{key['jwt']}",
        "api_token.jwt.decode.secret": f"string:{key['jwt']}",
        "sqlalchemy.url": f"postgresql://ckan:{key['postgres_ckan']}@{database}/ckan",
        "ckan.datastore.write_url": f"postgresql://ckan:{key['postgres_ckan']}@{database}/datastore",
        "ckan.datastore.read_url": f"postgresql://datastore_ro:{key['datastore_ro']}@{database}/datastore",
        "ckan.redis.url": f"redis://127.0.0.1:{ports.get('valkey', 0)}/0",
        "solr_url": f"http://127.0.0.1:{ports.get('solr', 0)}/solr/ckan",
        "ckanext.portal.services_file": str(home.services_file),
        "ckanext.xloader.api_token": key.get("xloader_token", "NOT_SET"),
    }
    if ports.get("demo-node"):
        found["ckanext.federation.allowed_hosts"] = f"127.0.0.1:{ports['demo-node']}"
    return found


def write(home: Home, ports: dict[str, int], host: str) -> dict[str, str]:
    """Writes portal.ini of the portal's folder (mode 600) and returns its settings."""
    parser = _parser()
    parser.read(CONFIG / "portal.ini")
    merged = {**dict(parser[SECTION]), **computed(home, ports, host), **operator(home)}
    merged.setdefault("ckanext.xloader.jobs_db.uri", merged["sqlalchemy.url"])
    for key, value in merged.items():
        parser.set(SECTION, key, value.replace("%", "%%"))  # CKAN reads the file with interpolation
    text = StringIO()
    text.write("# Made anew at each start. Settings of your own: settings.ini beside this file.\n")
    parser.write(text)
    temporary = home.ini.with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(text.getvalue())
    temporary.replace(home.ini)
    return merged
