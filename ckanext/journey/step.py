"""A step of a dataset's journey, told by a shell script, FME or a person at a command line, in OpenLineage 2-0-2.

This file runs alone, on any Python from 3.11 on, where no portal is installed: copy it to where the scripts run.

    python step.py --dataset spend-over-500 --type clean --in raw.csv --out spend.csv -- ./clean.sh raw.csv spend.csv

The address and the token come from TOWPATH_URL and TOWPATH_TOKEN (or --token-file). With a command after ``--`` it is run
between two events, START and COMPLETE (or FAIL), and its exit status is passed on. What cannot be sent is kept in a folder
and sent before the next step.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PRODUCER = "https://github.com/towpath/portal-step"
SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
FACETS = "https://openlineage.io/spec/facets/"
TYPES = [
    "identify",
    "extract",
    "receive",
    "clean",
    "standardise",
    "deduplicate",
    "join",
    "geocode",
    "aggregate",
    "anonymise",
    "disclosure-check",
    "dpia-review",
    "validate",
    "load",
    "archive",
]
TABLES = {".csv": ",", ".tsv": "\t"}
WRONG, UNSENT = 2, 75  # exit statuses: what was asked cannot be done; kept to be sent later (EX_TEMPFAIL)


class WrongError(Exception):
    """What was asked cannot be done; the message says why."""


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(prog="portal step", description="Tell a portal of a step that a script does.")
    found.add_argument("--dataset", required=True, help="the name of the dataset on the portal, as in its address")
    found.add_argument("--type", required=True, choices=TYPES, metavar="TYPE", help=", ".join(TYPES))
    found.add_argument(
        "--in", dest="inputs", action="append", default=[], metavar="FILE", help="a file read (again for more)"
    )
    found.add_argument("--out", dest="outputs", action="append", default=[], metavar="FILE", help="a file written")
    found.add_argument(
        "--source", action="append", default=[], metavar="NAME", help="what no file is: a view, a report"
    )
    found.add_argument("--rows-in", type=int, help="if the files cannot be counted (CSV and TSV are)")
    found.add_argument("--rows-out", type=int)
    found.add_argument("--tool", default="", help='such as "FME 2025.1"; the last word is its version')
    found.add_argument("--note", default="", help="what it does, in a sentence")
    found.add_argument("--script", default="", metavar="URL", help="where the script can be read")
    found.add_argument("--job", default="", help="the step's name; else <dataset>.<type>")
    found.add_argument("--namespace", default="shell", help="who runs it; a token may be bound to some")
    found.add_argument("--url", default=os.environ.get("TOWPATH_URL", ""), help="the portal's address (TOWPATH_URL)")
    found.add_argument("--token-file", type=Path, help="holds the token; else TOWPATH_TOKEN")
    found.add_argument(
        "--spool", type=Path, default=Path.home() / ".towpath" / "unsent", help="keeps what could not be sent"
    )
    found.add_argument("--print", dest="only_print", action="store_true", help="print the events, send nothing")
    found.add_argument("command", nargs="*", metavar="-- COMMAND", help="run it, and tell how it went")
    return found


def facet(kind: str, **values: Any) -> dict[str, Any]:
    return {"_producer": PRODUCER, "_schemaURL": f"{FACETS}{kind}.json", **values}


def measured(path: Path) -> tuple[str, int, int | None]:
    """SHA-256, bytes, and the rows of a CSV or TSV below its header (None for other files)."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as handle:
        while chunk := handle.read(1 << 20):
            digest.update(chunk)
            size += len(chunk)
    delimiter = TABLES.get(path.suffix.lower())
    return digest.hexdigest(), size, None if delimiter is None else _rows(path, delimiter)


def _rows(path: Path, delimiter: str) -> int | None:
    with path.open("rb") as raw:
        encoding = "utf-16" if raw.read(2) in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        with open(path, encoding=encoding, errors="replace", newline="") as handle:
            return max(0, sum(1 for row in csv.reader(handle, delimiter=delimiter) if any(row)) - 1)
    except (csv.Error, UnicodeError):
        return None


def file_of(path: str, side: str, rows: int | None) -> dict[str, Any]:
    """A file as a dataset of OpenLineage; its name without its folder, which tells of nobody's home."""
    place = Path(path)
    if not place.is_file():
        raise WrongError(f"--{side}: there is no file {path}")
    digest, size, counted = measured(place)
    rows = counted if rows is None else rows
    statistics = {"size": size} if rows is None else {"size": size, "rowCount": rows}
    kind = "inputStatistics" if side == "in" else "outputStatistics"
    facets = {"towpath_checksum": facet("towpath_checksum", sha256=digest)}
    name = f"{'input' if side == 'in' else 'output'}Facets"
    return {"namespace": "file", "name": place.name, "facets": facets, name: {kind: facet(kind, **statistics)}}


def event(asked: argparse.Namespace, kind: str, run: str, files: bool, error: str = "") -> dict[str, Any]:
    job: dict[str, Any] = {"towpath_step": facet("towpath_step", type=asked.type)}
    if asked.note:
        job["documentation"] = facet("DocumentationJobFacet", description=asked.note)
    if asked.script:
        job["sourceCodeLocation"] = facet("SourceCodeLocationJobFacet", type="script", url=asked.script)
    told: dict[str, Any] = {}
    name, _, version = asked.tool.strip().rpartition(" ")
    tool = {"name": name or version, "version": version if name else "unknown"} if asked.tool else None
    if tool:
        told["processing_engine"] = facet("ProcessingEngineRunFacet", **tool)
    if error:
        told["errorMessage"] = facet("ErrorMessageRunFacet", message=error, programmingLanguage="shell")
    one = len(asked.outputs) == 1
    inputs = [{"namespace": asked.namespace, "name": each} for each in asked.source]
    inputs += [file_of(each, "in", asked.rows_in if len(asked.inputs) == 1 else None) for each in asked.inputs]
    outputs = [file_of(each, "out", asked.rows_out if one else None) for each in asked.outputs] if files else []
    here = {"namespace": asked.url.rstrip("/"), "name": f"dataset/{asked.dataset}"}
    return {
        "eventType": kind,
        "eventTime": datetime.now(UTC).isoformat(),
        "producer": PRODUCER,
        "schemaURL": SCHEMA,
        "run": {"runId": run, "facets": told},
        "job": {"namespace": asked.namespace, "name": asked.job or f"{asked.dataset}.{asked.type}", "facets": job},
        "inputs": inputs,
        "outputs": [*outputs, here],
    }


class Portal:
    """Where events go, and the folder that keeps those that did not get there."""

    def __init__(self, url: str, token: str, spool: Path) -> None:
        self.address, self.token, self.spool = f"{url.rstrip('/')}/api/v1/lineage", token, spool
        self.unsent = 0

    def tell(self, said: dict[str, Any]) -> None:
        """Send an event after those kept before. Raises WrongError when the portal refuses it."""
        body = json.dumps(said).encode()
        if self._earlier() and self._sent(body):
            return
        self.spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = self.spool / f"{time.time_ns()}-{uuid.uuid4().hex[:8]}.json"
        place.write_bytes(json.dumps({"address": self.address}).encode() + b"\n" + body)
        self.unsent += 1

    def _earlier(self) -> bool:
        """Send what was kept for this portal, oldest first; whether all of it got there."""
        for place in sorted(self.spool.glob("*.json")) if self.spool.is_dir() else []:
            head, _, body = place.read_bytes().partition(b"\n")
            if json.loads(head)["address"] != self.address:
                continue
            try:
                if not self._sent(body):
                    return False
            except WrongError as error:  # this one alone is wrong: put aside, not lost
                print(f"portal step: {place.name} was refused and is kept as .refused: {error}", file=sys.stderr)
                place.rename(place.with_suffix(".refused"))
                continue
            place.unlink()
        return True

    def _sent(self, body: bytes, tries: int = 3) -> bool:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
        }
        for attempt in range(tries):
            request = urllib.request.Request(self.address, gzip.compress(body), headers, method="POST")
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    self._warn(answer.read(100_000))
                    return True
            except urllib.error.HTTPError as error:
                said = error.read(2000).decode("utf-8", "replace")
                if error.code < 500 and error.code != 429:
                    raise WrongError(f"{self.address} answers {error.code}: {said}") from error
            except (OSError, ValueError) as error:
                if isinstance(error, ValueError):
                    raise WrongError(f"{self.address} is no address: {error}") from error
            if attempt + 1 < tries:
                time.sleep(2**attempt)
        return False

    def _warn(self, body: bytes) -> None:
        for each in (json.loads(body).get("warnings") or []) if body.startswith(b"{") else []:
            print(f"portal step: {each}", file=sys.stderr)


def token_of(asked: argparse.Namespace) -> str:
    if asked.token_file:
        try:
            return asked.token_file.read_text().strip()
        except OSError as error:
            raise WrongError(f"--token-file: {error}") from error
    return os.environ.get("TOWPATH_TOKEN", "").strip()


def run(asked: argparse.Namespace, tell: Any) -> int:
    """The step itself: the command between its two events, or one event for what is done already."""
    number = str(uuid.uuid4())
    if not asked.command:
        tell(event(asked, "COMPLETE", number, True))
        return 0
    for each in asked.inputs:
        if not Path(each).is_file():
            raise WrongError(f"--in: there is no file {each}")
    tell(event(asked, "START", number, False))
    try:
        status = subprocess.run(asked.command).returncode
        error = f"exit status {status}" if status else ""
    except OSError as problem:
        status, error = 127, str(problem)
        print(f"portal step: {problem}", file=sys.stderr)
    missing = [each for each in asked.outputs if not Path(each).is_file()]
    if missing and not error:
        error, status = f"it wrote no {', '.join(missing)}", WRONG
        print(f"portal step: {error}", file=sys.stderr)
    tell(event(asked, "FAIL" if error else "COMPLETE", number, not error, error))
    return status


def main(words: list[str] | None = None) -> int:
    asked = parser().parse_args(words)
    try:
        if asked.only_print:
            return run(asked, lambda said: print(json.dumps(said, indent=2)))
        token = token_of(asked)
        if not asked.url or not token:
            raise WrongError(
                "say where the portal is (--url or TOWPATH_URL), and give its token (TOWPATH_TOKEN or --token-file)"
            )
        portal = Portal(asked.url, token, asked.spool)
        status = run(asked, portal.tell)
    except WrongError as error:
        print(f"portal step: {error}", file=sys.stderr)
        return WRONG
    if portal.unsent:
        print(
            f"portal step: the portal did not answer; kept in {asked.spool}, and sent before the next step",
            file=sys.stderr,
        )
        return status or UNSENT
    return status


if __name__ == "__main__":
    sys.exit(main())
