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
    logs = properties(template, "AWS::Lambda::Function")["LoggingConfig"]["LogGroup"]["Ref"] + ".Arn"
    assert allowed == {
        ("dynamodb:GetItem", table),
        ("dynamodb:UpdateItem", table),
        ("logs:CreateLogStream", logs),
        ("logs:PutLogEvents", logs),
        # X-Ray knows no resources to name here.
        ("xray:PutTraceSegments", "*"),
        ("xray:PutTelemetryRecords", "*"),
    }


def test_with_a_key_it_may_use_that_for_its_table_alone(synth: Callable[..., dict]) -> None:
    template = synth(removalPolicy="retain")
    plain = properties(synth(), "AWS::IAM::Policy")["PolicyDocument"]["Statement"]
    (more,) = [statement for statement in properties(template, "AWS::IAM::Policy")["PolicyDocument"]["Statement"] if statement not in plain]
    assert more["Resource"] == {"Fn::GetAtt": [logical_id(template, "AWS::KMS::Key"), "Arn"]}
    assert {action.partition(":")[0] for action in more["Action"]} == {"kms"}
    assert not [action for action in more["Action"] if "*" in action]
    assert more["Condition"] == {"StringEquals": {"kms:ViaService": {"Fn::Join": ["", ["dynamodb.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}}}


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
