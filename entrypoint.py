#!/usr/bin/env python3
"""What the image runs: hands over to cluster_provision.cli."""

from cluster_provision.cli import main

if __name__ == "__main__":
    main()
