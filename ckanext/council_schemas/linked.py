"""Records that point at each other: a series and its datasets, a project and its data, a use area and what came of it.

Looked up in the search index, as whoever asks: nobody sees the title of what he may not read.
"""

from typing import Any

import ckan.plugins.toolkit as tk

from . import series

Dict = dict[str, Any]
DATASET, SERIES, PROJECT = "dataset", series.TYPE, "analytics-project"
# A series of weekly files over twenty years has about a thousand.
MANY = 1000
# The browser's list of suggestions; whoever has more datasets pastes an address.
SUGGESTED = 500


def found(fq: str, rows: int = MANY, public: bool = False, **more: Any) -> list[Dict]:
    """Records that match a Solr filter: those that this person may read, or the public's."""
    query = {"fq": fq, "rows": min(rows, MANY), "include_private": not public, "facet": False, **more}
    return tk.get_action("package_search")({"user": "" if public else _user()}, query)["results"]


def _user() -> str:
    try:
        return tk.current_user.name
    except (AttributeError, RuntimeError):  # outside a request
        return ""


def count(fq: str) -> int:
    """How many public records match a Solr filter."""
    return tk.get_action("package_search")({"user": ""}, {"fq": fq, "rows": 0, "facet": False})["count"]


def members(the_series: Dict, public: bool = False) -> list[Dict]:
    """The datasets of a series, in its order."""
    return series.ordered(
        found(f'+dataset_type:dataset +vocab_in_series:"{the_series["id"]}"', public=public), the_series
    )


def projects_of(dataset_id: str) -> list[Dict]:
    """The analytics projects that say they used a dataset."""
    return found(f'+dataset_type:{PROJECT} +vocab_datasets:"{dataset_id}"', sort="title_string asc")


def by_ids(ids: list[str], public: bool = False) -> list[Dict]:
    """The records with these ids that may be read, in the order of the ids."""
    wanted = [each for each in ids if each][:MANY]
    if not wanted:
        return []
    quoted = " OR ".join(f'"{each}"' for each in wanted)
    at = {each["id"]: each for each in found(f"+id:({quoted})", public=public)}
    return [at[each] for each in wanted if each in at]
