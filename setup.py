"""Packages and entry points; metadata and tool settings are in pyproject.toml."""

from setuptools import find_namespace_packages, setup

PLUGINS = {
    "portal": "PortalPlugin",
    "council_schemas": "CouncilSchemasPlugin",
    "federation": "FederationPlugin",
    "feeds": "FeedsPlugin",
    "journey": "JourneyPlugin",
}

setup(
    packages=find_namespace_packages(include=["ckanext.*"]),
    include_package_data=True,
    package_data={
        "": ["*.yaml", "*.yml", "*.html", "*.css", "*.js", "*.svg", "*.json", "*.csv", "*.mo", "*.po", "*.sql"]
    },
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
