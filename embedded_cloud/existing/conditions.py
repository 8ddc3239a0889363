"""The conditions of machines that exist already, as part of `conditions.json` (../conditions.py).

    {"existing": {"gpus": 8, "accelerator": "NVIDIA H100 80GB HBM3"},
     "machines": {"node2": {"gpus": 7, "release": "13"}}}

`existing` is what all of them have, and `machines` what one has besides or instead:

- `gpus`, made up: devices, and an nvidia-smi that lists them; `accelerator`, their name; `release`, Debian's, 12 or 13.
- `starts: false`: it is off. `accepts_keys: false`: no key lets anybody in. `sudo: false`: its user may do nothing by
  sudo. `clock`: by how many seconds its clock is ahead.

One that boots may have `memory_cgroups: false`: its kernel starts without them, until update-grub has written other
arguments for it and it has been restarted.

A machine that boots has all this from its first boot on, but for `starts`. A played one has it as soon as the file says
so, but for what it is made of, and knows more:

- `sockets`, `cores` of each, `threads` of each core, `memory_mb`, in MiB.
- `free_mb`: {"/var": 100}, MiB free there; `broken_packages`, which break while they are unpacked.
- `fails`: units that don't start, such as slurmdbd; `prolog`: why a job's prolog fails there; `jobs`: the numbers of
  others' jobs that run there.
"""

from __future__ import annotations

from typing import Any

from embedded_cloud.conditions import Conditions, Keys

KEYS = Keys(lists=frozenset(), tables=frozenset({"existing"}))


class ExistingConditions(Conditions):
    """What each machine has."""

    def machine(self, name: str, number: int | None = None) -> dict[str, Any]:
        return {**self.file.read().get("existing", {}), **super().machine(name, number)}
