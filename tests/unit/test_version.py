"""The images carry both packages, under one version."""

from __future__ import annotations

import cluster_provision
import embedded_cloud


def test_both_packages_have_the_same_version() -> None:
    assert embedded_cloud.__version__ == cluster_provision.__version__
