"""The stand-in of the programs' argument rules refuses what a program, or the shell, would not take as it is meant."""

from __future__ import annotations

import pytest

from tests.command_lines.rules import check, is_mention, programs
from tests.command_lines.shell import BadLine
from tests.command_lines.texts import command_lines

GROUP = "/subscriptions/s/resourceGroups/g"
DELETE = "gcloud compute instances delete vm --project=p --zone=z"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("gcloud compute instances delete vm --zone=z", "names no --project"),
        ("gcloud compute instances delete vm --project=p", "needs one of"),
        ("gcloud compute instances delete a b --project=p --zone=z", "takes 1 to 1 arguments"),
        (f"{DELETE} --quite", "takes no --quite"),
        (f"{DELETE} --quiet", "asks nobody"),
        (f"{DELETE} --zone=y", "given twice"),
        ("gcloud compute instances delete vm --project= --zone=z", "is empty"),
        (f"{DELETE}, then Create again", "takes 1 to 1 arguments"),
        ("gcloud compute instances destroy vm --project=p --zone=z", "no such command"),
        ("gcloud storage rm 'gs://b/folder/**'", "more than one thing"),
        ("az group delete --name g", "names no --subscription"),
        ("az group delete --name team(rg) --subscription s", "means something to the shell"),
        ("az group delete --name g --subscription s --yes", "takes no --yes"),
        ("az lock delete --ids $(az lock list --query [].id)", "means something to the shell"),
        (f"az resource delete --ids {GROUP}/a {GROUP}/b", "takes 0 to 0 arguments"),
        ("az resource delete --ids a", "names no --subscription"),
        (f'az role assignment list --scope "{GROUP}/$x"', "means something to the shell"),
        ("az ad app credential reset --append", "needs one of"),
        ("kubectl delete svc,ing,pvc --all -A", "takes no --all"),
        ("az account show --query 'id", "quote is not closed"),
        ("gcloud compute ssh vm … --project=p --zone=z", "takes 1 to 1 arguments"),
        ("bq ls", "no rules for bq"),
    ],
)
def test_a_bad_line_is_refused(line: str, why: str) -> None:
    with pytest.raises(BadLine, match=why):
        check(line)


@pytest.mark.parametrize(
    "line",
    [
        DELETE,
        "gcloud compute instances delete <machine> --project=<project> --zone=<the zone>",
        "gcloud compute ssh vm --project p --zone z --command='ray status | cat' -- -N -L 1:localhost:1",
        "az group delete -n 'team(rg)' --subscription s",
        f"az resource delete --ids {GROUP}/providers/a/b/c",
        "az vmss delete-instances -g g -n n --subscription s --instance-ids 0 1 2",
        "cd '/my work' && terraform plan",
        "ssh -p 50000 me@203.0.113.7 ray job submit -- python3 x.py",
        "gcloud projects list  # those that you see",
    ],
)
def test_a_good_line_passes(line: str) -> None:
    assert check(line)


def test_a_mention_names_a_command_that_needs_more() -> None:
    assert is_mention("az lock delete")
    assert not is_mention("gcloud compute zones list")
    assert not is_mention("az lock remove")


def test_lines_are_found_where_people_paste_from() -> None:
    text = (
        "Run `az account show --query id`, or:\n  gcloud projects list\n"
        "```\nkubectl get nodes\n```\nand az itself, then\n    ssh a \\\n      ls\ngcloud is no line\n"
    )
    assert command_lines(text) == [
        "gcloud projects list",
        "ssh a ls",
        "kubectl get nodes",
        "az account show --query id",
    ]


def test_every_program_has_rules_with_a_source() -> None:
    assert {"az", "gcloud", "kubectl", "ssh", "terraform"} <= programs().keys()
    assert len(programs()["gcloud"]) > 40
