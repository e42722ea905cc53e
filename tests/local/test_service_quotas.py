"""Service Quotas of the emulated AWS, as its API's documentation has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from genai_templates.local import Emulator

G5 = {"ServiceCode": "sagemaker", "QuotaCode": "L-9614C779"}


@pytest.fixture
def quotas(emulator: Emulator) -> Any:
    emulator.set_quota("ml.g5.2xlarge", 1)
    return emulator.client("service-quotas")


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as refused:
        call()
    return str(refused.value.response["Error"]["Code"])


def test_a_quota_is_found_by_name_and_by_code(quotas: Any) -> None:
    pages = quotas.get_paginator("list_service_quotas").paginate(
        ServiceCode="sagemaker", PaginationConfig={"PageSize": 5}
    )
    pages = list(pages)
    assert len(pages) > 1
    (found,) = (each for page in pages for each in page["Quotas"] if each["QuotaName"].startswith("ml.g5.2xlarge "))
    assert (found["QuotaCode"], found["Value"], found["Adjustable"]) == ("L-9614C779", 1.0, True)
    assert quotas.get_service_quota(**G5)["Quota"] == found
    assert quotas.list_service_quotas(**G5)["Quotas"] == [found]


def test_a_quota_that_was_never_applied_has_only_its_default(quotas: Any, emulator: Emulator) -> None:
    emulator.set_quota("ml.g5.2xlarge", None)
    assert refusal(lambda: quotas.get_service_quota(**G5)) == "NoSuchResourceException"
    assert quotas.list_service_quotas(**G5)["Quotas"] == []
    assert quotas.get_aws_default_service_quota(**G5)["Quota"]["Value"] == 0.0


def test_an_instance_type_of_the_tests_own_gets_a_quota(quotas: Any, emulator: Emulator) -> None:
    emulator.set_quota("ml.p5.48xlarge", 2)
    found = quotas.list_service_quotas(ServiceCode="sagemaker")["Quotas"]
    assert [each["Value"] for each in found if each["QuotaName"] == "ml.p5.48xlarge for endpoint usage"] == [2.0]


def test_an_increase_can_be_requested_once(quotas: Any) -> None:
    made = quotas.request_service_quota_increase(**G5, DesiredValue=3.0)["RequestedQuota"]
    assert (made["Status"], made["DesiredValue"], made["QuotaName"]) == (
        "PENDING",
        3.0,
        "ml.g5.2xlarge for endpoint usage",
    )
    again = refusal(lambda: quotas.request_service_quota_increase(**G5, DesiredValue=4.0))
    assert again == "ResourceAlreadyExistsException"
    history = quotas.list_requested_service_quota_change_history_by_quota
    assert history(**G5)["RequestedQuotas"] == [made]
    assert history(**G5, Status="APPROVED")["RequestedQuotas"] == []


def test_what_is_wrong_is_refused(quotas: Any) -> None:
    unknown = {"ServiceCode": "sagemaker", "QuotaCode": "L-FFFFFFFF"}
    assert refusal(lambda: quotas.get_service_quota(**unknown)) == "NoSuchResourceException"
    assert refusal(lambda: quotas.get_aws_default_service_quota(**unknown)) == "NoSuchResourceException"
    assert refusal(lambda: quotas.list_service_quotas(ServiceCode="unknown")) == "NoSuchResourceException"
    less = refusal(lambda: quotas.request_service_quota_increase(**G5, DesiredValue=1.0))
    assert less == "IllegalArgumentException"
    assert refusal(lambda: quotas.list_services()) == "UnknownOperationException"
