# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The construct as users take it into stacks of their own."""

import pytest
from aws_cdk import App, RemovalPolicy, Stack, aws_lambda
from aws_cdk.assertions import Template

from circuit_breaker.table import CircuitBreakerTable
from tests.templates import logical_id, properties, the_only

RIGHTS = {"dynamodb:GetItem", "dynamodb:UpdateItem"}


def some_function(scope: Stack, name: str = "Mine") -> aws_lambda.Function:
    return aws_lambda.Function(
        scope,
        name,
        runtime=aws_lambda.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=aws_lambda.Code.from_inline("def handler(event, context): pass"),
        environment={"OTHER": "kept"},
    )


def test_in_a_foreign_stack() -> None:
    stack = Stack(App(), "Foreign")
    CircuitBreakerTable(stack, "Circuits").grant_circuit_breaker(some_function(stack)).assert_success()
    template = Template.from_stack(stack).to_json()
    table = logical_id(template, "AWS::DynamoDB::Table")
    (statement,) = properties(template, "AWS::IAM::Policy")["PolicyDocument"]["Statement"]
    assert set(statement["Action"]) == RIGHTS
    assert statement["Resource"] == {"Fn::GetAtt": [table, "Arn"]}
    variables = properties(template, "AWS::Lambda::Function")["Environment"]["Variables"]
    assert variables == {"OTHER": "kept", "CIRCUITBREAKER_TABLE": {"Ref": table}}


def test_shared_by_the_functions_of_another_stack() -> None:
    app = App()
    table = CircuitBreakerTable(Stack(app, "Shared"), "Circuits")
    stack = Stack(app, "Functions")
    for name in ("One", "Two"):
        table.grant_circuit_breaker(some_function(stack, name))
    template = Template.from_stack(stack)
    template.resource_count_is("AWS::DynamoDB::Table", 0)
    policies = template.find_resources("AWS::IAM::Policy").values()
    assert [set(policy["Properties"]["PolicyDocument"]["Statement"][0]["Action"]) for policy in policies] == [RIGHTS, RIGHTS]


@pytest.mark.parametrize(("given", "policy"), [({}, "Delete"), ({"removal_policy": RemovalPolicy.RETAIN, "table_name": "circuits"}, "Retain")])
def test_its_parameters(given: dict, policy: str) -> None:
    stack = Stack(App(), "Foreign")
    CircuitBreakerTable(stack, "Circuits", **given)
    template = Template.from_stack(stack).to_json()
    assert the_only(template, "AWS::DynamoDB::Table")["DeletionPolicy"] == policy
    assert properties(template, "AWS::DynamoDB::Table").get("TableName") == given.get("table_name")
