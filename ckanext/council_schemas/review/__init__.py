"""Uploaded files: waiting, checked, held or released, and what people decided about them."""
