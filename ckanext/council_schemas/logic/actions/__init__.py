"""Actions, one module a subject; logic/action.py lists those that CKAN gets."""
