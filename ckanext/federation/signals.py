"""Signals that others may listen to, on ``toolkit.signals.ckanext``.

* ``federation:fetched`` (sender: node's name): run_id, url, sha256, bytes, records;
* ``federation:imported`` (sender: node's name): package_id, run_id, node (dict), upstream_id, outcome (created, updated
  or restored), content_hash, upstream_modified, url (upstream page), raw_sha256;
* ``federation:withdrawn`` (sender: node's name): package_id, run_id, node (dict), upstream_id, reason.

They are sent once the change is in the database.
"""

from __future__ import annotations

from ckan.plugins import toolkit

fetched = toolkit.signals.ckanext.signal("federation:fetched")
imported = toolkit.signals.ckanext.signal("federation:imported")
withdrawn = toolkit.signals.ckanext.signal("federation:withdrawn")
