"""A chain of portals: what is published in one is found in the portal that harvests the portal that harvests it."""
