"""Counts the edits between two words."""

from __future__ import annotations

LONGEST = 80


def edits(left: str, right: str) -> int:
    """Return how many letters to add, drop, change or swap with their neighbour to turn one word into the other.

    Words that are longer than any name are as far apart as can be: the time goes by the product of the lengths.
    """
    if max(len(left), len(right)) > LONGEST:
        return 0 if left == right else max(len(left), len(right))
    before_last: list[int] = []
    last = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        row = [i]
        for j, b in enumerate(right, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        before_last, last = last, row
    return last[-1]
