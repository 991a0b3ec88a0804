"""What the harness computes and refuses."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from . import __main__ as command
from .measure import alternate, compare, quantile, spread
from .registry import known
from .services import ServiceError, from_environment
from .session import Feed


def test_a_quicker_answer_is_ahead() -> None:
    row = compare("pages", "home", "ms", [10, 12, 11], [22, 20, 24])
    assert (row.ours, row.theirs, row.ratio, row.runs) == (11, 22, 2.0, 3)


def test_a_higher_rate_is_ahead() -> None:
    assert compare("harvest", "feed", "datasets/s", [20.0], [10.0]).ratio == 2.0


def test_being_behind_is_said() -> None:
    assert compare("pages", "home", "ms", [30.0], [20.0]).ratio == pytest.approx(0.667)
    assert compare("harvest", "feed", "datasets/s", [5.0], [10.0]).ratio == 0.5


@pytest.mark.parametrize(("ours", "theirs"), [([], []), ([1.0], []), ([1.0, 2.0], [1.0]), ([1.0], [0.0])])
def test_what_cannot_be_compared_is_refused(ours: list[float], theirs: list[float]) -> None:
    with pytest.raises(ValueError, match="home"):
        compare("pages", "home", "ms", ours, theirs)


def test_the_spread_is_that_of_the_less_steady_side() -> None:
    steady, shaky = [100.0] * 11, [float(value) for value in range(95, 106)]
    assert spread(steady) == 0
    assert compare("pages", "home", "ms", steady, shaky).spread == pytest.approx(0.08)


def test_quantiles_lie_between_neighbours() -> None:
    assert quantile([3.0, 1.0], 0.5) == 2.0
    assert quantile([7.0], 0.9) == 7.0


def test_sides_take_turns() -> None:
    order: list[str] = []
    alternate(3, lambda run: order.append(f"a{run}"), lambda run: order.append(f"b{run}"))
    assert order == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_every_file_of_suites_is_known_by_its_own_name() -> None:
    assert {"pages", "harvest-first", "harvest-unchanged", "feeds"} <= set(known())
    for name, each in known().items():
        assert each.name == name
        assert each.size > 0
        assert each.runs > 1


def test_an_unknown_name_lists_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["nonesuch"]) == 2
    said = capsys.readouterr()
    assert "nonesuch" in said.err
    assert all(name in said.err for name in known())
    assert said.out == ""


@pytest.mark.parametrize("words", [["pages", "--size", "0"], ["pages", "--runs", "-1"]])
def test_sizes_that_measure_nothing_are_refused(words: list[str]) -> None:
    assert command.main(words) == 2


def test_without_servers_it_says_which_variables_are_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BENCH_SOLR_URL", raising=False)
    assert command.main(["pages"]) == 1
    assert "BENCH_SOLR_URL" in capsys.readouterr().err
    with pytest.raises(ServiceError, match="BENCH_HOME"):
        from_environment({})


def test_the_table_and_the_json_say_the_same() -> None:
    row = compare("pages", "home page", "ms", [10.0, 10.0], [25.0, 25.0])
    assert set(row.as_dict()) == {"name", "what", "ours", "theirs", "unit", "ratio", "runs", "spread"}
    json.dumps(row.as_dict())
    line = command.table([row]).splitlines()[1]
    assert all(part in line for part in ("home page", "10", "25", "2.50x"))


@pytest.fixture
def feed() -> Iterator[Feed]:
    made = Feed()
    yield made
    made.close()


def test_the_feed_server_serves_what_was_put(feed: Feed) -> None:
    url = feed.put("/a/data.json", "application/json", b"{}")
    with urllib.request.urlopen(url) as answer:
        assert (answer.read(), answer.headers["Content-Type"]) == (b"{}", "application/json")
    with urllib.request.urlopen(urllib.request.Request(url, method="HEAD")) as answer:
        assert (answer.read(), answer.headers["Content-Length"]) == (b"", "2")
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(url + "x")
