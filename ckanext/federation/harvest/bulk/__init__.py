"""Many new datasets in one transaction, with what ``package_create`` would have done of each.

``package_create`` validates, writes, dictizes, records and indexes one dataset with about a hundred queries. Here a batch
shares them: ``rows`` writes, ``shown`` is ``package_show`` of each, ``activities`` the activity stream, ``documents`` what the
search index gets. Validators, plugin hooks, permission labels and signals are CKAN's and are called for each dataset. What
is not sure to go well (a record that the form refuses, a batch that breaks) is left to the one-by-one path.
"""

from .batch import Bulk
from .others import allowed

__all__ = ["Bulk", "allowed"]
