"""One benchmark a file: see registry.py."""
