"""What the home page shows: from one search, and the figures."""

from __future__ import annotations

import logging
from typing import Any

from ckan.common import current_user
from ckan.lib.search import SearchError, SolrConnectionError
from ckan.plugins import toolkit as tk

log = logging.getLogger(__name__)

NEWEST = 6
THEMES, ORGANISATIONS = "vocab_theme", "organization"


def contents(context: Any) -> dict[str, Any]:
    """{"figures", "themes", "organisations", "newest", "search_facets", "search_is_away"}."""
    asked = {
        "fq": "+capacity:public +dataset_type:dataset",
        "facet.field": [THEMES, ORGANISATIONS, "res_format", "tags"],
        "facet.limit": 50,
        "rows": NEWEST,
        "sort": "metadata_modified desc",
    }
    try:
        found = tk.get_action("package_search")(_fresh(context), asked)
    except (SearchError, SolrConnectionError) as error:
        log.warning("The home page is shown without datasets: %s", error)
        found = None
    facets = found["search_facets"] if found else {}
    return {
        "figures": tk.get_action("portal_figures")(_fresh(context), {}),
        "themes": _most(facets, THEMES),
        "organisations": _most(facets, ORGANISATIONS),
        "tags": _most(facets, "tags")[:8],
        "newest": found["results"] if found else [],
        "search_facets": facets,
        "search_is_away": found is None,
    }


def _fresh(context: Any) -> Any:
    """A context of its own for each action: they write into it."""
    return dict(context)


def _most(facets: dict[str, Any], name: str) -> list[dict[str, Any]]:
    items = facets.get(name, {}).get("items", [])
    return sorted(items, key=lambda item: (-item["count"], item["display_name"].lower()))


def ask_for_email() -> None:
    """As CKAN's own home page does: without an address, a password cannot be reset."""
    if current_user.is_authenticated and not current_user.email:
        message = tk._("Add your email address to {link}, in case you need to reset your password.")
        link = tk.h.link_to(tk._("your profile"), tk.url_for("user.edit"))
        tk.h.flash_notice(tk.literal(message.format(link=link)), allow_html=True)
