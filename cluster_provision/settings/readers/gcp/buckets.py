"""Reads Cloud Storage buckets, and folders in them (cloud.google.com/storage/docs/buckets#naming)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cluster_provision.settings.reading import BadValue

_BUCKET = "[a-z0-9]([a-z0-9_.-]*[a-z0-9])?"
_ADDRESS = "[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+"
# An object's name has at most 1,024 bytes; the tool's own path below the folder needs the rest.
LONGEST_FOLDER = 700


@dataclass(frozen=True)
class GcsPath:
    """A folder in a bucket; `folder` has no slash at either end and is empty for the bucket itself."""

    bucket: str
    folder: str = ""

    @property
    def uri(self) -> str:
        """gs://bucket or gs://bucket/folder."""
        return f"gs://{self.bucket}/{self.folder}" if self.folder else f"gs://{self.bucket}"


def bucket_name(text: str) -> str:
    """Return the bucket's name. Raises BadValue with the rule of Cloud Storage that it breaks."""
    longest = 222 if "." in text else 63
    if not 3 <= len(text) <= longest:
        raise BadValue(f"names a bucket of {len(text)} characters; a bucket's name has 3 to {longest}")
    if not re.fullmatch(_BUCKET, text):
        raise BadValue(
            "names no bucket: allowed are lower-case letters, digits, - _ and ., beginning and ending with a letter "
            "or digit"
        )
    if re.fullmatch(_ADDRESS, text) or any(not 1 <= len(part) <= 63 for part in text.split(".")):
        raise BadValue("names no bucket: a name with dots is a domain name, with parts of 1 to 63, and no IP address")
    return text


class BucketFolder:
    """`gs://bucket` or `gs://bucket/folder`; slashes at the end are ignored."""

    type_name = "gs:// path"
    allowed = "gs://<bucket> or gs://<bucket>/<folder>"
    spaces = "refused"

    def read(self, text: str) -> GcsPath:
        if not text.startswith("gs://"):
            raise BadValue(f"is not a gs:// path; it looks like {self.allowed}")
        bucket, _, folder = text.removeprefix("gs://").partition("/")
        folder = folder.rstrip("/")
        if not bucket:
            raise BadValue(f"names no bucket; it looks like {self.allowed}")
        if folder and any(part in {"", ".", ".."} for part in folder.split("/")):
            raise BadValue("has a folder that is empty, . or .. in it; write it without")
        if not folder.isprintable() or re.search("[*?#\\[\\]]", folder):
            raise BadValue(
                "has a folder with a control character or one of * ? # [ ], which Cloud Storage's tools read"
            )
        if len(folder.encode("utf-8", "surrogatepass")) > LONGEST_FOLDER:
            raise BadValue(f"has a folder of more than {LONGEST_FOLDER} bytes")
        return GcsPath(bucket_name(bucket), folder)

    def show(self, value: Any) -> str:
        return value.uri if value else ""

    def schema(self) -> dict[str, Any]:
        """A rough form; only the tool checks all rules for buckets."""
        return {"pattern": f"^gs://{_BUCKET}(/.*)?$"}
