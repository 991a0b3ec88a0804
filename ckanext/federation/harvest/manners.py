"""Good manners towards a host: its robots.txt (RFC 9309) and a pause between two requests; pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from protego import Protego

LONGEST_DELAY = 10.0


class Manners:
    """``agent``: the product token that robots.txt may name; ``pause``: seconds between requests to one host;
    ``exempt``: hosts whose owners let the portal harvest, whatever their robots.txt says."""

    def __init__(self, agent: str, pause: float = 0.0, exempt: frozenset[str] = frozenset()):
        self._agent, self._pause, self._exempt = agent, pause, exempt
        self._rules: dict[str, Protego] = {}
        self._last: dict[str, float] = {}

    def knows(self, host: str) -> bool:
        """Is the host's robots.txt known, or of no matter? ``host``: ``name:port``."""
        return host in self._rules or self._is_exempt(host)

    def learn(self, host: str, text: str) -> None:
        """The text of a host's robots.txt, "" where there is none."""
        self._rules[host] = Protego.parse(text)

    def refusal(self, host: str, url: str) -> str:
        """Why the host does not want this address fetched, for a steward; "" when it does not mind."""
        if self._is_exempt(host) or self._rules[host].can_fetch(url, self._agent):
            return ""
        name = host.rsplit(":", 1)[0]
        return (
            f"The robots.txt of {name} asks programs not to fetch {urlsplit(url).path}. If the node's owners agree to the"
            f" harvest, list {name} in the setting ckanext.federation.robots_exempt."
        )

    def wait(self, host: str, now: float) -> float:
        """Seconds to wait before the host is asked again. It can ask for more than our pause, up to ten seconds."""
        asked = self._rules[host].crawl_delay(self._agent) if host in self._rules else None
        pause = max(self._pause, min(asked or 0.0, LONGEST_DELAY))
        return max(0.0, self._last[host] + pause - now) if host in self._last else 0.0

    def asked(self, host: str, now: float) -> None:
        """Remember when the host was asked."""
        self._last[host] = now

    def _is_exempt(self, host: str) -> bool:
        return host in self._exempt or host.rsplit(":", 1)[0] in self._exempt
