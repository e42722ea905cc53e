"""Clients are those that botocore makes by itself, without its search for all services."""

from __future__ import annotations

import os
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import BotoCoreError

from handlers.common.aws import make_client


@pytest.mark.parametrize("service", ["sagemaker-runtime", "dynamodb", "s3", "application-autoscaling"])
def test_a_client_is_the_one_that_botocore_makes_by_itself(service: Any) -> None:
    ours, theirs = make_client(service), botocore.session.Session().create_client(service)
    assert ours.meta.endpoint_url == theirs.meta.endpoint_url
    assert ours.meta.service_model.api_version == theirs.meta.service_model.api_version
    assert ours.waiter_names == theirs.waiter_names


def test_a_name_that_no_service_has_is_refused() -> None:
    name: Any = "no-such-service"
    with pytest.raises(BotoCoreError):
        make_client(name)


def test_no_folder_of_another_service_is_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    folders: list[str] = []
    listdir = os.listdir

    def listed(path: str) -> list[str]:
        folders.append(str(path))
        return listdir(path)

    monkeypatch.setattr(os, "listdir", listed)
    make_client("polly")  # which no module of the handlers has made before
    assert folders
    assert {path.rpartition("/")[2] for path in folders} == {"polly"}
