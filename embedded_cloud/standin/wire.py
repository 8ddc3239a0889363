"""The messages of Terraform's plugin protocol 6, and values in MessagePack.

The messages are built when the process starts, from the table below, so no generated code is tied to one
version of protobuf. Their fields and numbers are those of Terraform's docs/plugin-protocol/tfplugin6.proto. As
proto2 messages they are the same on the wire, and keep apart a field that is absent from one that is zero, which
the steps of an AttributePath need. Maps are written as repeated entries, enumerations as int32.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import msgpack
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

# Messages are dynamic: no type checker knows their fields.
type_of_messages = Any

_MESSAGES = """
Empty
DynamicValue msgpack:bytes=1 json:bytes=2
Step attribute_name:string=1 element_key_string:string=2 element_key_int:int64=3
AttributePath steps:Step*=1
Diagnostic severity:int32=1 summary:string=2 detail:string=3 attribute:AttributePath=4
Attribute name:string=1 type:bytes=2 required:bool=4 optional:bool=5 computed:bool=6 sensitive:bool=7 \
deprecated:bool=9 write_only:bool=11
NestedBlock type_name:string=1 block:Block=2 nesting:int32=3 min_items:int64=4 max_items:int64=5
Block version:int64=1 attributes:Attribute*=2 block_types:NestedBlock*=3 deprecated:bool=6
Schema version:int64=1 block:Block=2
SchemaEntry key:string=1 value:Schema=2
Capabilities plan_destroy:bool=1 get_provider_schema_optional:bool=2 move_resource_state:bool=3
SchemaReply provider:Schema=1 resource_schemas:SchemaEntry*=2 data_source_schemas:SchemaEntry*=3 \
server_capabilities:Capabilities=6
ProviderConfig config:DynamicValue=1
ProviderReply diagnostics:Diagnostic*=2
Configure terraform_version:string=1 config:DynamicValue=2
Diagnostics diagnostics:Diagnostic*=1
TypedConfig type_name:string=1 config:DynamicValue=2
RawState json:bytes=1
Upgrade type_name:string=1 version:int64=2 raw_state:RawState=3
UpgradeReply upgraded_state:DynamicValue=1 diagnostics:Diagnostic*=2
Read type_name:string=1 current_state:DynamicValue=2 private:bytes=3
ReadReply new_state:DynamicValue=1 diagnostics:Diagnostic*=2 private:bytes=3
Plan type_name:string=1 prior_state:DynamicValue=2 proposed_new_state:DynamicValue=3 config:DynamicValue=4 \
prior_private:bytes=5
PlanReply planned_state:DynamicValue=1 requires_replace:AttributePath*=2 planned_private:bytes=3 \
diagnostics:Diagnostic*=4 legacy_type_system:bool=5
Apply type_name:string=1 prior_state:DynamicValue=2 planned_state:DynamicValue=3 config:DynamicValue=4 \
planned_private:bytes=5
ApplyReply new_state:DynamicValue=1 private:bytes=2 diagnostics:Diagnostic*=3 legacy_type_system:bool=4
Import type_name:string=1 id:string=2
Imported type_name:string=1 state:DynamicValue=2 private:bytes=3
ImportReply imported_resources:Imported*=1 diagnostics:Diagnostic*=2
DataReply state:DynamicValue=1 diagnostics:Diagnostic*=2
"""

# RPC of the service tfplugin6.Provider -> the message that it takes. What it answers is the provider's to say.
RPCS: Final[dict[str, str]] = {
    "GetProviderSchema": "Empty",
    "ValidateProviderConfig": "ProviderConfig",
    "ConfigureProvider": "Configure",
    "ValidateResourceConfig": "TypedConfig",
    "ValidateDataResourceConfig": "TypedConfig",
    "UpgradeResourceState": "Upgrade",
    "ReadResource": "Read",
    "PlanResourceChange": "Plan",
    "ApplyResourceChange": "Apply",
    "ImportResourceState": "Import",
    "ReadDataSource": "TypedConfig",
    "StopProvider": "Empty",
}

_SCALARS = {"bytes": 12, "string": 9, "int64": 3, "int32": 5, "bool": 8}
_MESSAGE, _OPTIONAL, _REPEATED = 11, 1, 3


def _build() -> dict[str, type_of_messages]:
    file = descriptor_pb2.FileDescriptorProto(name="standin.proto", package="standin", syntax="proto2")
    for line in _MESSAGES.strip().splitlines():
        name, *fields = line.split()
        message = file.message_type.add(name=name)
        for text in fields:
            (field, kind), number = text.split("=")[0].split(":"), text.split("=")[1]
            made = message.field.add(name=field, number=int(number), label=_REPEATED if kind[-1] == "*" else _OPTIONAL)
            kind = kind.rstrip("*")
            if kind in _SCALARS:
                made.type = _SCALARS[kind]  # type: ignore[assignment]
            else:
                made.type, made.type_name = _MESSAGE, f".standin.{kind}"  # type: ignore[assignment]
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return {
        message.name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"standin.{message.name}"))
        for message in file.message_type
    }


pb: Final[dict[str, type_of_messages]] = _build()


class Unknown:
    """A value that is known after apply.

    Terraform sends it as a MessagePack extension: code 0, or code 12 with what it knows of the value. These bytes
    are kept, so that a planned value equals the configured one that it came from.
    """

    __slots__ = ("code", "data")

    def __init__(self, code: int = 0, data: bytes = b"\0") -> None:
        self.code, self.data = code, data

    def __repr__(self) -> str:
        return "Unknown"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown) and (self.code, self.data) == (other.code, other.data)

    def __hash__(self) -> int:
        return hash((self.code, self.data))


UNKNOWN: Final = Unknown()

# A resource's attributes and blocks by name.
Values = dict[str, Any]


def decode(value: type_of_messages) -> Any:
    """The Python value of a DynamicValue: None, bool, int, float, str, list, dict or Unknown.

    A number that no float holds exactly, such as 0.1, comes as a str.
    """
    if not value.msgpack:
        return None
    return msgpack.unpackb(value.msgpack, ext_hook=Unknown, strict_map_key=False)


def number(value: float | str) -> float:
    """A number as it is reckoned with, whichever way it came."""
    return float(value) if isinstance(value, str) else value


def as_sent(value: float) -> float | str:
    """A number as Terraform itself sends it: one that no float holds exactly by its digits, so that both are equal."""
    digits = repr(value)
    return value if isinstance(value, int) or Decimal(value) == Decimal(digits) else digits


def encode(value: Any) -> type_of_messages:
    """The DynamicValue of a Python value."""
    return pb["DynamicValue"](msgpack=msgpack.packb(value, default=_extension))


def _extension(value: object) -> msgpack.ExtType:
    if isinstance(value, Unknown):
        return msgpack.ExtType(value.code, value.data)
    raise TypeError(f"{type(value).__name__} has no place in a Terraform value")


Path = tuple[str | int, ...]


def error(summary: str, detail: str = "", path: Path = (), *, warning: bool = False) -> type_of_messages:
    """A Diagnostic about the attribute at `path`, or about the whole block."""
    made = pb["Diagnostic"](severity=2 if warning else 1, summary=summary, detail=detail)
    if path:
        made.attribute.CopyFrom(attribute_path(path))
    return made


def attribute_path(path: Path) -> type_of_messages:
    """The AttributePath of names and list indexes."""
    made = pb["AttributePath"]()
    for step in path:
        if isinstance(step, int):
            made.steps.add(element_key_int=step)
        else:
            made.steps.add(attribute_name=step)
    return made
