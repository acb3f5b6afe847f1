# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Changes as events: the construct in stacks of others and in the pattern's."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App, Duration, Stack, aws_cloudwatch, aws_events, aws_events_targets, aws_kms, aws_lambda, aws_sqs
from aws_cdk.assertions import Template
from aws_cdk.aws_lambda_event_sources import SqsEventSource
from ministack.services.lambda_svc import _match_esm_filter

from circuit_breaker.errors import DeployError
from circuit_breaker.events import FILTERS, CircuitBreakerEvents, OrderError, PauseError
from circuit_breaker.package import read_events
from circuit_breaker.table import CircuitBreakerTable, CircuitNamesError
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


def worker(stack: Stack, package: Path, **settings: object) -> SqsEventSource:
    """A function behind a queue."""
    function = aws_lambda.Function(
        stack, "Worker", runtime=aws_lambda.Runtime.PROVIDED_AL2023, handler="bootstrap", code=aws_lambda.Code.from_asset(str(package))
    )
    source = SqsEventSource(aws_sqs.Queue(stack, "Payments"), report_batch_item_failures=True, **settings)
    function.add_event_source(source)
    return source


def inputs(template: dict, name: str) -> list[dict]:
    """What rules whose logical id holds the name send with each invocation."""
    found = []
    for logical, rule in resources(template, "AWS::Events::Rule").items():
        if name in logical:
            (target,) = rule["Properties"]["Targets"]
            parts = target["Input"]["Fn::Join"][1] if isinstance(target["Input"], dict) else [target["Input"]]
            found.append(json.loads("".join(part if isinstance(part, str) else part["Ref"] for part in parts)))
    return found


def test_a_queue_that_waits(package: Path) -> None:
    stack, events = foreign(package)
    events.pause(worker(stack, package, max_concurrency=20), circuit="payments")
    template = Template.from_stack(stack).to_json()
    (mapping,) = [name for name, found in resources(template, "AWS::Lambda::EventSourceMapping").items() if "Payments" in name]
    pause = {"mapping": mapping, "circuit": "payments", "afterMilliseconds": 60_000, "longestMilliseconds": 3_600_000, "concurrency": 20}
    assert inputs(template, "Pause") == [{"pause": pause}] * 2
    by_event = named(template, "AWS::Events::Rule", "EventsPause1")["Properties"]
    bus, table = logical_id(template, "AWS::Events::EventBus"), logical_id(template, "AWS::DynamoDB::Table")
    assert by_event["EventBusName"] == {"Ref": bus}
    assert by_event["EventPattern"] == {
        "source": ["swift-circuit-breaker"],
        "detail-type": ["Circuit State Change", "Circuit Order Change"],
        "resources": [{"Fn::GetAtt": [table, "Arn"]}],
        "detail": {"circuit": ["payments"]},
    }
    by_time = named(template, "AWS::Events::Rule", "EventsPauseLook1")["Properties"]
    assert by_time["ScheduleExpression"] == "rate(1 minute)"
    assert "EventBusName" not in by_time
    rights = {json.dumps(found["Action"]): found for found in statements(template)}
    assert rights['"dynamodb:GetItem"']["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["payments"]}}
    changes = rights['["lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"]']
    assert mapping in json.dumps(changes["Resource"])
    assert "*" not in json.dumps(changes["Resource"])
    variables = named(template, "AWS::Lambda::Function", "EventsFunction")["Properties"]["Environment"]["Variables"]
    assert variables["CIRCUITBREAKER_TABLE"] == {"Ref": table}


def test_a_queue_without_a_bound_and_a_circuit_whose_name_the_deploy_makes(package: Path) -> None:
    stack, events = foreign(package)
    source = worker(stack, package)
    circuit = stack.node.find_child("Worker").function_name
    events.pause(source, circuit=circuit, after=Duration.seconds(5), longest=Duration.minutes(10))
    template = Template.from_stack(stack).to_json()
    (name,) = [name for name in resources(template, "AWS::Lambda::Function") if name.startswith("Worker")]
    (first, _) = inputs(template, "Pause")
    assert (first["pause"]["circuit"], first["pause"].get("concurrency"), first["pause"]["afterMilliseconds"]) == (name, None, 5_000)


def test_a_mapping_of_another_app(package: Path) -> None:
    stack, events = foreign(package)
    mapping = aws_lambda.EventSourceMapping.from_event_source_mapping_id(stack, "Theirs", "0f")
    events.pause(mapping, circuit="payments", maximum_concurrency=5)
    template = Template.from_stack(stack).to_json()
    (first, _) = inputs(template, "Pause")
    assert (first["pause"]["mapping"], first["pause"]["concurrency"]) == ("0f", 5)


def test_what_cannot_be_paused_is_refused(package: Path) -> None:
    stack, events = foreign(package)
    source = worker(stack, package, max_concurrency=20)
    with pytest.raises(PauseError, match=r"maximum_concurrency is 5, but .* has 20; leave it out"):
        events.pause(source, circuit="payments", maximum_concurrency=5)
    with pytest.raises(PauseError, match="longest must be from a minute to a day"):
        events.pause(source, circuit="payments", longest=Duration.days(2))
    with pytest.raises(CircuitNamesError):
        events.pause(source, circuit="pay ments")
    stack, events = foreign(package)
    with pytest.raises(PauseError, match="off in the template"):
        events.pause(worker(stack, package, enabled=False), circuit="payments")


def test_an_alarm_that_gives_an_order(package: Path) -> None:
    stack, events = foreign(package)
    metric = aws_cloudwatch.Metric(namespace="Bank", metric_name="Incidents")
    alarm = aws_cloudwatch.Alarm(stack, "Incident", metric=metric, threshold=1, evaluation_periods=1)
    events.order_on(alarm, "payments", "FORCE-OPEN", Duration.minutes(15), "the bank has an incident")
    events.order_on(alarm, "refunds", "OBSERVE", Duration.hours(1), "the bank has an incident")
    template = Template.from_stack(stack).to_json()
    rule = named(template, "AWS::Events::Rule", "EventsOrderOn1")["Properties"]
    # Alarms tell the default bus.
    assert "EventBusName" not in rule
    assert rule["EventPattern"] == {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        "resources": [{"Fn::GetAtt": [logical_id(template, "AWS::CloudWatch::Alarm"), "Arn"]}],
        "detail": {"state": {"value": ["ALARM"]}},
    }
    (target,) = rule["Targets"]
    paths = target["InputTransformer"]["InputPathsMap"]
    assert sorted(paths.values()) == ["$.detail.alarmName", "$.time"]
    text = target["InputTransformer"]["InputTemplate"]
    for name, path in paths.items():
        text = text.replace(f"<{name}>", f'"{path}"')
    assert json.loads(text) == {
        "order": {
            "circuit": "payments",
            "kind": "FORCE-OPEN",
            "forMilliseconds": 900_000,
            "why": "the bank has an incident",
            "alarm": "$.detail.alarmName",
            "time": "$.time",
        }
    }
    assert "DeadLetterConfig" in target
    failed = properties(template, "AWS::Lambda::EventInvokeConfig")
    assert (failed["MaximumRetryAttempts"], list(failed["DestinationConfig"])) == (2, ["OnFailure"])
    keys = [found["Condition"]["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"] for found in statements(template) if "UpdateItem" in str(found)]
    assert keys == [["payments"], ["refunds"]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "OPEN"}, "kind is 'OPEN', but must be one of FORCE-OPEN, FORCE-CLOSED, DISABLED, OBSERVE"),
        ({"why": ""}, "why has 0 bytes"),
        ({"why": "é" * 129}, "why has 258 bytes"),
        ({"for_": Duration.seconds(59)}, "must be from a minute to a year"),
    ],
)
def test_an_order_that_cannot_be_given_is_refused(package: Path, change: dict, words: str) -> None:
    stack, events = foreign(package)
    alarm = aws_cloudwatch.Alarm.from_alarm_arn(stack, "Incident", "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:Incident")
    with pytest.raises(OrderError, match=words):
        events.order_on(alarm, **{"circuit": "payments", "kind": "FORCE-OPEN", "for_": Duration.hours(1), "why": "an incident", **change})
