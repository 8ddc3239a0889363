"""What Terraform says of its state's lock: whether somebody else holds it, or why it could not be had or released.

Texts: clistate's "Error acquiring the state lock" and "Error releasing the state lock"; of `terraform init`, which
makes an empty state under a lock of its own, backend/remote-state/gcs and /azure of Terraform 1.11 to 1.14; and
reports: https://github.com/runatlantis/atlantis/issues/4677, https://github.com/hashicorp/terraform/issues/17046,
24289, 25818, 28708, https://github.com/mbode/terraform-state-mover/issues/4 (read 2026-11-30).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cluster_provision.clouds.problems import kind
from cluster_provision.errors import CredentialsError, MachineError, StateLocked, StateStoreError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.clouds.problems import Kind

RELEASING = re.compile(
    r"Error releasing the state lock|unlocking the state file|Error unlocking (?:\w+ )?state|failed to unlock state",
    re.IGNORECASE,
)
ACQUIRING = re.compile(
    r"Error acquiring the state lock|Error locking (?:\w+ )?state|failed to lock (?:\w+ )?state|\.tflock"
    r"|state blob is already locked|\bLease(?:AlreadyPresent|IdMissing|Id?Mismatch\w*|Lost|NotPresent\w*)\b"
    r"|terraformlockid|Lock Info:",
    re.IGNORECASE,
)
# A store's own word that the lock, or the object that it is on, is somebody else's by now.
REFUSED = re.compile(
    r"Error 412|\b412\b[^.]{0,40}Precondition|conditionNotMet|pre-?conditions? you specified did not hold"
    r"|already locked|There is (?:already|currently) a lease|There is currently no lease"
    r"|\bLease(?:AlreadyPresent|IdMissing|Id?Mismatch\w*|Lost|NotPresent\w*)\b|lease ID specified did not match"
    r"|lock id .{0,60}does not match existing lock",
    re.IGNORECASE,
)
NAMES_A_HOLDER = re.compile(r"Lock Info:.*?\bID:\s+\S", re.DOTALL)
ID = re.compile(r"Lock ID(?: \(gen\))?:\s*(?P<said>[\w-]+)|Lock Info:\s*ID:\s*(?P<info>[\w-]+)")
# What Terraform explains of locks in general, which is no cause.
EXPLAINED = re.compile(r"Terraform acquires a (?:state )?lock.*|You may have to force-unlock.*", re.DOTALL)

NETWORK = re.compile(
    r"dial tcp|no such host|connection re(?:fused|set)|i/o timeout|TLS handshake timeout|proxyconnect|broken pipe"
    r"|could not connect to|context deadline exceeded|Client\.Timeout exceeded|\bEOF\b|Remote end closed"
    r"|connection was (?:aborted|forcibly closed)|use of closed network connection|server closed idle connection"
    r"|x509: |tls: |GOAWAY|stream error|network is unreachable|no route to host",
    re.IGNORECASE,
)

# Why a lock could not be written or removed, where nobody else holds it. The first that fits counts.
CAUSES = (
    kind(
        r"no space left on device|fork/exec .*permission denied",
        MachineError,
        "Free some disk space, or set WORK_DIR to a folder on a disk that has some, and run the same command again.",
    ),
    kind(
        NETWORK.pattern,
        Unreachable,
        "Check this machine's network and proxy settings, and run the same command again.",
    ),
    kind(
        r"(?:Error|status|StatusCode=|code:?) ?(?:408|429|5\d\d)\b|rateLimitExceeded|TooManyRequests|ServerBusy"
        r"|backendError|Too Many Requests|OperationTimedOut",
        Unreachable,
        "The state's store is busy or down: run the same command again later.",
    ),
    kind(
        r"could not find default credentials|invalid_grant|oauth2: |reauth|invalid authentication|AADSTS"
        r"|(?:Error|status|StatusCode=|code:?) ?401\b|could not acquire access token|Expired\w*Token"
        r"|Invalid\w*Token|InvalidAuthenticationInfo|failed to request token|failed to authenticate the request"
        r"|AuthenticationFailed|Unauthenticated|token (?:has |is )?expired|No valid client authentication",
        CredentialsError,
        "Sign in again, or give credentials that last as long as the run, and run the same command again.",
    ),
)
OTHERWISE = kind(
    r"",
    StateStoreError,
    "Whoever runs this must be allowed to write and delete objects in the place of the state (Google Cloud: "
    "storage.objects.create and storage.objects.delete, docs/permissions.md; Azure: the role Storage Blob Data "
    "Contributor, docs/azure-permissions.md), and the place has to let go of what is deleted. Validate looks at that.",
)
LOCKED = kind(
    r"",
    StateLocked,
    "Wait for that run to end. If it was killed, `Unlock` looks whether it still lives and clears its lock; with "
    "UNLOCK_DEAD=yes Create and Destroy do so by themselves.",
)


def is_release(text: str) -> bool:
    """Whether a diagnostic says that a lock of Terraform's own could not be released."""
    return RELEASING.search(text) is not None


def of_the_lock(texts: Sequence[str]) -> Kind | None:
    """The kind of failure that diagnostics tell of the state's lock; None where they tell of something else.

    Somebody else holds it only where the store says so, or where the lock's own words name a holder.
    """
    for text in texts:
        if not (ACQUIRING.search(text) or RELEASING.search(text)):
            continue
        cause = EXPLAINED.sub("", text.partition("Lock Info:")[0])
        if REFUSED.search(cause):
            return LOCKED
        found = next((each for each in CAUSES if each.pattern.search(cause)), None)
        if found is None and not is_release(text) and NAMES_A_HOLDER.search(text):
            return LOCKED
        return found or OTHERWISE
    return None


def lock_id(text: str) -> str:
    """The id of the lock that a diagnostic names, as Terraform gives it to `force-unlock`; empty for none."""
    found = ID.search(text)
    return (found["said"] or found["info"]) if found else ""
