# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""Changes of circuits' states and orders, as events on an EventBridge bus."""

from pathlib import Path

from aws_cdk import Duration, RemovalPolicy, aws_events, aws_iam, aws_lambda, aws_logs, aws_sqs
from aws_cdk.aws_lambda_event_sources import SqsDlq
from constructs import Construct

from circuit_breaker.nag import acknowledge
from circuit_breaker.package import DEFAULT_EVENTS, Package, read_events
from circuit_breaker.table import CircuitBreakerTable

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
        return self._rule("OnOpen", target, STATE_CHANGE, {"to": ["OPEN"]})

    def on_close(self, target: aws_events.IRuleTarget) -> aws_events.Rule:
        """Tells the target of each circuit of the table that closes."""
        return self._rule("OnClose", target, STATE_CHANGE, {"to": ["CLOSED"]})

    def on_order(self, target: aws_events.IRuleTarget) -> aws_events.Rule:
        """Tells the target of each order for a circuit of the table, and of its end."""
        return self._rule("OnOrder", target, ORDER_CHANGE)

    def _rule(self, name: str, target: aws_events.IRuleTarget, detail_type: str, detail: dict | None = None) -> aws_events.Rule:
        count = sum(child.node.id.startswith(name) for child in self.node.children)
        return aws_events.Rule(
            self,
            f"{name}{count + 1}",
            event_bus=self.bus,
            event_pattern=aws_events.EventPattern(source=[SOURCE], detail_type=[detail_type], resources=[self.table.table_arn], detail=detail),
            targets=[target],
        )

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
            description="Puts changes of circuits on an EventBridge bus",
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
