"""What can be called or set is written down: each action and each setting is in the docs of its room."""

import ast
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[1]
ROOMS = ("council_schemas", "federation", "feeds", "journey", "portal")
# Actions of CKAN and its extensions that a room chains have their own documentation.
CHAINED = ("package_", "bulk_update_", "datastore_", "xloader_")


def settings(room: str) -> list[str]:
    path = PROJECT / "ckanext" / room / "config_declaration.yaml"
    groups = yaml.safe_load(path.read_text())["groups"] if path.exists() else []
    return [option["key"] for group in groups for option in group["options"]]


def actions(room: str) -> list[str]:
    """The functions that a room offers as actions: those of action.py, or the names that it gathers in get_actions."""
    from importlib import import_module

    module = import_module(f"ckanext.{room}.logic.action")
    if hasattr(module, "__all__"):
        names = [name for name in module.__all__ if name != "get_actions"]
    else:
        found = ast.parse(Path(str(module.__file__)).read_text()).body
        names = [each.name for each in found if isinstance(each, ast.FunctionDef) and not each.name.startswith("_")]
    return [name for name in names if not name.startswith(CHAINED) and name != "get_actions"]


def text(room: str) -> str:
    """docs/<room>.md, and where a room has more to say, docs/<room>-<subject>.md."""
    return "".join(path.read_text() for path in sorted((PROJECT / "docs").glob(f"{room}*.md")))


@pytest.mark.parametrize(("room", "key"), [(room, key) for room in ROOMS for key in settings(room)])
def test_each_setting_is_documented(room: str, key: str) -> None:
    short = key.removeprefix(f"ckanext.{room}.")
    assert key in text(room) or f"`{short}`" in text(room) or f"`.{short}`" in text(room), (
        f"{key} is not in docs/{room}.md"
    )


@pytest.mark.parametrize(("room", "name"), [(room, name) for room in ROOMS for name in actions(room)])
def test_each_action_is_documented(room: str, name: str) -> None:
    assert name in text(room), f"{name} is not in docs/{room}.md"


@pytest.mark.parametrize(
    "path", [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))], ids=lambda path: path.name
)
def test_links_lead_somewhere(path: Path) -> None:
    import re

    for link in re.findall(r"\]\(([^)#\s]+)", path.read_text()):
        assert link.startswith("http") or (path.parent / link).exists(), f"{path.name} links {link}"
