"""Reads the names of Slurm's clusters."""

from __future__ import annotations

from cluster_provision.settings.readers.texts import Text

# slurm.conf(5), ClusterName: at most 40 characters, and upper case is mapped to lower case by the database.
LONGEST_CLUSTER = 40
CLUSTER_NAME = Text(
    "cluster's name",
    "[a-z]([a-z0-9-]*[a-z0-9])?",
    "allowed are lower-case letters, digits and hyphens, beginning with a letter and ending with a letter or digit, at "
    f"most {LONGEST_CLUSTER}",
    longest=LONGEST_CLUSTER,
    hints=(
        ("<.*>|\\[.*\\]|\\$.*", "this is a placeholder; replace it with your own"),
        (".*[A-Z].*", "Slurm's database knows clusters by lower-case names alone"),
    ),
)
