"""Alembic's environment: the plugin's tables only, with a version table of their own."""

import os

from alembic import context
from sqlalchemy import engine_from_config, pool

from ckan.model.meta import metadata

config = context.config
name = os.path.basename(os.path.dirname(__file__))
options = {
    "target_metadata": metadata,
    "version_table": f"{name}_alembic_version",
    "include_object": lambda _object, label, kind, *_others: kind != "table" or label.startswith(f"{name}_"),
}

if context.is_offline_mode():
    context.configure(url=config.get_main_option("sqlalchemy.url"), literal_binds=True, **options)
    with context.begin_transaction():
        context.run_migrations()
else:
    section = config.get_section(config.config_ini_section) or {}
    with engine_from_config(section, prefix="sqlalchemy.", poolclass=pool.NullPool).connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
