"""`python -m medcare_train` is the command `medcare-train`."""

import sys

from medcare_train.cli import main

sys.exit(main())
