"""Stock CKAN with ckanext-harvest and ckanext-dcat: harvests as its gather and fetch consumers do, in one process."""

import sys
from typing import Any

import wire


def source(name: str, url: str, kind: str, owner: str, config: str = "") -> str:
    """Makes a harvest source; returns its id."""
    from catalogue import context
    from ckan.plugins import toolkit

    made = {
        "name": name,
        "title": name,
        "url": url,
        "source_type": kind,
        "owner_org": owner,
        "config": config,
        "frequency": "MANUAL",
    }
    return toolkit.get_action("harvest_source_create")(context(), made)["id"]


def _drain(consumer: Any, callback: Any, queue: str) -> int:
    """What `ckan harvester gather-consumer` and `fetch-consumer` do, until nothing waits."""
    done = 0
    while True:
        method, header, body = consumer.basic_get(queue=queue)
        if body is None:
            return done
        callback(consumer, method, header, body)
        done += 1


def _run(source_id: str) -> dict[str, Any]:
    from catalogue import context
    from ckan import model
    from ckan.plugins import toolkit
    from ckanext.harvest import queue

    job = toolkit.get_action("harvest_job_create")(context(), {"source_id": source_id, "run": True})
    _drain(queue.get_gather_consumer(), queue.gather_callback, queue.get_gather_queue_name())
    _drain(queue.get_fetch_consumer(), queue.fetch_callback, queue.get_fetch_queue_name())
    everything: Any = {**context(), "model": model, "session": model.Session}
    toolkit.get_action("harvest_jobs_run")(everything, {"source_id": source_id})
    return job


def harvest(source_id: str) -> dict[str, Any]:
    """One job from its creation to its end; {"seconds", "status", "stats"}."""
    from catalogue import context
    from ckan.plugins import toolkit

    seconds, job = wire.timed(lambda: _run(source_id))
    shown = toolkit.get_action("harvest_job_show")(context(), {"id": job["id"]})
    return {"seconds": seconds, "status": shown["status"], "stats": shown["stats"]}


def harvested(source_id: str) -> list[dict[str, Any]]:
    """What a source's datasets say here, in the terms of `records.py` as far as stock CKAN has them."""
    from catalogue import context
    from ckan import model
    from ckan.plugins import toolkit
    from ckanext.harvest.model import HarvestObject

    query = model.Session.query(HarvestObject.package_id).filter_by(harvest_source_id=source_id, current=True)
    shown = [toolkit.get_action("package_show")(context(), {"id": package_id}) for (package_id,) in query]
    return [_facts(dataset) for dataset in shown]


def _facts(dataset: dict[str, Any]) -> dict[str, Any]:
    extras = {extra["key"]: extra["value"] for extra in dataset["extras"]}
    kept = ("identifier", "issued", "modified", "contact_name", "contact_email", "publisher_name", "theme")
    files = [{key: file.get(key) for key in ("name", "description", "url", "format")} for file in dataset["resources"]]
    return {
        **{key: dataset[key] for key in ("title", "notes", "url", "license_id")},
        **{key: extras.get(key) for key in kept},
        "keywords": sorted(tag["name"] for tag in dataset["tags"]),
        "files": sorted(files, key=lambda file: file["url"]),
    }


if __name__ == "__main__":
    import catalogue

    wire.serve(sys.argv[1], {**catalogue.COMMANDS, "source": source, "harvest": harvest, "harvested": harvested})
