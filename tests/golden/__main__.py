"""`python -m tests.golden [DIR]`: see `harness`."""

import sys

from tests.golden.harness import main

sys.exit(main())
