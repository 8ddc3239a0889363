"""`fetch.py ADDRESS` prints the status that a GET gets; `fetch.py ADDRESS FILE` saves what it gets.

A minimal Debian has no curl; Python is there in any case. Ends with 1 and one line where there is no answer.
"""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path

CONNECT_SECONDS = 10


def main(address: str, file: str | None = None) -> None:
    """Nothing is left of a file that did not come whole."""
    try:
        with urllib.request.urlopen(address, timeout=CONNECT_SECONDS) as answer:  # noqa: S310 - tests read file: addresses
            if file is None:
                print(answer.status)
            else:
                Path(file).write_bytes(answer.read())
    except urllib.error.HTTPError as refused:
        if file is not None:
            sys.exit(f"fetch: {address}: {refused}")
        print(refused.code)
    except (OSError, ValueError, HTTPException) as failure:
        sys.exit(f"fetch: {address}: {failure}")


if __name__ == "__main__":
    main(*sys.argv[1:])
