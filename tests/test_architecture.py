"""The house rules, read from the source: who may import whom, and what a pure module may not touch."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
ROOMS = {"council_schemas", "federation", "feeds", "journey", "portal"}
MAY_IMPORT = {
    "council_schemas": {"council_schemas"},
    "federation": {"federation", "council_schemas"},
    "feeds": {"feeds", "council_schemas"},
    "journey": {"journey", "council_schemas"},
    "portal": {"portal"},
}
SIGNALS = {("journey", "ckanext.federation.signals"), ("journey", "ckanext.feeds.signals")}
IMPURE = (
    "ckan",
    "sqlalchemy",
    "requests",
    "urllib3",
    "http.client",
    "urllib.request",
    "socket",
    "psycopg2",
    "redis",
    "time",
)
CLOCK = re.compile(r"\b(datetime|date)\.(now|today|utcnow)\(|\btime\.(time|monotonic)\(")
MODULES = sorted(path for path in (PROJECT / "ckanext").rglob("*.py") if "migration" not in path.parts)


def name_of(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, absolute, wherever in the file the import stands."""
    package = list(path.relative_to(PROJECT).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def ours(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "ckanext" and parts[1] in ROOMS else None


def is_pure(path: Path) -> bool:
    first = (ast.get_docstring(ast.parse(path.read_text())) or "").partition("\n")[0]
    return bool(re.search(r"\bpure\b(?! modules)", first, re.IGNORECASE))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_stay_in_their_room(path: Path) -> None:
    room = path.relative_to(PROJECT).parts[1]
    for module in imports(path):
        target = ours(module)
        if target is None or target in MAY_IMPORT[room]:
            continue
        assert any(room == who and (module == what or module.startswith(f"{what}.")) for who, what in SIGNALS) or (
            (room, target) in {(who, what.split(".")[1]) for who, what in SIGNALS}
            and module in {f"ckanext.{target}", *(w for _, w in SIGNALS)}
        ), f"{name_of(path)} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nobody_imports_a_plugin_module(path: Path) -> None:
    found = [module for module in imports(path) if re.fullmatch(r"ckanext\.\w+\.plugin(\..*)?", module)]
    assert not found, f"{name_of(path)} imports {found}"


@pytest.mark.parametrize("path", [path for path in MODULES if "launcher" in path.parts], ids=name_of)
def test_launcher_imports_nothing_of_ours_but_itself(path: Path) -> None:
    found = [m for m in imports(path) if ours(m) and not m.startswith("ckanext.portal.launcher")]
    assert not found, f"{name_of(path)} imports {found}"


@pytest.mark.parametrize("path", [path for path in MODULES if is_pure(path)], ids=name_of)
def test_pure_modules_are_pure(path: Path) -> None:
    bad = [m for m in imports(path) if any(m == each or m.startswith(f"{each}.") for each in IMPURE)]
    assert not bad, f"{name_of(path)} says it is pure and imports {bad}"
    assert not CLOCK.search(path.read_text()), f"{name_of(path)} says it is pure and reads a clock"


@pytest.mark.parametrize(
    "path",
    [
        *sorted((PROJECT / "ckanext" / "federation" / "harvest" / "dialects").glob("*.py")),
        *(PROJECT / "ckanext" / name for name in (
            "federation/harvest/convert.py", "federation/harvest/compare.py", "federation/harvest/guard.py",
            "journey/events.py", "journey/projection.py", "portal/launcher/spec.py", "portal/launcher/plan.py",
        )),
    ],
    ids=lambda path: path.name,
)  # fmt: skip
def test_what_the_design_calls_pure_says_so(path: Path) -> None:
    assert is_pure(path), f"{path.relative_to(PROJECT)} must be pure and say so in its first line"


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_has_the_shape_of_a_plugin(room: str) -> None:
    folder = PROJECT / "ckanext" / room
    assert (folder / "plugin.py").exists()
    assert len(list(folder.glob("config_declaration.*"))) <= 1
    migration = folder / "migration"
    assert not migration.exists() or [each.name for each in migration.iterdir() if each.is_dir()] == [room]
