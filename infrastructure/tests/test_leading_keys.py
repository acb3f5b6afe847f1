# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""What `grant_circuit_breaker(function, circuits=[…])` grants, enforced by a stand-in for AWS."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aws_cdk import App, Stack
from botocore.exceptions import ClientError
from botocore.session import Session

from circuit_breaker.table import CircuitBreakerTable
from tests.local_aws import REGION, LocalAWS, local_aws
from tests.test_table import some_function, statements

pytestmark = pytest.mark.deploy

TABLE = "circuits"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAWS]:
    with local_aws(tmp_path_factory.mktemp("aws")) as aws:
        aws.client("dynamodb").create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        )
        yield aws


@pytest.fixture
def code(aws: LocalAWS) -> Callable[..., str]:
    """What a request of the function's is answered with."""
    stack = Stack(App(), "Foreign")
    CircuitBreakerTable(stack, "Circuits").grant_circuit_breaker(some_function(stack), circuits=["payments", "search"])
    (arn,) = [aws.client("dynamodb").describe_table(TableName=TABLE)["Table"]["TableArn"]]
    document = {"Version": "2012-10-17", "Statement": [{**each, "Resource": arn} for each in statements(stack)]}
    iam = aws.client("iam")
    iam.create_user(UserName="function")
    iam.put_user_policy(UserName="function", PolicyName="p", PolicyDocument=json.dumps(document))
    key = iam.create_access_key(UserName="function")["AccessKey"]
    client = Session().create_client(
        "dynamodb",
        region_name=REGION,
        endpoint_url=aws.url,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )

    def ask(verb: str, **arguments: Any) -> str:
        try:
            getattr(client, verb)(TableName=TABLE, **arguments)
        except ClientError as error:
            return error.response["Error"]["Code"]
        return "OK"

    return ask


def test_its_circuits_and_no_others(code: Callable[..., str]) -> None:
    update = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    for circuit, read, written in [
        ("payments", "OK", "OK"),
        ("search", "OK", "OK"),
        ("?", "OK", "AccessDeniedException"),
        ("mail", "AccessDeniedException", "AccessDeniedException"),
        ("payments2", "AccessDeniedException", "AccessDeniedException"),
    ]:
        key = {"id": {"S": circuit}}
        assert code("get_item", Key=key) == read, circuit
        assert code("update_item", Key=key, **update) == written, circuit
    assert code("scan") == "AccessDeniedException"
