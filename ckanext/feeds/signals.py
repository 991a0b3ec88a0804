"""Signals of this room.

``feeds:rendered``: sender is the dataset's id; ``package_id`` and ``sha256`` (hex, of its N-Triples). Sent inside the
transaction that stores the fragment, each time its content changes.
"""

from ckan.plugins import toolkit

rendered = toolkit.signals.ckanext.signal("feeds:rendered")
