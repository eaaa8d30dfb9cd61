"""`python -m natoqa` is `natoqa`."""

import sys

from natoqa.cli import main

sys.exit(main())
