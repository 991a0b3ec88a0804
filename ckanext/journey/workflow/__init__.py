"""A release's way to publication: privacy, validation, approval by a second person, schedule, withdrawal."""
