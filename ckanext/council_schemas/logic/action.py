"""The plugin's actions; each subject has its module in actions/."""

from typing import Any

from .actions.bulk import (
    council_bulk_apply,
    council_bulk_cancel,
    council_bulk_export,
    council_bulk_list,
    council_bulk_plan,
    council_bulk_show,
)
from .actions.calendar import (
    council_calendar_confirm,
    council_calendar_duty_update,
    council_calendar_list,
    council_calendar_seen,
    council_calendar_show,
)
from .actions.exports import council_export
from .actions.metadata import council_vocabulary_list, council_vocabulary_show, package_patch
from .actions.review import (
    file_check_list,
    file_check_mapping_update,
    file_check_run,
    file_check_show,
    file_check_unreleased,
    file_check_waive,
)
from .actions.review_copies import file_check_copy, file_check_copy_drop, file_check_copy_use
from .actions.review_hold import chained

__all__ = [
    "council_bulk_apply",
    "council_bulk_cancel",
    "council_bulk_export",
    "council_bulk_list",
    "council_bulk_plan",
    "council_bulk_show",
    "council_calendar_confirm",
    "council_calendar_duty_update",
    "council_calendar_list",
    "council_calendar_seen",
    "council_calendar_show",
    "council_export",
    "council_vocabulary_list",
    "council_vocabulary_show",
    "file_check_copy",
    "file_check_copy_drop",
    "file_check_copy_use",
    "file_check_list",
    "file_check_mapping_update",
    "file_check_run",
    "file_check_show",
    "file_check_unreleased",
    "file_check_waive",
    "package_patch",
]

_OWN = {name: globals()[name] for name in __all__}


def get_actions() -> dict[str, Any]:
    """The plugin's own, and those chained where there is something to chain to."""
    return _OWN | chained()
