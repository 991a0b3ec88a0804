"""Runs the plugin's migrations; its version is kept in `journey_alembic_version`."""

import os

from alembic import context
from sqlalchemy import engine_from_config, pool

from ckanext.journey.model import metadata  # pyright: ignore[reportMissingImports]

config = context.config
name = os.path.basename(os.path.dirname(__file__))


def include_object(object, object_name, type_, reflected, compare_to):
    """Only our own tables: CKAN's and other plugins' are not ours to compare."""
    return type_ != "table" or object_name.startswith(f"{name}_")


settings = {
    "target_metadata": metadata,
    "version_table": f"{name}_alembic_version",
    "include_object": include_object,
}

if context.is_offline_mode():
    context.configure(url=config.get_main_option("sqlalchemy.url"), literal_binds=True, **settings)
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = engine_from_config(
        config.get_section(config.config_ini_section) or {}, prefix="sqlalchemy.", poolclass=pool.NullPool
    )
    with engine.connect() as connection:
        context.configure(connection=connection, **settings)
        with context.begin_transaction():
            context.run_migrations()
