"""`python -m ckanext.council_schemas.check FILE --as spend`: the check without a portal."""

from .command import check

if __name__ == "__main__":
    check(prog_name="./portal check")
