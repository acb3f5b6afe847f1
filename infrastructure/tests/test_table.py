# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""The construct as users take it into stacks of their own."""

import pytest
from aws_cdk import App, RemovalPolicy, Stack, aws_iam, aws_kms, aws_lambda
from aws_cdk.assertions import Template

from circuit_breaker.table import CircuitBreakerTable, CircuitNamesError
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


def statements(stack: Stack) -> list[dict]:
    return properties(Template.from_stack(stack).to_json(), "AWS::IAM::Policy")["PolicyDocument"]["Statement"]


def keys_by_action(stack: Stack) -> dict[str, list[str]]:
    return {each["Action"]: each["Condition"]["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"] for each in statements(stack)}


def test_a_function_is_limited_to_circuits() -> None:
    stack = Stack(App(), "Foreign")
    CircuitBreakerTable(stack, "Circuits").grant_circuit_breaker(some_function(stack), circuits=["payments", "search"]).assert_success()
    # A store reads the key "?" to see that the table is there.
    assert keys_by_action(stack) == {"dynamodb:GetItem": ["payments", "search", "?"], "dynamodb:UpdateItem": ["payments", "search"]}


@pytest.mark.parametrize("circuits", [[], "payments", ["pay*"], ["payments", ""], ["a" * 257], ["a\n"]])
def test_circuits_that_cannot_be(circuits: list[str]) -> None:
    stack = Stack(App(), "Foreign")
    with pytest.raises(CircuitNamesError, match="must be a list of ids"):
        CircuitBreakerTable(stack, "Circuits").grant_circuit_breaker(some_function(stack), circuits=circuits)


@pytest.mark.parametrize(
    ("grant", "rights"),
    [
        ("grant_read_circuits", {"dynamodb:GetItem", "dynamodb:Scan"}),
        ("grant_operate_circuits", {"dynamodb:GetItem", "dynamodb:Scan", "dynamodb:UpdateItem"}),
    ],
)
def test_operators_get_what_the_commands_need(grant: str, rights: set[str]) -> None:
    stack = Stack(App(), "Foreign")
    table = CircuitBreakerTable(stack, "Circuits")
    getattr(table, grant)(aws_iam.Role(stack, "Operator", assumed_by=aws_iam.AccountRootPrincipal())).assert_success()
    (statement,) = statements(stack)
    assert set(statement["Action"]) == rights
    assert statement["Resource"] == {"Fn::GetAtt": [logical_id(Template.from_stack(stack).to_json(), "AWS::DynamoDB::Table"), "Arn"]}
    assert "Condition" not in statement


def test_a_reader_may_only_decrypt() -> None:
    stack = Stack(App(), "Foreign")
    table = CircuitBreakerTable(stack, "Circuits", encryption_key=aws_kms.Key(stack, "Key"))
    table.grant_read_circuits(aws_iam.Role(stack, "Operator", assumed_by=aws_iam.AccountRootPrincipal()))
    (of_key,) = [each for each in statements(stack) if "kms:Decrypt" in each["Action"]]
    assert set(of_key["Action"]) == {"kms:Decrypt", "kms:DescribeKey"}
