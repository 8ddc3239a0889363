"""Single values of Azure's parameters: what is taken, and what the error of anything else says."""

from __future__ import annotations

import pytest

from cluster_provision.settings import BlobPath

IDENTITY = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/ids/providers/Microsoft.ManagedIdentity/"
    "userAssignedIdentities/nodes"
)


@pytest.mark.parametrize("text", ["eastus2", "East US 2", "EASTUS2", "Sweden Central"])
def test_a_region_is_taken_by_either_of_its_names(settings, text):
    assert settings(LOCATION=text).location == text.replace(" ", "").lower()


@pytest.mark.parametrize(
    ("text", "part"),
    [("<region>", "placeholder"), ("eastus-1", "ZONES"), ("us/east", "not a region"), ("ß", "not a region")],
)
def test_what_is_no_region_is_refused(problems, text, part):
    (problem,) = problems(LOCATION=text)
    assert problem.startswith(f"LOCATION={text} ") and part in problem


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("My Subscription", "name; give its ID"),
        ("<subscription-id>", "placeholder"),
        ("/subscriptions/00000000-0000-0000-0000-000000000001", "without /subscriptions/"),
        ("00000000-0000-0000-0000-00000000000", "it looks like"),
    ],
)
def test_what_is_no_subscription_is_refused(problems, text, part):
    (problem,) = problems(SUBSCRIPTION_ID=text)
    assert problem.startswith(f"SUBSCRIPTION_ID={text} is not a subscription ID") and part in problem


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("NAME_PREFIX", "a" * 60),
        ("NAME_PREFIX", "a_b"),
        ("NAME_PREFIX", "-a"),
        ("VMSS_NAME", "a_b"),
        ("VMSS_NAME", "a-"),
        ("VMSS_NAME", "a" * 65),
        ("RESOURCE_GROUP", "a" * 91),
        ("RESOURCE_GROUP", "group."),
        ("RESOURCE_GROUP", "my group"),
        ("VM_NAME_PREFIX", "vm_"),
        ("VM_NAME_PREFIX", "-vm"),
        ("VM_NAME_PREFIX", "v" * 59),
        ("ADMIN", "root"),
        ("ADMIN", "Admin"),
        ("ADMIN", "9lives"),
        ("ADMIN", "a" * 33),
    ],
)
def test_names_that_azure_refuses_are_refused_first(problems, name, text):
    (problem,) = problems(**{name: text})
    assert problem.startswith(f"{name}={text}"[:60])


def test_names_that_azure_takes_are_taken(settings):
    found = settings(RESOURCE_GROUP="My_group.(1)", VMSS_NAME="Cluster-1", VM_NAME_PREFIX="n", ADMIN="hpcuser_1")
    assert (found.resource_group, found.vmss_name) == ("My_group.(1)", "Cluster-1")
    assert (found.vm_name_prefix, found.admin) == ("n", "hpcuser_1")


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ('{ team = "research", stage = "test" }', {"team": "research", "stage": "test"}),
        ("team=research,stage=test", {"team": "research", "stage": "test"}),
        ("team=research, stage=test,", {"team": "research", "stage": "test"}),
        ("team=a=b", {"team": "a=b"}),
        ("team=", {"team": ""}),
        ("cost center=12 34", {"cost center": "12 34"}),
        ("screen=27\",who=O'Neil", {"screen": '27"', "who": "O'Neil"}),
        (r'{ "note" = "\"a\", b=c d=e" }', {"note": '"a", b=c d=e'}),
        ("{}", {}),
    ],
)
def test_tags_are_read_in_both_forms(settings, text, tags):
    assert settings(TAGS=text).tags == tags


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("(", "is a bash array"),
        ('("team=research," "stage=test")', "TAGS=team=research,stage=test"),
        ('("cost center=12 34,")', "TAGS=cost center=12 34"),
        ("('who=me, you' x=y)", 'TAGS={ "who" = "me, you", "x" = "y" }'),
        ('("team=research)', "TAGS=key1=val1,key2=val2"),
        ('team=research,stage="test"', "entry 2 has quotes, which would become part of the tag"),
        ("'team'=research", "entry 1 has quotes"),
        ('who="me, x=y"', "entry 1 has quotes"),
        ("team=research stage=test", "entry 1 looks like several tags with spaces between them"),
        ("research", "entry 1 is not key=value"),
        ("a=1,a=2", "twice"),
        ("a=1,A=2", "Azure takes for one"),
        ("a/b=1", "the key a/b"),
        ("microsoftTeam=1", "are Azure's"),
        ("Aiinfra-Cluster=1", "the tool itself sets"),
        ("a=" + "x" * 257, "bad value at the key a"),
        ("x" * 513 + "=1", "1 to 512 characters"),
        (",".join(f"k{n}=v" for n in range(50)), "has 50 tags; at most 49"),
        ("=1", "entry 1 is not key=value"),
    ],
)
def test_bad_tags_are_named(problems, text, part):
    (problem,) = problems(TAGS=text)
    assert problem.startswith("TAGS ") or problem.startswith("TAGS: ")
    assert part in problem


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("home", "entry 1 (home) is neither a range nor an address"),
        ("203.0.113.7/24", "write 203.0.113.0/24, or the address alone"),
        ("203.0.113.7/33", "is neither"),
        ("2001:db8::/32", "IPv6"),
        ("*", "names no range"),
        (",", "names no range"),
    ],
)
def test_bad_ranges_are_named(problems, text, part):
    (problem,) = problems(ALLOWED_CIDRS=text)
    assert problem.startswith("ALLOWED_CIDRS") and part in problem


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("https://mystate.blob.core.windows.net/state", BlobPath("mystate", "state")),
        ("https://mystate.blob.core.windows.net/state/", BlobPath("mystate", "state")),
        ("https://mystate.blob.core.windows.net/state/a/b/", BlobPath("mystate", "state", "a/b")),
    ],
)
def test_a_place_for_the_state_is_read(settings, text, path):
    found = settings(TERRAFORM_BLOB_PATH=text).terraform_blob_path
    assert found == path
    assert found.url == text.rstrip("/")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("gs://bucket", "is not the address of a blob container"),
        ("https://mystate.blob.core.windows.net", "names no container"),
        ("https://My-State.blob.core.windows.net/state", "names no storage account"),
        ("https://mystate.blob.core.windows.net/st", "names no container"),
        ("https://mystate.blob.core.windows.net/st--te", "names no container"),
        ("https://mystate.blob.core.windows.net/state/../x", "is empty or ends with a period"),
        ("https://mystate.file.core.windows.net/state", "is not the address"),
        ("https://mystate.blob.core.windows.net/state/a b", "has an invalid folder"),
    ],
)
def test_what_is_no_place_for_the_state_is_refused(problems, text, part):
    (problem,) = problems(TERRAFORM_BLOB_PATH=text)
    assert problem.startswith("TERRAFORM_BLOB_PATH=") and part in problem


@pytest.mark.parametrize("form", ["{}", '"{}"', "{} "])
@pytest.mark.parametrize(
    "text",
    ["https://mystate.blob.core.windows.net/state?sig=SECRET", "AccountName=mystate;AccountKey=SECRET"],
)
def test_a_key_in_the_place_for_the_state_is_refused_without_being_shown(problems, text, form):
    (problem,) = problems(TERRAFORM_BLOB_PATH=form.format(text))
    assert problem.startswith("TERRAFORM_BLOB_PATH") and "SECRET" not in problem


def test_an_identity_is_named_by_its_resource_id(settings, problems):
    assert settings(NODE_IDENTITY=IDENTITY).node_identity == IDENTITY
    (problem,) = problems(NODE_IDENTITY="00000000-0000-0000-0000-000000000000")
    assert "give the resource ID" in problem
    assert settings(NODE_IDENTITY=IDENTITY.lower()).node_identity == IDENTITY
    (problem,) = problems(NODE_IDENTITY=IDENTITY + "/more")
    assert "is not a managed identity's resource ID" in problem
