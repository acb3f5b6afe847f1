# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Changes of circuits' states and orders, as events on an EventBridge bus; queues that wait for a circuit; orders that alarms give."""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

from aws_cdk import Duration, RemovalPolicy, Stack, aws_cloudwatch, aws_events, aws_iam, aws_lambda, aws_logs, aws_sqs
from aws_cdk.aws_events_targets import LambdaFunction
from aws_cdk.aws_lambda_destinations import SqsDestination
from aws_cdk.aws_lambda_event_sources import SqsDlq
from constructs import Construct

from circuit_breaker.nag import acknowledge
from circuit_breaker.package import DEFAULT_EVENTS, Package, read_events
from circuit_breaker.table import CircuitBreakerTable, check_circuits

SOURCE = "swift-circuit-breaker"
STATE_CHANGE, ORDER_CHANGE = "Circuit State Change", "Circuit Order Change"
# How circuitbreaker-lambda and this library write the three states.
STATES = [["CLOSED"], ["OPEN"], ["HALF-OPEN", "HALF"]]

# Which writes the function sees, as a filter cannot compare two fields. An event source takes five at most.
FILTERS = [
    *({"dynamodb": {"OldImage": {"circuitState": {"S": state}}, "NewImage": {"circuitState": {"S": [{"anything-but": state}]}}}} for state in STATES),
    # A circuit that is born open, or goes while it is.
    {"eventName": ["INSERT", "REMOVE"]},
    # The fence of orders, which a circuit has since its first one. It is a number, since "exists" is documented for such ends of a path only.
    {"dynamodb": {"NewImage": {"cb_orders": {"N": [{"exists": True}]}}}},
]


# What an order does; the library's documentation says it of each.
Kind = Literal["FORCE-OPEN", "FORCE-CLOSED", "DISABLED", "OBSERVE"]
KINDS = ("FORCE-OPEN", "FORCE-CLOSED", "DISABLED", "OBSERVE")
# As much of a text as an order has room for, in bytes.
LONGEST_TEXT = 256


class PauseError(ValueError):
    """A mapping that cannot be paused."""


class OrderError(ValueError):
    """An order that cannot be given."""


class EventSource(Protocol):
    """An `EventSourceMapping`, or an `SqsEventSource` that a function has."""

    @property
    def event_source_mapping_id(self) -> str: ...

    @property
    def event_source_mapping_arn(self) -> str: ...


class CircuitBreakerEvents(Construct):
    """Puts every change of state and every order of a table's circuits on a bus, at least once and in order for each circuit.

    Whoever made the change: this library, circuitbreaker-lambda, an operator or a hand. It turns the table's stream on.
    """

    def __init__(  # noqa: PLR0913
        self,
        scope: Construct,
        construct_id: str,
        *,
        table: CircuitBreakerTable,
        bus: aws_events.IEventBus | None = None,
        package: Package | Path = DEFAULT_EVENTS,
        log_retention: aws_logs.RetentionDays = aws_logs.RetentionDays.TWO_WEEKS,
    ) -> None:
        super().__init__(scope, construct_id)
        self.table = table
        self._gives_orders = False
        self.bus = bus or aws_events.EventBus.from_event_bus_name(self, "DefaultBus", "default")
        self.function = self._function(package if isinstance(package, Package) else read_events(package), log_retention)
        # Which writes those were, for two weeks; the stream holds the writes themselves for a day.
        self.dead_letters = aws_sqs.Queue(
            self,
            "DeadLetters",
            encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
            removal_policy=RemovalPolicy.DESTROY,
        )
        acknowledge(self.dead_letters, "SQS3", "it is the dead-letter queue")
        stream = table.turn_stream_on()
        table.grant_read_stream(self.function)
        aws_iam.Grant.add_to_principal(grantee=self.function, actions=["events:PutEvents"], resource_arns=[self.bus.event_bus_arn])
        self._event_source(stream)

    def on_open(self, target: aws_events.IRuleTarget) -> aws_events.Rule:
        """Tells the target of each circuit of the table that opens, and of each probe that failed."""
        return self._rule("OnOpen", target, [STATE_CHANGE], {"to": ["OPEN"]})

    def on_close(self, target: aws_events.IRuleTarget) -> aws_events.Rule:
        """Tells the target of each circuit of the table that closes."""
        return self._rule("OnClose", target, [STATE_CHANGE], {"to": ["CLOSED"]})

    def on_order(self, target: aws_events.IRuleTarget) -> aws_events.Rule:
        """Tells the target of each order for a circuit of the table, and of its end."""
        return self._rule("OnOrder", target, [ORDER_CHANGE])

    def pause(
        self,
        event_source_mapping: EventSource,
        *,
        circuit: str,
        after: Duration | None = None,
        longest: Duration | None = None,
        maximum_concurrency: int | None = None,
    ) -> None:
        """Turns a queue's event source mapping off while the circuit is OPEN, once it has been for so long; by default a minute.

        At the next attempt the mapping is on with two environments at once, the least that Lambda takes, and as before once the circuit is CLOSED.
        `longest`, an hour by default, is how long it is off at most between two attempts. `maximum_concurrency` is what the mapping has if it is
        not of this app; one of this app says it itself.
        """
        after, longest = after or Duration.minutes(1), longest or Duration.hours(1)
        check_circuits([circuit])
        if not 1 <= longest.to_minutes(integral=False) <= 24 * 60 or after.to_milliseconds() > longest.to_milliseconds():
            raise PauseError(f"after is {after} and longest is {longest}, but longest must be from a minute to a day, and after no more than that")
        mapping = self._mapping(event_source_mapping)
        concurrency = self._concurrency(mapping, maximum_concurrency) if mapping else maximum_concurrency
        self.function.add_environment("CIRCUITBREAKER_TABLE", self.table.table_name)
        self.table.grant_read_circuits(self.function, [circuit])
        aws_iam.Grant.add_to_principal(
            grantee=self.function,
            actions=["lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"],
            resource_arns=[event_source_mapping.event_source_mapping_arn],
        )
        # What the function needs to know comes with each invocation, so that there is nothing that it could lose.
        pause = {
            "mapping": event_source_mapping.event_source_mapping_id,
            "circuit": circuit,
            "afterMilliseconds": after.to_milliseconds(),
            "longestMilliseconds": longest.to_milliseconds(),
            "concurrency": concurrency,
        }
        target = LambdaFunction(self.function, event=aws_events.RuleTargetInput.from_object({"pause": pause}))
        self._rule("Pause", target, [STATE_CHANGE, ORDER_CHANGE], {"circuit": [circuit]})
        # Sees that time has passed, and makes up for events that are lost. Schedules are for the default bus alone.
        aws_events.Rule(self, self._next("PauseLook"), schedule=aws_events.Schedule.rate(Duration.minutes(1)), targets=[target])

    def order_on(self, alarm: aws_cloudwatch.IAlarm, circuit: str, kind: Kind, for_: Duration, why: str) -> aws_events.Rule:
        """Gives the circuit an order each time that the alarm goes off, which ends by itself so long after that; `by` is the alarm's name.

        The order takes the place of an earlier one.
        """
        check_circuits([circuit])
        if kind not in KINDS:
            raise OrderError(f"kind is {kind!r}, but must be one of {', '.join(KINDS)}")
        if not 1 <= len(why.encode()) <= LONGEST_TEXT:
            raise OrderError(f"why has {len(why.encode())} bytes, but must have 1 to {LONGEST_TEXT}: who sees the order must know")
        if not 1 <= for_.to_minutes(integral=False) <= 365 * 24 * 60:
            raise OrderError(f"for_ is {for_}, but must be from a minute to a year")
        self.table.grant_circuit_breaker(self.function, [circuit])
        if not self._gives_orders:
            # An order that cannot be given is not lost without a sound.
            self.function.configure_async_invoke(retry_attempts=2, on_failure=SqsDestination(self.dead_letters))
            self._gives_orders = True
        order = {
            "circuit": circuit,
            "kind": kind,
            "forMilliseconds": for_.to_milliseconds(),
            "why": why,
            "alarm": aws_events.EventField.from_path("$.detail.alarmName"),
            "time": aws_events.EventField.from_path("$.time"),
        }
        return aws_events.Rule(
            self,
            self._next("OrderOn"),
            # Alarms tell the default bus, and nobody else can: events with such a source are Amazon's own.
            event_pattern=aws_events.EventPattern(
                source=["aws.cloudwatch"],
                detail_type=["CloudWatch Alarm State Change"],
                resources=[alarm.alarm_arn],
                detail={"state": {"value": ["ALARM"]}},
            ),
            targets=[
                LambdaFunction(self.function, event=aws_events.RuleTargetInput.from_object({"order": order}), dead_letter_queue=self.dead_letters)
            ],
        )

    def _mapping(self, source: EventSource) -> aws_lambda.CfnEventSourceMapping | None:
        """What the template says of it; None if it is not of this app."""
        stack = Stack.of(self)
        wanted = stack.resolve(source.event_source_mapping_id)
        for found in self.node.root.node.find_all():
            if isinstance(found, aws_lambda.CfnEventSourceMapping) and Stack.of(found).resolve(found.ref) == wanted:
                return found
        return None

    def _concurrency(self, mapping: aws_lambda.CfnEventSourceMapping, given: int | None) -> int | None:
        if mapping.provisioned_poller_config is not None:
            raise PauseError(f"{mapping.node.path} has provisioned pollers, which exclude a bound on its concurrency, so that it cannot be paused")
        if mapping.enabled is False:
            raise PauseError(f"{mapping.node.path} is off in the template, so that there is nothing to pause")
        own = (Stack.of(self).resolve(mapping.scaling_config) or {}).get("maximumConcurrency")
        if given not in (None, own):
            raise PauseError(f"maximum_concurrency is {given}, but {mapping.node.path} has {own}; leave it out")
        return own

    def _rule(self, name: str, target: aws_events.IRuleTarget, detail_types: Sequence[str], detail: dict | None = None) -> aws_events.Rule:
        return aws_events.Rule(
            self,
            self._next(name),
            event_bus=self.bus,
            event_pattern=aws_events.EventPattern(source=[SOURCE], detail_type=[*detail_types], resources=[self.table.table_arn], detail=detail),
            targets=[target],
        )

    def _next(self, name: str) -> str:
        taken = {child.node.id for child in self.node.children}
        return next(f"{name}{number}" for number in itertools.count(1) if f"{name}{number}" not in taken)

    def _function(self, package: Package, log_retention: aws_logs.RetentionDays) -> aws_lambda.Function:
        logs = aws_logs.LogGroup(self, "Logs", retention=log_retention, removal_policy=RemovalPolicy.DESTROY)
        # Without a role of our own, CDK attaches a managed policy that may write to every log group.
        role = aws_iam.Role(self, "Role", assumed_by=aws_iam.ServicePrincipal("lambda.amazonaws.com"))
        logs.grant_write(role)
        return aws_lambda.Function(
            self,
            "Function",
            runtime=aws_lambda.Runtime.PROVIDED_AL2023,
            handler="bootstrap",
            code=aws_lambda.Code.from_asset(str(package.path)),
            architecture=aws_lambda.Architecture.custom(package.architecture),
            role=role,
            memory_size=128,
            timeout=Duration.seconds(30),
            log_group=logs,
            logging_format=aws_lambda.LoggingFormat.JSON,
            description="Puts changes of circuits on an EventBridge bus, and does what they ask for",
            environment={"CIRCUITBREAKER_EVENT_BUS": self.bus.event_bus_arn},
        )

    def _event_source(self, stream: str) -> None:
        aws_lambda.EventSourceMapping(
            self,
            "Changes",
            target=self.function,
            event_source_arn=stream,
            # A new mapping that began with the latest would miss what comes while it is set up.
            starting_position=aws_lambda.StartingPosition.TRIM_HORIZON,
            batch_size=100,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            # A bus that cannot be reached holds all up for an hour at most.
            max_record_age=Duration.hours(1),
            retry_attempts=100,
            on_failure=SqsDlq(self.dead_letters),
            filters=[aws_lambda.FilterCriteria.filter(pattern) for pattern in FILTERS],
        )
        # The mapping is refused while the role may not read the stream.
        self.node.find_child("Changes").node.add_dependency(self.node.find_child("Role"))
