"""Ports: given, remembered, or free."""

import random
import socket

from .errors import PortalError
from .home import Home

WEB_FIRST_CHOICE = 5000
# Below the ports that systems give to outgoing connections, so that a remembered one stays free.
OWN_RANGE = range(20000, 32000)


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(taken: set[int]) -> int:
    """A port that nobody listens on and that is not in `taken`."""
    while True:
        port = random.choice(OWN_RANGE)  # noqa: S311  # no secret
        if port not in taken and is_free(port):
            return port


def choose(home: Home, names: list[str], host: str, web_port: int | None) -> tuple[dict[str, int], list[str]]:
    """One port for each name, kept from start to start so that links go on working.

    Returns the ports and a sentence for each that had to change. Raises PortalError where a given port is taken.
    """
    kept: dict[str, int] = home.state().get("ports", {})
    ports: dict[str, int] = {}
    notes: list[str] = []
    for name in names:
        at = host if name == "web" else "127.0.0.1"
        if name == "web" and web_port:
            if not is_free(web_port, at):
                raise PortalError(
                    f"Port {web_port} on {at} is taken",
                    "another program listens there",
                    "Stop it, or give another port in PORTAL_PORT.",
                )
            ports[name] = web_port
            continue
        wish = kept.get(name) or (WEB_FIRST_CHOICE if name == "web" else 0)
        if not wish or not is_free(wish, at) or wish in ports.values():
            found = free_port(set(ports.values()) | set(kept.values()))
            if name in kept:
                notes.append(f"port {wish} of {name} is taken by another program; {found} it is")
            wish = found
        ports[name] = wish
    home.remember(ports={**kept, **ports})
    return ports, notes
