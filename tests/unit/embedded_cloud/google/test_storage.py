"""Buckets and objects, above all the preconditions that the state's lock stands on."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.unit.embedded_cloud.asked_cloud import STORAGE

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

OBJECTS = "/storage/v1/b/b1x/o"


def test_of_many_who_create_the_same_object_at_once_one_wins(asked: Asked) -> None:
    asked.bucket("b1x")
    for round_number in range(10):
        name = f"lock-{round_number}"
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda n: asked.upload("b1x", n, b"me", "&ifGenerationMatch=0"), [name] * 6))
        assert sorted(answer.status for answer in answers) == [200, 412, 412, 412, 412, 412]


def test_a_refused_precondition_changes_nothing_and_has_the_real_body(asked: Asked) -> None:
    asked.bucket("b1x")
    first = json.loads(asked.upload("b1x", "o", b"one").body)
    refused = asked.upload("b1x", "o", b"two", "&ifGenerationMatch=1")
    assert json.loads(refused.body)["error"]["errors"][0]["reason"] == "conditionNotMet"
    assert asked.ask("GET", STORAGE, f"{OBJECTS}/o?alt=media").body == b"one"
    assert asked.json("GET", STORAGE, f"{OBJECTS}/o")["generation"] == first["generation"]


def test_a_lock_is_only_deleted_by_its_generation(asked: Asked) -> None:
    asked.bucket("b1x")
    made = json.loads(asked.upload("b1x", "o", b"one").body)
    assert asked.ask("DELETE", STORAGE, f"{OBJECTS}/o?ifGenerationMatch=7").status == 412
    assert asked.ask("DELETE", STORAGE, f"{OBJECTS}/o?ifGenerationMatch={made['generation']}").status == 204
    assert asked.ask("GET", STORAGE, f"{OBJECTS}/o").status == 404


def test_an_unchanged_object_is_not_sent_again(asked: Asked) -> None:
    asked.bucket("b1x")
    made = json.loads(asked.upload("b1x", "o", b"one").body)
    assert asked.ask("GET", STORAGE, f"{OBJECTS}/o?ifGenerationNotMatch={made['generation']}").status == 304


def test_a_read_by_path_tells_the_generation_that_the_lock_is_opened_with(asked: Asked) -> None:
    asked.bucket("b1x")
    made = json.loads(asked.upload("b1x", "a%2Fb.tflock", b"{}").body)
    got = asked.ask("GET", STORAGE, "/b1x/a/b.tflock")
    assert dict(got.headers)["X-Goog-Generation"] == made["generation"]
    missing = asked.ask("GET", STORAGE, "/b1x/none")
    assert missing.status == 404
    assert b"<Code>NoSuchKey</Code>" in missing.body


def test_what_was_put_by_path_has_its_metadata(asked: Asked) -> None:
    asked.bucket("b1x")
    headers = {"x-goog-meta-status": "ready", "content-type": "application/json", "x-goog-if-generation-match": "0"}
    assert asked.ask("PUT", STORAGE, "/b1x/nodes/n.json", b"{}", headers).status == 200
    assert asked.ask("PUT", STORAGE, "/b1x/nodes/n.json", b"{}", headers).status == 412
    found = asked.json("GET", STORAGE, f"{OBJECTS}?prefix=nodes/&fields=items(name,metadata)")
    assert found == {"items": [{"name": "nodes/n.json", "metadata": {"status": "ready"}}]}


def test_a_json_media_upload_is_an_object_like_any_other(asked: Asked) -> None:
    asked.bucket("b1x")
    target = "/upload/storage/v1/b/b1x/o?uploadType=media&name=n.json"
    made = asked.ask("POST", STORAGE, target, b'{"a": 1}', {"content-type": "application/json"})
    assert json.loads(made.body)["contentType"] == "application/json"
    assert asked.ask("GET", STORAGE, f"{OBJECTS}/n.json?alt=media").body == b'{"a": 1}'


def test_a_multipart_upload_keeps_binary_content_whole(asked: Asked) -> None:
    asked.bucket("b1x")
    data = bytes(range(256)) + b"\r\n--other\r\n"
    body = (
        b'--x\r\nContent-Type: application/json\r\n\r\n{"name": "o", "metadata": {"k": "v"}}\r\n'
        b"--x\r\nContent-Type: application/gzip\r\n\r\n" + data + b"\r\n--x--\r\n"
    )
    headers = {"content-type": 'multipart/related; boundary="x"'}
    target = "/upload/storage/v1/b/b1x/o?uploadType=multipart"
    made = json.loads(asked.ask("POST", STORAGE, target, body, headers).body)
    assert (made["contentType"], made["metadata"], made["size"]) == ("application/gzip", {"k": "v"}, str(len(data)))
    assert asked.ask("GET", STORAGE, f"{OBJECTS}/o?alt=media").body == data


@pytest.mark.parametrize("goes", [False, True])
def test_a_resumable_upload_comes_in_pieces(asked: Asked, goes: bool) -> None:
    asked.bucket("b1x")
    begun = asked.ask("POST", STORAGE, "/upload/storage/v1/b/b1x/o?uploadType=resumable&name=o", b"")
    target = dict(begun.headers)["Location"].removeprefix(f"https://{STORAGE}")
    go = {"x-guploader-no-308": "yes"} if goes else {}
    first = asked.ask("PUT", STORAGE, target, b"abc", {"content-range": "bytes 0-2/*", **go})
    assert first.status == (200 if goes else 308)
    assert dict(first.headers).get("X-Http-Status-Code-Override") == ("308" if goes else None)
    state = asked.ask("PUT", STORAGE, target, b"", {"content-range": "bytes */5", **go})
    assert dict(state.headers)["Range"] == "bytes=0-2"
    assert asked.ask("PUT", STORAGE, target, b"de", {"content-range": "bytes 3-4/5", **go}).status == 200
    assert asked.ask("GET", STORAGE, f"{OBJECTS}/o?alt=media").body == b"abcde"


def test_a_wrong_checksum_is_refused(asked: Asked) -> None:
    asked.bucket("b1x")
    target = "/upload/storage/v1/b/b1x/o?uploadType=media&name=o"
    refused = asked.ask("POST", STORAGE, target, b"abc", {"x-goog-hash": "crc32c=AAAAAA=="})
    assert refused.status == 400
    assert asked.ask("GET", STORAGE, f"{OBJECTS}/o").status == 404


def test_a_range_of_an_object_is_given(asked: Asked) -> None:
    asked.bucket("b1x")
    asked.upload("b1x", "o", b"0123456789")
    for asked_for, want in (("bytes=2-4", b"234"), ("bytes=7-", b"789"), ("bytes=-2", b"89")):
        got = asked.ask("GET", STORAGE, f"{OBJECTS}/o?alt=media", headers={"range": asked_for})
        assert (got.status, got.body) == (206, want)
    assert asked.ask("GET", STORAGE, f"{OBJECTS}/o?alt=media", headers={"range": "bytes=10-"}).status == 416


def test_a_bucket_that_is_not_empty_stays(asked: Asked) -> None:
    asked.bucket("b1x")
    asked.upload("b1x", "o", b"one")
    assert asked.ask("DELETE", STORAGE, "/storage/v1/b/b1x").status == 409
    asked.ask("DELETE", STORAGE, f"{OBJECTS}/o")
    assert asked.ask("DELETE", STORAGE, "/storage/v1/b/b1x").status == 204


def test_a_versioned_bucket_keeps_what_was_written_over(asked: Asked) -> None:
    asked.bucket("b1x")
    asked.json("PATCH", STORAGE, "/storage/v1/b/b1x", {"versioning": {"enabled": True}})
    first = json.loads(asked.upload("b1x", "o", b"one").body)
    asked.upload("b1x", "o", b"two")
    asked.ask("DELETE", STORAGE, f"{OBJECTS}/o")
    assert "items" not in asked.json("GET", STORAGE, OBJECTS)
    assert len(asked.json("GET", STORAGE, f"{OBJECTS}?versions=true")["items"]) == 2
    old = asked.ask("GET", STORAGE, f"{OBJECTS}/o?alt=media&generation={first['generation']}")
    assert old.body == b"one"
    assert asked.ask("DELETE", STORAGE, "/storage/v1/b/b1x").status == 409


def test_a_bucket_keeps_what_it_was_made_with(asked: Asked) -> None:
    given = {
        "name": "b1x",
        "location": "europe-west4",
        "labels": {"a": "b"},
        "versioning": {"enabled": True},
        "iamConfiguration": {"uniformBucketLevelAccess": {"enabled": True}, "publicAccessPrevention": "enforced"},
    }
    asked.json("POST", STORAGE, "/storage/v1/b?project=p-123456", given)
    found = asked.json("GET", STORAGE, "/storage/v1/b/b1x")
    assert (found["location"], found["locationType"], found["labels"]) == ("EUROPE-WEST4", "region", {"a": "b"})
    assert found["iamConfiguration"]["uniformBucketLevelAccess"]["enabled"] is True
    assert found["iamConfiguration"]["publicAccessPrevention"] == "enforced"


def test_a_bucket_of_another_project_has_its_name_taken(asked: Asked) -> None:
    asked.bucket("b1x")
    mine = asked.json("POST", STORAGE, "/storage/v1/b?project=p-123456", {"name": "b1x"}, status=409)
    other = asked.json("POST", STORAGE, "/storage/v1/b?project=p-999999", {"name": "b1x"}, status=409)
    assert "you already own it" in mine["error"]["message"]
    assert "not available" in other["error"]["message"]


def test_folders_are_folded_by_the_delimiter_over_pages(asked: Asked) -> None:
    asked.bucket("b1x")
    for name in ("a", "d%2F1", "d%2F2", "e%2F1", "z"):
        asked.upload("b1x", name, b"")
    seen, token = [], ""
    while True:
        found = asked.json("GET", STORAGE, f"{OBJECTS}?delimiter=/&maxResults=1&pageToken={token}")
        seen += [each["name"] for each in found.get("items", ())] + found.get("prefixes", [])
        token = found.get("nextPageToken", "")
        if not token:
            break
    assert seen == ["a", "d/", "e/", "z"]
