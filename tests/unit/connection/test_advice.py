"""Advice with the names of settings is shown with their values, as a user pastes it."""

from __future__ import annotations

import shlex

from cluster_provision.clouds.azure.problems import kind_of
from cluster_provision.clouds.gcp.problems import kind_of as google_kind_of
from cluster_provision.connection.advice import fill_in
from cluster_provision.errors import ProvisionError
from cluster_provision.settings import load


def test_a_command_has_the_clusters_own_project_and_zone() -> None:
    settings = load({"PROJECT_ID": "my-project-1", "NAME_PREFIX": "demo", "ZONE": "us-a1-b,us-a1-c"}, "create").settings
    failure = google_kind_of("only 0 nodes out of 1 have registered").raised_for("no")
    fill_in(failure, settings, "us-a1-c")
    assert "get-serial-port-output <node> --project=my-project-1 --zone=us-a1-c" in failure.advice


def test_an_images_text_and_the_subscription_are_filled_in() -> None:
    subscription = "11111111-2222-3333-4444-555555555555"
    given = {"CLOUD": "azure", "SUBSCRIPTION_ID": subscription, "NAME_PREFIX": "demo", "LOCATION": "eastus2"}
    settings = load({**given, "IMAGE": "a:b:c:latest"}, "validate").settings
    failure = kind_of("you have not accepted the legal terms").raised_for("no")
    fill_in(failure, settings, "eastus2")
    words = shlex.split(failure.advice.splitlines()[-1])
    assert words == ["az", "vm", "image", "terms", "accept", "--urn", "a:b:c:latest", "--subscription", subscription]


def test_what_is_no_setting_stays() -> None:
    settings = load({"PROJECT_ID": "my-project-1", "NAME_PREFIX": "demo", "ZONE": "us-a1-b"}, "create").settings
    failure = ProvisionError("no", "x --location=<LOCATION> --name=<name> --key=<STARTUP_COMMAND>")
    before = failure.advice
    fill_in(failure, settings, "us-a1-b")
    assert failure.advice == before
