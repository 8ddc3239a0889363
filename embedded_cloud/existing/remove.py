"""`python -m embedded_cloud.existing.remove`, in the cloud's own container: end the machines that no cluster is on.

The cloud itself then ends too, unless something else is in it.
"""

from __future__ import annotations

import http.client
import json
import sys

from embedded_cloud.door import ADMIN_HOST
from embedded_cloud.engine.names import DOOR_PORT

SECONDS = 300


def main() -> int:
    connection = http.client.HTTPConnection("127.0.0.1", DOOR_PORT, timeout=SECONDS)
    connection.request("POST", "/remove-unused", headers={"Host": ADMIN_HOST})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        print(text.decode(errors="replace").strip(), file=sys.stderr)
        return 1
    done = json.loads(text)
    print(f"removed: {', '.join(done['removed']) or 'none'}")
    if done["kept"]:
        print(f"kept, for a cluster is on them: {', '.join(done['kept'])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
