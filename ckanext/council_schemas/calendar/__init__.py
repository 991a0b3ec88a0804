"""The Transparency Code calendar: what a council has to publish, by when, and what the portal holds of it."""
