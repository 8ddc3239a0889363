"""Google Cloud's names, as the APIs and provider google 7.45.0 check them."""

from __future__ import annotations

from cluster_provision.settings.readers.texts import Text

# The longest name with the prefix is the firewall rule "<prefix>-dpl-internal" (63 less 13).
# The others leave more room: an instance "<prefix>-vm-xxxx" 55, the template's prefix "<prefix>-" 53 (provider
# google 7.45.0, resource_compute_instance_template.go); the service account shortens its own (30 in all).
LONGEST_PREFIX = 50

_RFC1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
_SENTENCE = "lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen"

NAME_PREFIX = Text(
    "name prefix",
    _RFC1035,
    f"allowed are {_SENTENCE} (RFC 1035), at most {LONGEST_PREFIX}",
    longest=LONGEST_PREFIX,
    hints=(("[a-z0-9-]*[A-Z][A-Za-z0-9-]*", "Google Cloud's names have no capitals; write it in lower case"),),
)

# A domain-scoped project is written `example.com:name`.
PROJECT_ID = Text(
    "project ID",
    "([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+:)?[a-z][-a-z0-9]{4,28}[a-z0-9]",
    f"allowed are 6 to 30 {_SENTENCE}, such as my-project-123 or example.com:my-project",
    longest=128,
    hints=(
        ("[0-9]+", "this looks like the project's number; give its ID (`gcloud projects list`)"),
        (".*[A-Z ].*", "this looks like the project's display name; give its ID (`gcloud projects list`)"),
        ("<.*>|\\[.*\\]|\\$.*", "this is a placeholder; replace it with your project's ID"),
    ),
)

ZONE = Text(
    "zone",
    "[a-z]+(-[a-z]+)*-[a-z]+[0-9]+-([a-z]|ai[0-9]+[a-z])",
    "it looks like us-central1-a (`gcloud compute zones list --project=<PROJECT_ID>`)",
    longest=63,
    hints=(("[a-z]+(-[a-z]+)*-[a-z]+[0-9]+", "this is a region; add the zone's letter, such as -a"),),
)

MACHINE_TYPE = Text(
    "machine type",
    "[a-z][a-z0-9]*(-[a-z0-9]+)+",
    "it looks like a2-highgpu-2g (`gcloud compute machine-types list --project=<PROJECT_ID>`)",
    longest=63,
)

ACCELERATOR_TYPE = Text(
    "accelerator type",
    _RFC1035,
    "it looks like nvidia-tesla-a100 (`gcloud compute accelerator-types list --project=<PROJECT_ID>`)",
    longest=63,
)

IMAGE = Text("name of an image or image family", _RFC1035, f"allowed are {_SENTENCE}", longest=63)

# https://docs.cloud.google.com/compute/docs/instances/reservations-consume, read 2026-11-25: the name of a shared
# reservation includes the project that owns it.
RESERVATION = Text(
    "reservation",
    f"(projects/{PROJECT_ID.pattern}/reservations/)?{_RFC1035}",
    "it looks like my-reservation or projects/other-project/reservations/my-reservation (`gcloud compute reservations "
    "list --project=<PROJECT_ID>`)",
    longest=255,
    hints=(
        (".*/reservation(Sub)?Blocks/.*", "blocks of a reservation can't be chosen in this version; name it alone"),
        ("(.*/)?zones/[^/]+/reservations/.*", "leave zones/... out: the reservation's zone is ZONE's"),
        ("https?://.*", "give its name, not its address"),
    ),
)

# An account made in a project, the Compute Engine default one, App Engine's, and those of domain-scoped projects.
SERVICE_ACCOUNT = Text(
    "service account's e-mail address",
    "[a-z0-9]([-a-z0-9.]*[a-z0-9])?@([a-z0-9]([-a-z0-9]*[a-z0-9])?\\.)*gserviceaccount\\.com",
    "it looks like name@my-project.iam.gserviceaccount.com (`gcloud iam service-accounts list --project=<PROJECT_ID>`)",
    longest=254,
)
