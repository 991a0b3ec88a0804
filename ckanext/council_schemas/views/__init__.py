"""The plugin's pages; each subject has its module."""

from .bulk import council_bulk
from .calendar import council_calendar
from .exports import council_exports
from .review import council_review
from .use_areas import council_use_areas

__all__ = ["council_bulk", "council_calendar", "council_exports", "council_review", "council_use_areas"]
