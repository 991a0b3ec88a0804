"""Plugins and application stay loaded from test to test while the settings that loading depends on are the same.

CKAN's fixtures of these names load everything anew for each test, which takes longer than most of the tests.
A test with other settings still gets plugins and an application of its own.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import authz, logic, model, plugins
from ckan.cli.db import _run_migrations
from ckan.common import aslist, config, config_declaration
from ckan.config.declaration import Key
from ckan.config.environment import CONFIG_FROM_ENV_VARS
from ckan.lib import app_globals
from ckan.tests import helpers

Settings = dict[str, Any]
ENVIRONMENT = "environment"
AT_USE = tuple(f"ckanext.{name}." for name in ("council_schemas", "federation", "feeds", "journey", "portal"))
MISSING = object()


def _settings() -> Settings:
    """What loading depends on: the settings, and the environment's variables that go before them."""
    variables = [os.environ.get(name) for name in CONFIG_FROM_ENV_VARS.values()]
    return copy.deepcopy({**config.copy(), ENVIRONMENT: variables})


def _changed(now: Settings, then: Settings) -> dict[str, Any] | None:
    """The settings that are read when used and differ; None where another differs, which wants a new load."""
    names = [key for key in now.keys() | then.keys() if now.get(key, MISSING) != then.get(key, MISSING)]
    if not all(key.startswith(AT_USE) for key in names):
        return None
    return {key: now.get(key, MISSING) for key in names}


def _restore(settings: Settings, changed: dict[str, Any]) -> None:
    """The settings as loading left them, and what else loading does for a test that follows another."""
    config.clear()
    config.update(copy.deepcopy({key: value for key, value in settings.items() if key != ENVIRONMENT}))
    for key, value in changed.items():
        if value is MISSING:
            config.pop(key, None)
        else:
            config[key] = config_declaration[Key.from_string(key)].normalize(value)
    logic.clear_actions_cache()
    logic.clear_validators_cache()
    authz.clear_auth_functions_cache()
    model.Session.remove()
    if sa.inspect(model.ensure_engine()).has_table("user"):
        logic.get_action("get_site_user")({"ignore_auth": True}, {})
    app_globals.app_globals._init()


class Loaded:
    """What is loaded now, with the settings before and after the loading of the plugins and of the application."""

    before: Settings = {}
    after: Settings = {}
    app: Any = None
    app_after: Settings = {}
    app_config: Settings = {}

    def plugins(self) -> None:
        changed = _changed(_settings(), self.before) if self.before else None
        if changed is not None:
            _restore(self.after, changed)
            return
        self.forget()
        before = _settings()
        plugins.load_all()
        self.before, self.after = before, _settings()

    def application(self) -> helpers.CKANTestApp:
        changed = _changed(_settings(), self.after) if self.after else None
        if changed is None:
            self.forget()  # loaded with the settings of this test alone
            return helpers._get_test_app()
        if not self.app:
            _restore(self.after, {})
            made = helpers._get_test_app()
            self.app, self.app_after, self.app_config = made.app, _settings(), dict(made.flask_app.config)
        _restore(self.app_after, changed)
        app_globals.reset()
        made = helpers.CKANTestApp(self.app)
        made.flask_app.config.clear()
        made.flask_app.config.update(self.app_config)
        return made

    def forget(self) -> None:
        self.before, self.after, self.app, self.app_after, self.app_config = {}, {}, None, {}, {}


LOADED = Loaded()


@pytest.fixture(autouse=True)
def nothing_left_loaded(request: pytest.FixtureRequest) -> None:
    """A test that asks for no plugins has none."""
    if "with_plugins" not in request.fixturenames and LOADED.before:
        LOADED.forget()
        plugins.unload_all()


@pytest.fixture
def with_plugins(ckan_config: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The plugins of the setting ``ckan.plugins`` and no others."""
    monkeypatch.setitem(ckan_config, "ckan.plugins", aslist(ckan_config["ckan.plugins"]))
    LOADED.plugins()
    yield
    if not LOADED.before:
        plugins.unload_all()


@pytest.fixture
def make_app(ckan_config: Any) -> Callable[[], helpers.CKANTestApp]:
    """A function that gives the application for the settings as they are when it is called."""
    app_globals._CONFIG_CACHE.clear()
    return LOADED.application


@pytest.fixture(scope="session")
def migrate_db_for() -> Callable[..., None]:
    """CKAN's, once for each plugin; it also leaves an engine without a pool behind, which made every test slow."""
    migrated: set[str] = set()

    def migrate(plugin: str, version: str = "head", forward: bool = True) -> None:
        engine, to_head = model.ensure_engine(), version == "head" and forward
        if to_head and plugin in migrated and sa.inspect(engine).has_table(f"{plugin}_alembic_version"):
            return
        _run_migrations(plugin, version, forward)
        model.init_model(engine)
        migrated.add(plugin) if to_head else migrated.discard(plugin)

    return migrate
