"""In which order services start and stop, and supervisor's configuration for them. Pure."""

from collections.abc import Iterable

from .spec import ALL, SERVERS, Service

# Seconds between tries grow by one each time; this many tries are days, so a service is never given up.
START_RETRIES = 400


def names(outside: set[str], demo: bool, only: Iterable[str] = ALL) -> list[str]:
    """The services to start: not those the operator brings, nor the demo's where it is not wanted."""
    wanted = set(only) - outside - (set() if demo else {"demo-node"})
    return [name for name in ALL if name in wanted]


def waves(services: list[Service]) -> list[list[Service]]:
    """Services that may start together, in the order of the groups."""
    return [[each for each in services if each.wave == wave] for wave in sorted({each.wave for each in services})]


def stop_order(running: Iterable[str]) -> list[list[str]]:
    """Clients first, servers last, so that nothing in hand is cut off."""
    there = set(running)
    rest = [name for name in reversed(ALL) if name in there and name not in SERVERS]
    return [group for group in (rest, [name for name in SERVERS if name in there]) if group]


def _quote(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def _environment(values: dict[str, str]) -> str:
    return ",".join(f"{key}={_quote(value)}" for key, value in sorted(values.items()))


def program(service: Service, logs: str, account: str | None, environment: dict[str, str], number: int) -> str:
    """One [program:x] section."""
    lines = {
        "command": " ".join(_quote(word) for word in service.command),
        "environment": _environment({**environment, **service.environment}),
        "directory": "/",
        "autostart": "false",
        "autorestart": "true",
        "startsecs": service.up_seconds,
        "startretries": START_RETRIES,
        "stopsignal": service.stop_signal,
        "stopwaitsecs": service.stop_seconds,
        "stopasgroup": str(service.group).lower(),
        "killasgroup": "true",
        "priority": number,
        "redirect_stderr": "true",
        "stdout_logfile": f"{logs}/{service.name}.log",
        "stdout_logfile_maxbytes": "10MB",
        "stdout_logfile_backups": "3",
    }
    if account:
        lines["user"] = account
    return "\n".join([f"[program:{service.name}]", *(f"{key} = {value}" for key, value in lines.items()), ""])


def listener(command: list[str], logs: str, environment: dict[str, str]) -> str:
    """The program that is told of each change of a service's state."""
    lines = {
        "command": " ".join(_quote(word) for word in command),
        "environment": _environment(environment),
        "directory": "/",
        "events": "PROCESS_STATE",
        "autorestart": "true",
        "startretries": START_RETRIES,
        "buffer_size": "200",
        "stderr_logfile": f"{logs}/watch.log",
        "stderr_logfile_maxbytes": "1MB",
        "stderr_logfile_backups": "0",
    }
    return "\n".join(["[eventlistener:watch]", *(f"{key} = {value}" for key, value in lines.items()), ""])


def supervisor(run: str, logs: str, socket: str, root: bool) -> str:
    """Supervisor's own sections; its socket is for the owner alone."""
    return "\n".join(
        [
            "[supervisord]",
            f"logfile = {logs}/supervisor.log",
            "logfile_maxbytes = 5MB",
            "logfile_backups = 2",
            f"pidfile = {run}/supervisor.pid",
            f"childlogdir = {logs}",
            "nodaemon = true",
            "silent = true",
            *(["user = root"] if root else []),
            "[unix_http_server]",
            f"file = {socket}",
            "chmod = 0700",
            "[rpcinterface:supervisor]",
            "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface",
            "",
        ]
    )
