"""Releases of a file: each published one is kept, and what changed from one to the next is worked out row by row."""
