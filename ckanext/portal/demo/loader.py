"""Load the demo through CKAN's actions. Can be stopped at any moment and run again: what is there is left alone."""

import io
import time
from collections.abc import Callable, Mapping
from typing import Any

from ckan import model
from ckan import plugins as p
from ckan.plugins import toolkit as tk
from werkzeug.datastructures import FileStorage

from . import build, charts, describe
from .seeds import Seed, Seeds

Say = Callable[[str], None]
NEEDED = ("scheming_datasets", "scheming_organizations", "council_schemas")


class DemoError(Exception):
    """The demo cannot go on; the message says why and what to do."""


def has(action: str) -> bool:
    """Whether a plugin offers an action."""
    try:
        tk.get_action(action)
    except KeyError:
        return False
    return True


def act(action: str, data: Mapping[str, Any], what: str = "", **context: Any) -> Any:
    """Call an action as the site's own user; DemoError names ``what`` it was about."""
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    try:
        return tk.get_action(action)({"user": user["name"], "ignore_auth": True, **context}, dict(data))  # type: ignore[typeddict-item]
    except tk.ValidationError as error:
        raise DemoError(f"{what or action}: {action} refused: {error.error_dict}") from error


class Loader:
    """One run. ``say`` gets a line of progress at a time."""

    def __init__(self, seeds: Seeds, say: Say) -> None:
        self.seeds, self.say = seeds, say
        self.charts: dict[str, dict[str, Any]] = {}

    def council(self) -> None:
        """Organisations, legacy systems, datasets with files, journeys."""
        absent = [name for name in NEEDED if not p.plugin_loaded(name)]
        if absent:
            raise DemoError(f"the demo's datasets need the plugins {', '.join(absent)}: add them to ckan.plugins")
        self._organisations()
        self._systems()
        self._records("Series", [describe.series(self.seeds, each) for each in self.seeds.series()])
        self.say("Making the files ...")
        built = build.build_all(self.seeds)
        files = [file for one in built.values() for file in one.files]
        self.say(f"{len(files)} files, {sum(file.artefact.rows for file in files):,} rows made")
        for dataset in self.seeds.datasets:
            started = time.monotonic()
            done = self._dataset(dataset, built[dataset["name"]])
            self.say(f"{dataset['name']}: {done} ({time.monotonic() - started:.1f} s)")
        self._records("Projects", [describe.project(self.seeds, each) for each in self.seeds.projects()])

    def _organisations(self) -> None:
        there = set(act("organization_list", {}))
        new = [seed for seed in self.seeds.council["organisations"] if seed["name"] not in there]
        for seed in new:
            act("organization_create", describe.organisation(seed), seed["name"])
        self.say(f"Organisations: {len(new)} new, {len(self.seeds.council['organisations']) - len(new)} there")

    def _systems(self) -> None:
        if not has("journey_system_create"):
            self.say("Legacy systems: left out, the plugin journey is not on")
            return
        for seed in self.seeds.council["systems"]:
            act("journey_system_create", describe.system(seed), seed["name"], defer_commit=True)
        model.repo.commit()
        self.say(f"Legacy systems: {len(self.seeds.council['systems'])}")

    def _records(self, what: str, wanted: list[dict[str, Any]]) -> None:
        """Series come before their datasets and projects after theirs, as each names what has to be there."""
        new = [each for each in wanted if not _there(each["id"])]
        for each in new:
            act("package_create", each, each["name"])
        self.say(f"{what}: {len(new)} new, {len(wanted) - len(new)} there")

    def _dataset(self, dataset: Seed, built: build.Built) -> str:
        for file in built.files:
            if settings := describe.chart(file):
                self.charts[describe.resource_id(dataset["name"], file.name)] = settings
        try:
            package = act("package_show", {"id": describe.dataset_id(dataset["name"])})
        except tk.ObjectNotFound:
            return self._new(dataset, built)
        if package["state"] == "deleted":
            return "was deleted here, left alone"
        there = {one["id"]: one for one in package.get("resources", [])}
        sent = sum(self._renewed(dataset, file, there) for file in built.files)
        steps = "" if not has("journey_show") or self._has_journey(package["id"]) else self._journey(dataset, built)
        return f"{sent} files sent, {len(built.files) - sent} there{steps}"

    def _new(self, dataset: Seed, built: build.Built) -> str:
        """A dataset with its files and its journey, in one transaction: killed before its end, nothing of it is there.

        Private until the files are in, so that its journey says "published" when there is something to read.
        """
        told = describe.package(self.seeds, dataset, built)
        act("package_create", {**told, "private": True}, dataset["name"], defer_commit=True)
        steps = self._journey(dataset, built, last=False)
        files = [_sent(describe.resource(dataset, file), file) for file in built.files]
        act("package_update", {**told, "resources": files}, dataset["name"])
        return f"{len(files)} files{steps}"

    def _renewed(self, dataset: Seed, file: build.File, there: Mapping[str, Any]) -> bool:
        """Whether a file of a dataset that is there had to be sent: it was not there, or was another one."""
        told = describe.resource(dataset, file)
        present = there.get(told["id"])
        if present and _holds(present, file):
            return False
        action = "resource_update" if present else "resource_create"
        told["package_id"] = describe.dataset_id(dataset["name"])
        act(action, _sent(told, file), f"{dataset['name']}/{file.name}")
        return True

    def _has_journey(self, package_id: str) -> bool:
        return any(step["capture"] == "manual" for step in act("journey_show", {"id": package_id})["steps"])

    def _journey(self, dataset: Seed, built: build.Built, last: bool = True) -> str:
        """Tell the steps; the last of them commits, if it is the ``last`` thing to do."""
        if not has("journey_step_create"):
            return ", no journey: the plugin is not on"
        steps = describe.steps(self.seeds, dataset, built)
        for index, step in enumerate(steps, 1):
            act("journey_step_create", step, dataset["name"], defer_commit=not last or index < len(steps))
        return f", {len(steps)} steps"

    def previews(self) -> None:
        """Maps at once; files into the queue for the DataStore, those with charts first; then the charts."""
        files = [one for dataset in self.seeds.datasets for one in self._files(dataset["name"])]
        self._maps([one["id"] for one in files if one["format"] == "GeoJSON"])
        files = [one for one in files if one["format"] == "CSV"]
        if not has("xloader_submit"):
            self.say("Tables and charts: left out, the plugin xloader is not on")
            return
        queue = [str(job["title"]) for job in act("job_list", {})]
        # ckanext-xloader names the resource last in the title of a load.
        loading = {title.rpartition(" ")[2] for title in queue if "xloader_submit" in title}
        absent = [one["id"] for one in files if not one.get("datastore_active")]
        waiting = [id_ for id_ in absent if id_ not in loading]
        queued = sum(_submitted(id_) for id_ in waiting if id_ in self.charts)
        self._charts(waits=charts.TITLE in queue)
        queued += sum(_submitted(id_) for id_ in waiting if id_ not in self.charts)
        self.say(
            f"Tables: {queued} files put in the queue, {len(absent) - len(waiting)} in it, {len(files) - len(absent)} done"
        )

    def _files(self, name: str) -> list[dict[str, Any]]:
        package = act("package_show", {"id": describe.dataset_id(name)})
        return [] if package["state"] == "deleted" else package["resources"]

    def _maps(self, geojson: list[str]) -> None:
        if not p.plugin_loaded("geojson_view"):
            self.say("Maps: left out, the plugin geojson_view is not on")
            return
        new = [id_ for id_ in geojson if charts.MAP not in charts.view_types(id_)]
        for id_ in new:
            act("resource_view_create", {"resource_id": id_, "view_type": charts.MAP, "title": "Map"})
        self.say(f"Maps: {len(new)} new, {len(geojson) - len(new)} there")

    def _charts(self, waits: bool) -> None:
        if not p.plugin_loaded("charts_view"):
            self.say("Charts: left out, the plugin charts_view is not on")
            return
        wanted = {id_: settings for id_, settings in self.charts.items() if charts.missing(id_)}
        if wanted and not waits:
            charts.later(wanted)
        self.say(
            f"Charts: {len(wanted)} {'in' if waits else 'put in'} the queue, {len(self.charts) - len(wanted)} there"
        )


def _there(record_id: str) -> bool:
    """Also one that was deleted here: it is left alone."""
    try:
        act("package_show", {"id": record_id})
    except tk.ObjectNotFound:
        return False
    return True


def _sent(told: dict[str, Any], file: build.File) -> dict[str, Any]:
    upload = FileStorage(io.BytesIO(file.body), filename=file.name, content_type=told["mimetype"])
    return {**told, "upload": upload}


def _holds(present: Mapping[str, Any], file: build.File) -> bool:
    if present.get("hash"):
        return present["hash"] in describe.checksums(file)
    return present.get("size") == file.artefact.size


def _submitted(resource_id: str) -> bool:
    return bool(act("xloader_submit", {"resource_id": resource_id, "ignore_hash": True}))
