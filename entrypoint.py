#!/usr/bin/env python3
"""What the image runs: hands over to cluster_provision.cli."""

import atexit
import gc

# A run is short and imports much: collecting garbage in between, and once more at the end, costs a tenth of its own
# time and frees nothing.
gc.disable()
atexit.register(gc.freeze)

from cluster_provision.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
