"""OAI-PMH 2.0: what a request asks for, and where a list goes on. Pure.

Source: https://www.openarchives.org/OAI/openarchivesprotocol.html. A list is ordered by the number of each dataset's last
change, so it does not move while one reads it: what changes meanwhile comes again at its end. Datestamps are the times at
which changes became visible, and grow with the numbers. A resumption token carries all that is needed to go on.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

VERBS = {
    "Identify": (set(), set()),
    "ListMetadataFormats": (set(), {"identifier"}),
    "ListSets": (set(), {"resumptionToken"}),
    "GetRecord": ({"identifier", "metadataPrefix"}, set()),
    "ListIdentifiers": ({"metadataPrefix"}, {"from", "until", "set", "resumptionToken"}),
    "ListRecords": ({"metadataPrefix"}, {"from", "until", "set", "resumptionToken"}),
}
PREFIXES = ("oai_dc", "dcat")
_DAY, _SECOND = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_SET = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*")


@dataclass(eq=False)
class Wrong(Exception):
    """An error of the protocol: ``code`` is the protocol's own."""

    code: str
    message: str


@dataclass(frozen=True)
class Asked:
    """A request without error. ``since`` and ``until`` are UTC without zone, both included; ``after`` is the number of the
    last change that the reader has had; ``cursor`` how many records those were, ``total`` of how many."""

    verb: str
    identifier: str = ""
    prefix: str = ""
    set: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: int = 0
    cursor: int = 0
    total: int | None = None


def asked(arguments: Mapping[str, Sequence[str]]) -> Asked:
    """The request, from its arguments (``from=...&from=...`` is a list of two). Raises ``Wrong``."""
    repeated = sorted(name for name, values in arguments.items() if len(values) > 1)
    given = {name: values[0] for name, values in arguments.items()}
    verb = given.pop("verb", "")
    if verb not in VERBS or "verb" in repeated:
        raise Wrong("badVerb", f"verb must be given once, as one of: {', '.join(VERBS)}")
    required, optional = VERBS[verb]
    unknown = sorted(given.keys() - required - optional)
    if unknown or repeated:
        raise Wrong("badArgument", f"{verb} does not take, or takes only once: {', '.join(unknown + repeated)}")
    if "resumptionToken" in given:
        if verb == "ListSets":
            raise Wrong("badResumptionToken", "Sets are given in one answer")
        if len(given) > 1:
            raise Wrong("badArgument", "resumptionToken stands alone")
        return _resumed(verb, given["resumptionToken"])
    missing = sorted(required - given.keys())
    if missing:
        raise Wrong("badArgument", f"{verb} needs: {', '.join(missing)}")
    return _checked(verb, given)


def _checked(verb: str, given: Mapping[str, str]) -> Asked:
    prefix, of_set = given.get("metadataPrefix", ""), given.get("set", "")
    if "metadataPrefix" in given and prefix not in PREFIXES:
        raise Wrong("cannotDisseminateFormat", f"metadataPrefix must be one of: {', '.join(PREFIXES)}")
    if "set" in given and not _SET.fullmatch(of_set):
        raise Wrong("badArgument", "set is not a setSpec")
    since, until = given.get("from"), given.get("until")
    if since and until and len(since) != len(until):
        raise Wrong("badArgument", "from and until must have the same granularity")
    start, end = (_moment(n, given[n]) if n in given else None for n in ("from", "until"))
    if end and until and _DAY.fullmatch(until):
        end += timedelta(hours=23, minutes=59, seconds=59)
    if start and end and start > end:
        raise Wrong("badArgument", "from is later than until")
    return Asked(verb, given.get("identifier", ""), prefix, of_set, start, end)


def _moment(name: str, text: str) -> datetime:
    if _DAY.fullmatch(text) or _SECOND.fullmatch(text):
        try:
            return datetime.fromisoformat(text.removesuffix("Z"))
        except ValueError:
            pass
    raise Wrong("badArgument", f"{name} must be a UTC date, YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ")


def token(request: Asked) -> str:
    """The resumption token with which a list goes on after ``request.after``."""
    since, until = (each.isoformat() if each else None for each in (request.since, request.until))
    kept = [request.verb, request.prefix, request.set, since, until, request.after, request.cursor, request.total]
    return base64.urlsafe_b64encode(json.dumps(kept, separators=(",", ":")).encode()).decode().rstrip("=")


def _resumed(verb: str, text: str) -> Asked:
    try:
        kept = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        of_verb, prefix, of_set, since, until, after, cursor, total = kept
        start, end = (datetime.fromisoformat(each) if each else None for each in (since, until))
        whole = all(type(n) is int and 0 <= n < 2**62 for n in (after, cursor, total))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise Wrong("badResumptionToken", "This is no token of this repository") from None
    naive = all(each is None or each.tzinfo is None for each in (start, end))
    if of_verb != verb or prefix not in PREFIXES or not isinstance(of_set, str) or not whole or not naive:
        raise Wrong("badResumptionToken", "This token belongs to another request")
    return Asked(verb, "", prefix, of_set, start, end, after, cursor, total)


def stamp(moment: datetime) -> str:
    return moment.replace(microsecond=0, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
