# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""What the function may do, and who may call it: no more than needed, and no less."""

from collections.abc import Callable

from tests.templates import logical_id, properties, resources


def test_the_function_may_do_only_what_it_needs(synth: Callable[..., dict]) -> None:
    template = synth()
    allowed = set()
    for statement in properties(template, "AWS::IAM::Policy")["PolicyDocument"]["Statement"]:
        assert set(statement) == {"Action", "Effect", "Resource"}
        assert statement["Effect"] == "Allow"
        resource = statement["Resource"]
        name = resource if isinstance(resource, str) else ".".join(resource["Fn::GetAtt"])
        allowed |= {(action, name) for action in statement["Action"]}
    table = logical_id(template, "AWS::DynamoDB::Table") + ".Arn"
    logs = logical_id(template, "AWS::Logs::LogGroup") + ".Arn"
    assert allowed == {
        ("dynamodb:GetItem", table),
        ("dynamodb:UpdateItem", table),
        ("logs:CreateLogStream", logs),
        ("logs:PutLogEvents", logs),
        # X-Ray knows no resources to name here.
        ("xray:PutTraceSegments", "*"),
        ("xray:PutTelemetryRecords", "*"),
    }


def test_nothing_else_gives_it_rights(synth: Callable[..., dict]) -> None:
    template = synth()
    role = properties(template, "AWS::IAM::Role")
    assert set(role) == {"AssumeRolePolicyDocument"}
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert properties(template, "AWS::IAM::Policy")["Roles"] == [{"Ref": logical_id(template, "AWS::IAM::Role")}]
    assert properties(template, "AWS::Lambda::Function")["Role"] == {"Fn::GetAtt": [logical_id(template, "AWS::IAM::Role"), "Arn"]}
    assert not resources(template, "AWS::IAM::ManagedPolicy")


def test_only_this_api_may_call_it(synth: Callable[..., dict]) -> None:
    template = synth()
    permission = properties(template, "AWS::Lambda::Permission")
    assert (permission["Action"], permission["Principal"]) == ("lambda:InvokeFunction", "apigateway.amazonaws.com")
    assert permission["SourceArn"]["Fn::Join"][1][-2:] == [{"Ref": logical_id(template, "AWS::ApiGatewayV2::Api")}, "/*/*"]
