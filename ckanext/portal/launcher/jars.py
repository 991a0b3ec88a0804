"""Solr's jars: fetched once per user into a cache, in parallel, each held against its sha256."""

import concurrent.futures
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .errors import PortalError
from .home import CONFIG

LOCK = CONFIG / "solr" / "jars.lock"
PARALLEL = 12
TRIES = 3


@dataclass(frozen=True)
class Jar:
    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


def read_lock(text: str) -> list[Jar]:
    """Lines of `group:artifact:version sha256:hex`; # begins a comment."""
    jars = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            coordinate, digest = line.split()
            group, artifact, version = coordinate.split(":")
        except ValueError as error:
            raise PortalError(
                f"{LOCK} line {number} cannot be read", line, "Restore the file from version control."
            ) from error
        jars.append(Jar(group, artifact, version, digest.removeprefix("sha256:")))
    return jars


def cache() -> Path:
    """PORTAL_CACHE, or towpath/ in the user's cache folder; one folder for each content of the lock."""
    base = (
        os.environ.get("PORTAL_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "towpath"
    )
    return Path(base) / f"solr-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"


def sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _fetch_one(jar: Jar, target: Path, work: Path) -> None:
    from jgo.maven import MavenContext

    why = ""
    for turn in range(TRIES):
        store = work / f"{jar.name}.{turn}"  # a folder of its own: jgo leaves a cut-off file behind
        try:
            context = MavenContext(repo_cache=store, local_repos=[], timeout=60)
            found = context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
        except Exception as error:  # whatever the network does is one more try
            why = str(error)
            continue
        if sha256(found) == jar.sha256:
            found.replace(target / jar.name)
            return
        why = f"its sha256 is {sha256(found)}, the lock says {jar.sha256}"
    raise PortalError(
        f"{jar.group}:{jar.artifact}:{jar.version} could not be fetched",
        why,
        "Check the network (REQUESTS_CA_BUNDLE and HTTPS_PROXY count), then run the command again: what is there is kept.",
    )


def fetch(progress: Callable[[int, int], None]) -> Path:
    """The folder with all jars of the lock, fetching those that are missing. `progress` gets (done, all)."""
    target, jars = cache(), read_lock(LOCK.read_text())
    if (target / "complete").exists():
        return target
    target.mkdir(parents=True, exist_ok=True)
    missing = [jar for jar in jars if not (target / jar.name).exists() or sha256(target / jar.name) != jar.sha256]
    work = Path(tempfile.mkdtemp(prefix=".fetch-", dir=target))
    pool = concurrent.futures.ThreadPoolExecutor(PARALLEL)
    try:
        tasks = [pool.submit(_fetch_one, jar, target, work) for jar in missing]
        for number, task in enumerate(concurrent.futures.as_completed(tasks), 1):
            task.result()
            progress(number, len(missing))
    finally:
        pool.shutdown(cancel_futures=True)  # after a failure nothing more is begun
        shutil.rmtree(work, ignore_errors=True)
    (target / "complete").touch()
    return target
