"""The plugin process, which the launcher in the mirror starts and Terraform talks to.

    python -m embedded_cloud.standin.serve FOLDER

FOLDER holds what install.py wrote for one provider: the schema, the tables and the certificate. Terraform wants mutual
TLS; the client's certificate is not asked for, because gRPC's Python library refuses the curve that Terraform's has.
"""

from __future__ import annotations

import base64
import importlib
import json
import os
import shutil
import signal
import ssl
import sys
import tempfile
import threading
from concurrent import futures
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import grpc

from embedded_cloud.standin.provider import Provider
from embedded_cloud.standin.schema import Schemas
from embedded_cloud.standin.wire import RPCS, pb

if TYPE_CHECKING:
    from collections.abc import Callable

# https://github.com/hashicorp/terraform/blob/main/internal/plugin6/serve.go
_COOKIE: Final = ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
PARENT_SECONDS: Final = 0.5


def main() -> None:
    if os.environ.get(_COOKIE[0]) != _COOKIE[1]:
        sys.exit("This is a provider plugin: Terraform starts it.")
    terraform = os.getppid()
    done = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=done.set).start())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for Terraform, which still needs its plugins to wind down
    # A socket's path has at most 107 characters.
    sockets = tempfile.mkdtemp(prefix="standin", dir=os.environ.get("PLUGIN_UNIX_SOCKET_DIR"))
    try:
        server = _serve(Path(sys.argv[1]), sockets, done)
        while not done.wait(PARENT_SECONDS) and os.getppid() == terraform:
            pass  # killed, Terraform says no farewell; this process then has another parent
        server.stop(None)
    finally:
        shutil.rmtree(sockets, ignore_errors=True)
    os._exit(0)  # Terraform waits 2 s at most; the interpreter's own farewell to gRPC's threads is not needed.


def _serve(folder: Path, sockets: str, done: threading.Event) -> grpc.Server:
    """Serve on a socket in the folder `sockets`, and tell Terraform where."""
    facts = json.loads((folder / "facts.json").read_bytes())
    package = importlib.import_module(f"{__package__}.{facts['provider']}.dialect")
    schemas = Schemas(facts["schemas"])
    table, dialect = package.open_dialect(facts["table"], schemas)
    provider = Provider(dialect, schemas, table, (folder / "schema.bin").read_bytes())
    server = _server(provider, done)
    certificate, key = ((folder / name).read_bytes() for name in ("certificate.pem", "key.pem"))
    server.add_secure_port(f"unix:{sockets}/s", grpc.ssl_server_credentials([(key, certificate)]))
    server.start()
    shown = base64.b64encode(ssl.PEM_cert_to_DER_cert(certificate.decode())).decode().rstrip("=")
    sys.stdout.write(f"1|6|unix|{sockets}/s|grpc|{shown}\n")
    sys.stdout.flush()
    return server


def _server(provider: Provider, done: threading.Event) -> grpc.Server:
    def shut_down(_: Any) -> Any:
        threading.Timer(0.005, done.set).start()  # once this is answered
        return pb["Empty"]()

    rpcs = {name: _handler(getattr(provider, name), request) for name, request in RPCS.items()}
    unlimited = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    # Terraform has 10 calls in flight by default; one more must always get through, StopProvider.
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=64), options=unlimited)
    server.add_generic_rpc_handlers(
        (
            grpc.method_handlers_generic_handler("tfplugin6.Provider", rpcs),
            grpc.method_handlers_generic_handler("plugin.GRPCController", {"Shutdown": _handler(shut_down, "Empty")}),
            grpc.method_handlers_generic_handler("plugin.GRPCStdio", {"StreamStdio": _silence()}),
        )
    )
    return server


def _handler(function: Callable[[Any], Any], request: str) -> grpc.RpcMethodHandler[Any, Any]:
    return grpc.unary_unary_rpc_method_handler(
        lambda message, _: function(message),
        request_deserializer=pb[request].FromString,
        response_serializer=lambda message: message if isinstance(message, bytes) else message.SerializeToString(),
    )


def _silence() -> grpc.RpcMethodHandler[Any, Any]:
    """The stream of what the plugin prints: nothing."""
    return grpc.unary_stream_rpc_method_handler(
        lambda *_: iter(()),
        request_deserializer=pb["Empty"].FromString,
        response_serializer=lambda message: message.SerializeToString(),
    )


if __name__ == "__main__":
    main()
