"""The harvest, as stages: fetch, dialects, convert, compare, guard, apply; store keeps, run orders."""
