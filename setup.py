"""Packages and entry points; metadata and tool settings are in pyproject.toml."""

from setuptools import find_namespace_packages, setup

PLUGINS = {
    "portal": "PortalPlugin",
    "council_schemas": "CouncilSchemasPlugin",
    "federation": "FederationPlugin",
    "feeds": "FeedsPlugin",
    "journey": "JourneyPlugin",
}
# Migrations bring ini and mako files; the rest are schemas, code lists, pages and their texts.
DATA = ("yaml", "yml", "json", "csv", "html", "css", "js", "svg", "po", "pot", "mo", "sql", "ini", "mako")

setup(
    packages=find_namespace_packages(include=["ckanext.*"]),
    include_package_data=True,
    package_data={"": [f"*.{kind}" for kind in DATA]},
    entry_points={
        "ckan.plugins": [f"{name} = ckanext.{name}.plugin:{cls}" for name, cls in PLUGINS.items()],
        "babel.extractors": ["ckan = ckan.lib.extract:extract_ckan"],
    },
    message_extractors={
        "ckanext": [
            ("**.py", "python", None),
            ("**/templates/**.html", "ckan", None),
        ]
    },
)
