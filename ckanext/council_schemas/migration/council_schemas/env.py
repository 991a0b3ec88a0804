"""Runs this plugin's migrations; the folder's name is the plugin's."""

import os

from alembic import context
from sqlalchemy import engine_from_config, pool

from ckan.model.meta import metadata

config = context.config
name = os.path.basename(os.path.dirname(__file__))
OPTIONS = {"target_metadata": metadata, "version_table": f"{name}_alembic_version"}


def include_object(_object, object_name, type_, _reflected, _compare_to):
    return object_name.startswith(name) if type_ == "table" else True


def run_migrations_offline():
    url = config.get_main_option("sqlalchemy.url")
    context.configure(url=url, literal_binds=True, include_object=include_object, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online():
    section = config.get_section(config.config_ini_section) or {}
    connectable = engine_from_config(section, prefix="sqlalchemy.", poolclass=pool.NullPool)
    with connectable.connect() as connection:
        context.configure(connection=connection, include_object=include_object, **OPTIONS)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
