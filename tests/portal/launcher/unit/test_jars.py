"""The lock of Solr's jars, and the sentences about services."""

import re

import pytest

from ckanext.portal.launcher import jars, watch
from ckanext.portal.launcher.errors import PortalError
from ckanext.portal.launcher.jars import Jar


def test_the_lock_names_solr_and_a_sha256_for_each_jar() -> None:
    found = jars.read_lock(jars.LOCK.read_text())
    assert any((jar.artifact, jar.version) == ("solr-core", "9.10.1") for jar in found)
    assert all(re.fullmatch(r"[0-9a-f]{64}", jar.sha256) for jar in found)
    assert len({jar.name for jar in found}) == len(found)


def test_a_bad_line_of_the_lock_is_named() -> None:
    with pytest.raises(PortalError, match="line 2"):
        jars.read_lock("# lock\norg.apache.solr:solr-core sha256:00\n")


def test_a_jar_with_another_sha256_is_never_used(tmp_path) -> None:
    real = next(jar for jar in jars.read_lock(jars.LOCK.read_text()) if jar.artifact == "commons-cli")
    wrong = Jar(real.group, real.artifact, real.version, "0" * 64)
    with pytest.raises(PortalError, match="sha256"):
        jars._fetch_one(wrong, tmp_path, tmp_path / "work")
    assert not (tmp_path / wrong.name).exists()


def test_what_a_kill_left_half_fetched_is_fetched_again(tmp_path, monkeypatch) -> None:
    line = next(line for line in jars.LOCK.read_text().splitlines() if line.startswith("commons-cli"))
    lock = tmp_path / "jars.lock"
    lock.write_text(line + "\n")
    monkeypatch.setattr(jars, "LOCK", lock)
    monkeypatch.setenv("PORTAL_CACHE", str(tmp_path / "cache"))
    jars.cache().mkdir(parents=True)
    jar = jars.read_lock(lock.read_text())[0]
    (jars.cache() / jar.name).write_bytes(b"half a jar")
    seen: list[tuple[int, int]] = []
    folder = jars.fetch(lambda done, all_: seen.append((done, all_)))
    assert jars.sha256(folder / jar.name) == jar.sha256
    assert seen == [(1, 1)]
    jars.fetch(lambda done, all_: pytest.fail("fetched again"))


@pytest.mark.parametrize(
    ("event", "line", "said"),
    [
        (
            "PROCESS_STATE_EXITED",
            "processname:solr groupname:solr from_state:RUNNING expected:0 pid:7",
            "solr (pid 7) died",
        ),
        ("PROCESS_STATE_EXITED", "processname:solr groupname:solr from_state:RUNNING expected:1 pid:7", None),
        ("PROCESS_STATE_RUNNING", "processname:web groupname:web from_state:STARTING pid:9", "web runs (pid 9)"),
        ("PROCESS_STATE_STOPPING", "processname:web groupname:web from_state:RUNNING pid:9", None),
    ],
)
def test_what_is_said_of_an_event(event: str, line: str, said: str | None) -> None:
    found = watch.sentence(event, watch.fields(line))
    assert found is None if said is None else found is not None and found.startswith(said)
