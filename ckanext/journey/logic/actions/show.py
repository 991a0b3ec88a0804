"""Actions that read and make again what pages show of journeys."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk

from ... import access, downloads, path, projection, read, retirement, store, upgrading
from .proof import stream_of
from .shared import number


@tk.side_effect_free
def journey_show(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """A dataset's journey, as far as the caller may see it.

    :param id: the dataset's id or name
    :param limit: how many of the latest steps, 1 to 500 (optional, default: 500)
    :param offset: how many of the latest steps to leave out (optional, default: 0)
    :param public: only what everyone may see, whoever asks, as feeds and exports show it (optional, default: no)

    :returns: `dataset`, `stage` (draft, published, withdrawn or None), `since`, `total` (number of steps), `systems`, `retiring`
      (those of them that are switched off already or will be within a year),
      `steps` (in the order of the way, each with `inputs`, `outputs`, `rows`, `evidence`), `hops`, `path` (what the
      picture shows), `score` (`total` out of 100, `band`, `parts`), `downloads` (`total`, `recent`: in 30 days, `since`); editors also get `failures`, what could not be recorded
    """
    tk.check_access("journey_show", context, data_dict)
    package = model.Package.get(tk.get_or_bust(data_dict, "id"))
    if package is None:
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    limit = min(max(number(data_dict, "limit", read.LIMIT), 1), read.LIMIT)
    reader = access.PUBLIC if tk.asbool(data_dict.get("public")) else access.allowed(context, package)
    found = read.journey(model.Session.connection(), package.id, reader, limit, number(data_dict, "offset", 0))
    if "organisation" not in reader.sees:
        found.pop("failures")
    found["retiring"] = retirement.retiring(model.Session.connection(), [package.id]).get(package.id, [])
    found["path"] = path.stations(found)
    found["downloads"] = downloads.summary(model.Session.connection(), package.id)
    return {"dataset": {"id": package.id, "name": package.name, "title": package.title}, **found}


@tk.side_effect_free
def journey_event_list(context: Any, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Events of the ledger as they stand, oldest first. For administrators of the organisation.

    :param organization: the organisation's id or name; sysadmins may leave it out and read every stream
    :param dataset: only this dataset's events, by id or name (optional)
    :param after: only events of a greater sequence (optional, default: 0)
    :param limit: at most 1000 (optional, default: 100)

    :returns: list of dicts of stream, sequence, type, recorded, package, raw (text), hash, previous
    """
    tk.check_access("journey_event_list", context, data_dict)
    stream = stream_of(data_dict)
    package = None
    if data_dict.get("dataset"):
        found = model.Package.get(data_dict["dataset"])
        if found is None:
            raise tk.ObjectNotFound(tk._("Dataset not found"))
        package = found.id
    limit = min(number(data_dict, "limit", 100), 1000)
    return store.events(model.Session.connection(), stream, package, number(data_dict, "after", 0), limit)


def journey_rebuild(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Make every table that pages read again from the ledger. For sysadmins.

    :param if_needed: only if an earlier version of this software made them (optional, default: no)

    :returns: `events`, the number of events read, and `needed`, whether anything was done
    """
    tk.check_access("journey_rebuild", context, data_dict)
    needed = tk.asbool(data_dict.get("if_needed") or False)
    count = upgrading.rebuild(model.Session.connection(), needed, context.get("journey_progress"))
    model.Session.commit()
    return {"events": count or 0, "needed": count is not None}


@tk.side_effect_free
def journey_rebuild_show(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Whether the tables that pages read are to be made again after an upgrade, and how far that has come. For sysadmins.

    :returns: `version` (by which they were made), `wanted` (this software's), `running` (None, or `done` of `total` events)
    """
    tk.check_access("journey_rebuild_show", context, data_dict)
    version = upgrading.made_by(model.Session.connection())
    return {"version": version, "wanted": projection.VERSION, "running": upgrading.progress()}
