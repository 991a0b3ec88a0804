"""What excuses a failure of CKAN's own tests, and what does not."""

from pathlib import Path

import pytest

from tests import ckan_own

LACKING = "E   FileNotFoundError: [Errno 2] No such file or directory: '{}'"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "ckan/tests/lib").mkdir(parents=True)
    return tmp_path


def test_a_file_that_the_wheel_lacks_excuses(root: Path) -> None:
    found = ckan_own.classify(
        "t", LACKING.format(root / "ckan/tests/lib/data.xml"), root, frozenset({"ckan/tests/lib/a.py"})
    )
    assert found.excused
    assert found.reason == "file the wheel lacks: ckan/tests/lib/data.xml"


def test_a_file_that_the_wheel_brought_but_somebody_removed_does_not(root: Path) -> None:
    name = "ckan/tests/lib/data.xml"
    assert not ckan_own.classify("t", LACKING.format(root / name), root, frozenset({name})).excused


def test_a_file_that_is_there_does_not(root: Path) -> None:
    path = root / "ckan/tests/lib/data.xml"
    path.touch()
    assert not ckan_own.classify("t", LACKING.format(path), root, frozenset()).excused


@pytest.mark.parametrize("path", ["/etc/solr/schema.xml", "{root}/ckan/config/solr/schema.xml"])
def test_a_file_outside_of_the_tests_does_not(root: Path, path: str) -> None:
    assert not ckan_own.classify("t", LACKING.format(path.format(root=root)), root, frozenset()).excused


def test_any_other_error_does_not_even_when_a_missing_file_is_mentioned_later(root: Path) -> None:
    text = "E   AssertionError: assert 1 == 2\nE   " + LACKING.format(root / "ckan/tests/lib/data.xml")[4:]
    found = ckan_own.classify("t", text, root, frozenset())
    assert not found.excused
    assert found.reason == "AssertionError: assert 1 == 2"


def report(folder: Path, cases: str, tests: int) -> Path:
    target = folder / "report.xml"
    target.write_text(f'<testsuites><testsuite tests="{tests}">{cases}</testsuite></testsuites>')
    return target


def test_the_installed_wheel_is_what_decides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site, shipped = ckan_own.wheel()
    assert "ckan/tests/lib/search/test_search.py" in shipped
    text = LACKING.format(site / "ckan/tests/lib/search/data/schema-no-version.xml")
    case = f'<testcase classname="c" name="n"><failure>{text}</failure></testcase><testcase classname="c" name="m"/>'
    assert ckan_own.summarise(report(tmp_path, case, 2), 1) == 0
    said = capsys.readouterr().out
    assert "1 of 2 pass" in said
    assert "file the wheel lacks: ckan/tests/lib/search/data/schema-no-version.xml" in said


def test_an_error_of_a_fixture_counts(tmp_path: Path) -> None:
    case = '<testcase classname="c" name="n"><error>E   ConnectionError: no Solr</error></testcase>'
    assert ckan_own.summarise(report(tmp_path, case, 1), 1) == 1


@pytest.mark.parametrize("code", [2, 3, 4, 5])
def test_a_run_that_did_not_end_well_is_no_success(tmp_path: Path, code: int) -> None:
    assert ckan_own.summarise(report(tmp_path, "", 0), code) == 1


def test_no_report_or_no_test_is_no_success(tmp_path: Path) -> None:
    assert ckan_own.summarise(tmp_path / "none.xml", 1) == 1
    assert ckan_own.summarise(report(tmp_path, "", 0), 0) == 1


def test_settings_carry_the_addresses_and_need_all_three(tmp_path: Path) -> None:
    env = {
        "CKAN_SQLALCHEMY_URL": "postgresql://a:p%40@h/d",
        "CKAN_SOLR_URL": "http://h/solr/c",
        "CKAN_REDIS_URL": "redis://h/1",
    }
    text = ckan_own.write_settings(tmp_path, env).read_text()
    assert "sqlalchemy.url = postgresql://a:p%%40@h/d" in text
    assert f"use = config:{ckan_own.SETTINGS}" in text
    del env["CKAN_SOLR_URL"]
    with pytest.raises(KeyError):
        ckan_own.write_settings(tmp_path, env)
