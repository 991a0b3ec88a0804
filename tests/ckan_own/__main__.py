"""`python -m tests.ckan_own [PYTEST ARGUMENTS]`: see the package."""

import os
import sys

from . import run

sys.exit(run(os.environ, tuple(sys.argv[1:])))
