"""What runs: each service, its command and how it is stopped. Pure: no service is touched here."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Service:
    """One supervised process. `wave` orders the start: a wave begins when the one before answers."""

    name: str
    command: list[str]
    wave: int
    port: int = 0
    stop_signal: str = "TERM"
    stop_seconds: int = 20  # after these it is killed
    up_seconds: int = 1  # one that ends sooner is waited for a little longer at each try
    group: bool = True  # signal the whole process group
    environment: dict[str, str] = field(default_factory=dict)


SERVERS = ("postgres", "valkey", "solr")
ALL = (*SERVERS, "demo-node", "web", "worker", "lanes", "scheduler")


def postgres(binaries: Path, data: Path, sockets: Path, port: int) -> Service:
    # INT is PostgreSQL's fast shutdown: it waits for no client.
    options = [
        f"-p{port}",
        "-h127.0.0.1",
        f"-k{sockets}",
        "-cmax_connections=120",
        "-cshared_buffers=64MB",
        "-cjit=off",
    ]
    return Service("postgres", [str(binaries / "postgres"), f"-D{data}", *options], 1, port, "INT", 30, group=False)


def valkey(binary: Path, data: Path, port: int) -> Service:
    # The append-only file is written before each answer, so that a killed server loses no job.
    options = {
        "port": port,
        "bind": "127.0.0.1",
        "dir": data,
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "aof-load-truncated": "yes",
    }
    return Service(
        "valkey", [str(binary), *(word for key, value in options.items() for word in (f"--{key}", str(value)))], 1, port
    )


def solr(command: list[str], port: int) -> Service:
    return Service("solr", command, 1, port, stop_seconds=30)


def demo_node(python: str, folder: Path, port: int) -> Service:
    return Service(
        "demo-node",
        [python, "-P", "-m", "ckanext.portal.demo.nodes", "--port", str(port), "--folder", str(folder)],
        1,
        port,
    )


def web(python: str, config: Path, ini: Path, host: str, port: int) -> Service:
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    command = [python, "-P", "-m", "gunicorn", "--config", str(config / "gunicorn.conf.py"), "--bind", address]
    return Service(
        "web", [*command, "ckanext.portal.launcher.wsgi:application"], 2, port, environment={"CKAN_INI": str(ini)}
    )


def worker(ckan: str, ini: Path) -> Service:
    # One signal to the worker alone lets the job in hand end; the group is killed only after that time.
    command = [ckan, "-c", str(ini), "jobs", "worker"]
    return Service("worker", command, 3, stop_seconds=25, up_seconds=3, group=False)


def lanes(ckan: str, ini: Path) -> Service:
    # It gives the harvests in hand 20 seconds of its own (ckanext/federation/lanes.py) before it ends them.
    return Service(
        "lanes", [ckan, "-c", str(ini), "federation", "lanes"], 3, stop_seconds=35, up_seconds=3, group=False
    )


def scheduler(ckan: str, ini: Path) -> Service:
    return Service("scheduler", [ckan, "-c", str(ini), "portal", "schedule"], 3, up_seconds=3)
