"""Runs inside a node's image: what its cloud-init makes of custom data (base64, on stdin), as JSON.

These are cloud-init's own parts, put together as its `init` stage does it, without anything being run.
"""

import base64
import json
import sys
import tempfile
from pathlib import Path

import yaml
from cloudinit import handlers, helpers
from cloudinit.handlers.cloud_config import CloudConfigPartHandler
from cloudinit.handlers.shell_script import ShellScriptPartHandler
from cloudinit.user_data import UserDataProcessor

folder = Path(tempfile.mkdtemp())
(folder / "scripts").mkdir()


class Here(helpers.Paths):
    def get_ipath(self, name=None):
        return str(folder / name)

    get_ipath_cur = get_ipath


paths = Here({"cloud_dir": str(folder), "run_dir": str(folder), "templates_dir": str(folder)})
message = UserDataProcessor(paths).process(base64.b64decode(sys.stdin.read()))
own = [CloudConfigPartHandler(paths), ShellScriptPartHandler(paths)]
known = helpers.ContentHandlers()
for handler in own:
    known.register(handler)
    handlers.call_begin(handler, "", "always")
walk = {"handlers": known, "handlerdir": str(folder), "data": None, "frequency": "once-per-instance", "excluded": []}
handlers.walk(message, handlers.walker_callback, data={**walk, "handlercount": 0})
for handler in own:
    handlers.call_end(handler, "", "always")
scripts = {path.name: path.read_text() for path in sorted((folder / "scripts").iterdir())}
print(json.dumps({"config": yaml.safe_load((folder / "cloud_config").read_text()), "scripts": scripts}))
