"""Which network addresses may be fetched from; pure (it resolves nothing)."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_public(address: str) -> bool:
    """Is this IP address one of the public internet? Addresses that wrap an IPv4 address count as that one."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not (
        ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local
    )


def problem(url: str) -> str:
    """Why an address cannot be fetched, as a sentence; "" when it can be tried."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "It is no valid address."
    if parts.scheme not in _DEFAULT_PORTS:
        return "Only http and https addresses are fetched."
    if not parts.hostname:
        return "It names no host."
    if parts.username or parts.password:
        return "It holds a user name or password; those are not kept in addresses."
    return "" if port is None or 0 < port < 65536 else "Its port is no port."


def host_port(url: str) -> str:
    """``host:port`` of an address, the scheme's port when it states none."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    return f"{f'[{host}]' if ':' in host else host}:{parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)}"
