# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Changes as events: the construct in stacks of others and in the pattern's."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App, Stack, aws_events, aws_events_targets, aws_kms, aws_sqs
from aws_cdk.assertions import Template
from ministack.services.lambda_svc import _match_esm_filter

from circuit_breaker.errors import DeployError
from circuit_breaker.events import FILTERS, CircuitBreakerEvents
from circuit_breaker.package import read_events
from circuit_breaker.table import CircuitBreakerTable
from tests.templates import logical_id, named, properties, resources

Synth = Callable[..., dict]
SCHEMA = json.loads((Path(__file__).parents[2] / "events.schema.json").read_text())


def foreign(package: Path, *, with_key: bool = False) -> tuple[Stack, CircuitBreakerEvents]:
    stack = Stack(App(), "Foreign")
    table = CircuitBreakerTable(stack, "Circuits", encryption_key=aws_kms.Key(stack, "Key") if with_key else None)
    return stack, CircuitBreakerEvents(stack, "Events", table=table, bus=aws_events.EventBus(stack, "Bus"), package=package)


def statements(template: dict) -> list[dict]:
    return [
        statement for policy in resources(template, "AWS::IAM::Policy").values() for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def test_the_stream_is_mapped(package: Path) -> None:
    stack, _ = foreign(package)
    template = Template.from_stack(stack).to_json()
    table = logical_id(template, "AWS::DynamoDB::Table")
    assert properties(template, "AWS::DynamoDB::Table")["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    mapping = properties(template, "AWS::Lambda::EventSourceMapping")
    assert mapping["EventSourceArn"] == {"Fn::GetAtt": [table, "StreamArn"]}
    assert (mapping["StartingPosition"], mapping["BisectBatchOnFunctionError"], mapping["FunctionResponseTypes"]) == (
        "TRIM_HORIZON",
        True,
        ["ReportBatchItemFailures"],
    )
    assert (mapping["MaximumRetryAttempts"], mapping["MaximumRecordAgeInSeconds"]) == (100, 3600)
    patterns = [json.loads(entry["Pattern"]) for entry in mapping["FilterCriteria"]["Filters"]]
    assert patterns == FILTERS
    assert len(patterns) <= 5
    queue = logical_id(template, "AWS::SQS::Queue")
    assert mapping["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": [queue, "Arn"]}}}
    assert properties(template, "AWS::SQS::Queue")["SqsManagedSseEnabled"] is True


def test_the_function_may_do_only_what_it_needs(package: Path) -> None:
    stack, _ = foreign(package)
    template = Template.from_stack(stack).to_json()
    table, bus = logical_id(template, "AWS::DynamoDB::Table"), logical_id(template, "AWS::Events::EventBus")
    queue, logs = logical_id(template, "AWS::SQS::Queue"), logical_id(template, "AWS::Logs::LogGroup")
    allowed = {}
    for statement in statements(template):
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        allowed |= dict.fromkeys(actions, ".".join(statement["Resource"]["Fn::GetAtt"]))
    assert allowed == {
        **dict.fromkeys(
            ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"], f"{table}.StreamArn"
        ),
        **dict.fromkeys(["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"], f"{queue}.Arn"),
        **dict.fromkeys(["logs:CreateLogStream", "logs:PutLogEvents"], f"{logs}.Arn"),
        "events:PutEvents": f"{bus}.Arn",
    }


def test_a_key_of_the_tables_may_be_used_by_way_of_dynamodb_alone(package: Path) -> None:
    stack, _ = foreign(package, with_key=True)
    (statement,) = [found for found in statements(Template.from_stack(stack).to_json()) if "kms:Decrypt" in found["Action"]]
    assert set(statement["Action"]) == {"kms:Decrypt", "kms:DescribeKey"}
    assert "kms:ViaService" in statement["Condition"]["StringEquals"]


def test_rules_are_one_line(package: Path) -> None:
    stack, events = foreign(package)
    target = aws_events_targets.SqsQueue(aws_sqs.Queue(stack, "Target"))
    events.on_open(target)
    events.on_open(aws_events_targets.SqsQueue(aws_sqs.Queue(stack, "Another")))
    events.on_close(target)
    events.on_order(target)
    template = Template.from_stack(stack).to_json()
    table = {"Fn::GetAtt": [logical_id(template, "AWS::DynamoDB::Table"), "Arn"]}
    both = {"source": ["swift-circuit-breaker"], "resources": [table]}
    found = [rule["Properties"]["EventPattern"] for rule in resources(template, "AWS::Events::Rule").values()]
    opened = {**both, "detail-type": ["Circuit State Change"], "detail": {"to": ["OPEN"]}}
    closed = {**both, "detail-type": ["Circuit State Change"], "detail": {"to": ["CLOSED"]}}
    assert found == [opened, opened, closed, {**both, "detail-type": ["Circuit Order Change"]}]


def test_the_rules_words_are_the_schemas() -> None:
    names = {entry["properties"]["detail-type"]["const"] for entry in SCHEMA["oneOf"]}
    assert names == {"Circuit State Change", "Circuit Order Change"}
    assert SCHEMA["properties"]["source"] == {"const": "swift-circuit-breaker"}
    assert SCHEMA["$defs"]["state"]["enum"] == ["CLOSED", "OPEN", "HALF-OPEN"]


def record(old: dict | None, new: dict | None, **more: dict) -> dict:
    name = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
    images = {"OldImage": old and image(old), "NewImage": new and image({**new, **more})}
    return {"eventName": name, "dynamodb": {key: value for key, value in images.items() if value}}


def image(attributes: dict) -> dict:
    return {name: value if isinstance(value, dict) else {"S": value} for name, value in attributes.items()}


CLOSED, OPEN, HALF = ({"id": "a", "circuitState": state} for state in ("CLOSED", "OPEN", "HALF-OPEN"))
ORDERS = {"cb_orders": {"N": "1"}}


@pytest.mark.parametrize(
    ("change", "passes"),
    [
        (record(CLOSED, OPEN), True),
        (record(OPEN, HALF), True),
        (record(HALF, CLOSED), True),
        (record(HALF, OPEN), True),
        (record(OPEN, CLOSED), True),
        (record(HALF, {"id": "a", "circuitState": "HALF"}), False),
        (record(None, OPEN), True),
        (record(OPEN, None), True),
        (record(CLOSED, CLOSED), False),
        (record(OPEN, OPEN), False),
        (record(HALF, HALF), False),
        (record(CLOSED, CLOSED, **ORDERS), True),
        (record({**CLOSED, **ORDERS}, CLOSED, **ORDERS), True),
    ],
)
def test_filters(change: dict, *, passes: bool) -> None:
    assert any(_match_esm_filter(change, pattern) for pattern in FILTERS) is passes


def test_the_pattern_has_it_by_context(synth: Synth) -> None:
    assert not resources(synth(), "AWS::Lambda::EventSourceMapping")
    assert "StreamSpecification" not in properties(synth(), "AWS::DynamoDB::Table")
    template = synth(events="true", logRetention="30")
    assert resources(template, "AWS::Lambda::EventSourceMapping")
    function = named(template, "AWS::Lambda::Function", "EventsFunction")["Properties"]
    assert (function["Runtime"], function["MemorySize"], function["Timeout"]) == ("provided.al2023", 128, 30)
    assert json.dumps(function["Environment"]["Variables"]["CIRCUITBREAKER_EVENT_BUS"]).count("event-bus/default") == 1
    assert named(template, "AWS::Logs::LogGroup", "EventsLogs")["Properties"]["RetentionInDays"] == 30


def test_a_package_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match='build it with "make events", or name another with -c eventsPackage=PATH'):
        read_events(tmp_path / "none.zip")
