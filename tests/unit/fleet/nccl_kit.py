"""What nccl-tests prints, in the forms that its source and published logs have, with figures of a test's choosing."""

from __future__ import annotations

GIB = 1 << 30
HEADER = """# nThread 1 nGpus 1 minBytes {} maxBytes {} step: 2(factor) warmup iters: 5 iters: 20 \
agg iters: 1 validation: 1 graph: 0
#
# Using devices
"""
TITLES = """#
#                                                              out-of-place                       in-place
#       size         count      type   redop    root     time   algbw   busbw #wrong     time   algbw   busbw #wrong
#        (B)    (elements)                               (us)  (GB/s)  (GB/s)            (us)  (GB/s)  (GB/s)
"""


def row(size: int, busbw: float, in_place: float | None = None, wrong: str = "0") -> str:
    other = busbw if in_place is None else in_place
    return (
        f"{size:>12}  {size // 4:>12}     float     sum      -1   {size / busbw / 1e3:.1f}  {busbw / 1.875:.2f}  "
        f"{busbw:.2f}  {wrong:>5}   {size / other / 1e3:.1f}  {other / 1.875:.2f}  {other:.2f}  {wrong:>5}\n"
    )


def printed(
    rows: str,
    hosts: tuple[str, ...] = ("vm-0", "vm-1"),
    gpus: int = 8,
    device: str = "NVIDIA H200",
    network: str = "infiniband",
    average: float = 300.0,
) -> str:
    """A whole run's output; it was asked for the sizes from the smallest to the largest of `rows`."""
    sizes = [int(line.split()[0]) for line in rows.splitlines()] or [GIB]
    devices = "".join(
        f"#  Rank {number * gpus + gpu:2} Group  0 Pid {1000 + gpu:6} on {host:>10} "
        f"device {gpu:2} [0001:00:00] {device}\n"
        for number, host in enumerate(hosts)
        for gpu in range(gpus)
    )
    wrong = sum(int(line.split()[8]) for line in rows.splitlines() if line.split()[8].isdigit())
    told = {
        "infiniband": (
            "{0}:1000:1100 [0] NCCL INFO NET/IB : Using [0]mlx5_ib0:1/IB/SHARP [1]mlx5_ib1:1/IB/SHARP [RO]; OOB eth0\n"
            "{0}:1000:1100 [0] NCCL INFO Using network IBext_v8\n"
            "{0}:1000:1200 [0] NCCL INFO Channel 00/0 : 0[0] -> 8[0] [send] via NET/IBext_v8/0/GDRDMA\n"
        ),
        "ethernet": (
            "{0}:1000:1100 [0] NCCL INFO NET/IB : No device found.\n"
            "{0}:1000:1100 [0] NCCL INFO NET/Socket : Using [0]eth0:10.0.0.4<0>\n"
            "{0}:1000:1100 [0] NCCL INFO Using network Socket\n"
            "{0}:1000:1200 [0] NCCL INFO Channel 00/0 : 0[0] -> 8[0] [send] via NET/Socket/0\n"
        ),
        "roce": "{0}:1000:1100 [0] NCCL INFO NET/IB : Using [0]mlx5_an0:1/RoCE [RO]; OOB eth0:10.0.0.4<0>\n",
        "silent": "",
    }[network]
    chatter = "".join(told.format(host) for host in hosts)
    end = f"# Out of bounds values : {wrong} {'FAILED' if wrong else 'OK'}\n# Avg bus bandwidth    : {average} \n#\n"
    return HEADER.format(min(sizes), max(sizes)) + devices + chatter + TITLES + rows + end
