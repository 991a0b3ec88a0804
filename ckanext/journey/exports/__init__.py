"""A dataset's public journey in formats that other tools read; `registry` lists them."""
