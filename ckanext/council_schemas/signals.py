"""Signals about uploaded files, each with ``resource_id`` as its sender.

All carry ``check_id``, ``resource_id``, ``package_id``, ``sha256`` (hex, of the file as uploaded; empty before it was
read), ``name``, ``user_id`` (empty for the portal itself) and ``held`` (the public cannot see it). They are sent after the
commit of what they tell.

``council_schemas:file_held``: a file waits for its check.
``council_schemas:file_checked``: with ``state`` (passed, problems, personal, unreadable), ``table``, ``rows``, ``bytes``,
``problems``, ``warnings``, ``personal`` (counts).
``council_schemas:file_waived``: problems were waived, with ``reason`` and ``problems``.
``council_schemas:personal_data_decided``: with ``decision`` (proposed, approved, refused, redacted), ``reason``,
``cells`` (count), ``proposed_by``, ``reason_codes`` (code: count) for redactions.
``council_schemas:file_tidied``: with ``changes`` (rule: count), ``rows``, and of the copy that took the file's place
``tidied_sha256``, ``tidied_rows``, ``tidied_resource_id``, ``tidied_name``; these also come with the decision ``redacted``.
``council_schemas:file_released``: the public can read it, with ``how`` (passed, waived, approved).
"""

from ckan.plugins import toolkit

_namespace = toolkit.signals.ckanext

file_held = _namespace.signal("council_schemas:file_held")
file_checked = _namespace.signal("council_schemas:file_checked")
file_waived = _namespace.signal("council_schemas:file_waived")
personal_data_decided = _namespace.signal("council_schemas:personal_data_decided")
file_tidied = _namespace.signal("council_schemas:file_tidied")
file_released = _namespace.signal("council_schemas:file_released")
