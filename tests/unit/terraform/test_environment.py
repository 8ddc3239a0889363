"""Terraform's environment is chosen, not inherited."""

from pathlib import Path

from cluster_provision.terraform.environment import Providers, providers_from, terraform_environment, write_cli_config


def test_other_variables_of_the_caller_do_not_reach_terraform() -> None:
    stray = {"TF_CLI_CONFIG_FILE": "/x", "TF_LOG": "TRACE", "TF_VAR_zone": "z", "GOOGLE_PROJECT": "other", "TOKEN": "s"}
    made = terraform_environment({**stray, "PATH": "/bin"}, Path("/work/terraform.rc"))
    assert made["TF_CLI_CONFIG_FILE"] == "/work/terraform.rc"
    assert not {"TF_LOG", "TF_VAR_zone", "GOOGLE_PROJECT", "TOKEN"} & set(made)


def test_credentials_and_proxies_reach_terraform() -> None:
    given = {"GOOGLE_APPLICATION_CREDENTIALS": "/k.json", "HTTPS_PROXY": "http://p:1", "HOME": "/root"}
    given["GOOGLE_OAUTH_ACCESS_TOKEN"] = "ya29.token"
    assert given.items() <= terraform_environment(given, Path("/rc")).items()


def test_a_blank_variable_is_none() -> None:
    assert "GOOGLE_OAUTH_ACCESS_TOKEN" not in terraform_environment({"GOOGLE_OAUTH_ACCESS_TOKEN": " "}, Path("/rc"))


def test_variables_of_federated_credentials_reach_terraform() -> None:
    given = {"GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": "1", "AWS_ACCESS_KEY_ID": "AKIA", "AWS_REGION": "eu-west-1"}
    assert given.items() <= terraform_environment(given, Path("/rc")).items()


def test_with_a_mirror_the_registry_is_never_asked(tmp_path: Path) -> None:
    write_cli_config(tmp_path / "rc", Providers(Path('/mirror/${x} "y"'), locked=False))
    text = (tmp_path / "rc").read_text()
    assert "filesystem_mirror" in text
    assert "direct" not in text
    assert '"/mirror/$${x} \\"y\\""' in text


def test_the_committed_hashes_hold_for_all_but_the_users_own_mirror(tmp_path: Path) -> None:
    assert providers_from(None).locked
    assert not providers_from(tmp_path).locked
