"""Signals that others may listen to, on ``toolkit.signals.ckanext``.

* ``federation:fetched`` (sender: node's name): run_id, url, sha256, bytes, records; at, where it was read some time ago;
* ``federation:imported`` (sender: node's name): package_id, run_id, node (dict), upstream_id, outcome (created, updated
  or restored), content_hash, upstream_modified, url (upstream page), raw_sha256; hops and met (lists of dicts, harvest/hops.py):
  the portals that the dataset passed before this one, the origin first, and others where the same dataset was met;
* ``federation:withdrawn`` (sender: node's name): package_id, run_id, node (dict), upstream_id, reason.

They are sent once the change is in the database. Of many datasets made together, ``federation:imported`` also has
``together`` (``harvest/bulk/together.py``), as has the context of their hooks: a listener may do its part once for all.
"""

from __future__ import annotations

from ckan.plugins import toolkit

fetched = toolkit.signals.ckanext.signal("federation:fetched")
imported = toolkit.signals.ckanext.signal("federation:imported")
withdrawn = toolkit.signals.ckanext.signal("federation:withdrawn")
