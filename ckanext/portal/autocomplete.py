"""What to suggest to a reader who types: titles, organisations and tags, of datasets that the reader may see."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit as tk
from ckan.types import Context

from . import cache
from .search import words

LONGEST = 60  # characters of what was typed that are looked at
FACETS = ["organization", "tags"]


def suggestions(context: Context, typed: str, limit: int) -> list[dict[str, str]]:
    """At most `limit` suggestions, best first: {"kind", "label", "url", "detail"}.

    Half the places at most go to organisations and tags, so that titles are never crowded out.
    """
    found = words(typed[:LONGEST])
    if not found or not limit:
        return []
    named = _organisations_and_tags(context, found)[: max(1, limit // 2)]
    titles = _titles(context, found, limit)
    return (titles[: limit - len(named)] + named)[:limit]


def _titles(context: Context, typed: list[str], limit: int) -> list[dict[str, str]]:
    # title_ngram holds pieces of 2 to 10 letters, so a longer word is looked for by its first ten.
    query = " ".join(word[:10] for word in typed)
    found = tk.get_action("package_search")(
        _fresh(context),
        {
            "q": query,
            "qf": "title_ngram^2 title^8 name_ngram",
            "defType": "edismax",
            "mm": "100%",
            "fl": ["name", "title", "organization", "dataset_type"],
            "rows": limit,
            "facet": "false",
            "include_private": True,
        },
    )
    return [
        {
            "kind": "dataset",
            "label": each.get("title") or each["name"],
            "url": tk.url_for(f"{each.get('dataset_type') or 'dataset'}.read", id=each["name"]),
            "detail": "",
        }
        for each in found["results"]
    ]


def _organisations_and_tags(context: Context, typed: list[str]) -> list[dict[str, str]]:
    facets = cache.for_public("facets", lambda: _facets(context))
    found = []
    for kind, argument in (("organization", "organization"), ("tag", "tags")):
        for item in facets.get(argument, []):
            if matches(item["display_name"], typed):
                count = item["count"]
                url = tk.url_for("dataset.search", **{argument: item["name"]})
                detail = tk.ungettext("{number} dataset", "{number} datasets", count).format(number=count)
                found.append(
                    {"kind": kind, "label": item["display_name"], "url": url, "detail": detail, "count": count}
                )
    found.sort(key=lambda each: (each["kind"] == "tag", -each.pop("count")))
    return found


def _facets(context: Context) -> dict[str, list[dict[str, Any]]]:
    asked = {"rows": 0, "facet.field": FACETS, "facet.limit": 2000, "include_private": True}
    found = tk.get_action("package_search")(_fresh(context), asked)
    return {name: facet["items"] for name, facet in found["search_facets"].items()}


def matches(label: str, typed: list[str]) -> bool:
    """True if each word typed begins a word of the label."""
    labels = words(label)
    return all(any(each.startswith(word) for each in labels) for word in typed)


def _fresh(context: Context) -> Context:
    return {key: context[key] for key in ("user", "auth_user_obj") if key in context}  # type: ignore[return-value]
