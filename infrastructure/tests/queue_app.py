# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""A stack with a queue: a function that makes payments, a dead-letter queue, CircuitEvents, and an alarm that gives an order."""

from pathlib import Path

from aws_cdk import App, CfnOutput, CliCredentialsStackSynthesizer, Duration, Stack, aws_cloudwatch, aws_lambda, aws_sqs
from aws_cdk.aws_lambda_event_sources import SqsEventSource

from circuit_breaker.events import CircuitBreakerEvents
from circuit_breaker.table import CircuitBreakerTable

CIRCUIT = "bank"


def main() -> None:
    app = App()
    given = app.node.try_get_context
    stack = Stack(app, "Queues", stack_name=given("stackName"), synthesizer=CliCredentialsStackSynthesizer())
    table = CircuitBreakerTable(stack, "Circuits")
    # Without enforce_ssl: the stand-in for AWS has no TLS.
    dead = aws_sqs.Queue(stack, "Dead")
    queue = aws_sqs.Queue(
        stack,
        "Payments",
        visibility_timeout=Duration.seconds(int(given("visibility"))),
        dead_letter_queue=aws_sqs.DeadLetterQueue(queue=dead, max_receive_count=int(given("receipts"))),
    )
    worker = aws_lambda.Function(
        stack,
        "Worker",
        runtime=aws_lambda.Runtime.PROVIDED_AL2023,
        handler="bootstrap",
        code=aws_lambda.Code.from_asset(given("package")),
        timeout=Duration.seconds(6),
        environment={name: given(name) for name in ("BANK_URL", "RECORD", "CIRCUITBREAKER_TIMEOUT_MS", "CIRCUITBREAKER_MAX_TIMEOUT_MS")},
    )
    table.grant_circuit_breaker(worker, [CIRCUIT])
    source = SqsEventSource(queue, batch_size=10, max_concurrency=10, report_batch_item_failures=True)
    worker.add_event_source(source)
    events = CircuitBreakerEvents(stack, "Events", table=table, package=Path(given("eventsPackage")))
    if given("after") != "never":
        events.pause(source, circuit=CIRCUIT, after=Duration.seconds(int(given("after"))))
    metric = aws_cloudwatch.Metric(namespace="Bank", metric_name="Incidents")
    alarm = aws_cloudwatch.Alarm(stack, "Incident", alarm_name=f"{stack.stack_name}-incident", metric=metric, threshold=1, evaluation_periods=1)
    rule = events.order_on(alarm, "ordered", "FORCE-OPEN", Duration.minutes(15), "the bank has an incident")
    for name, value in {
        "Queue": queue.queue_url,
        "Dead": dead.queue_url,
        "Mapping": source.event_source_mapping_id,
        "Table": table.table_name,
        "Events": events.function.function_name,
        "Worker": worker.function_name,
        "Failed": events.dead_letters.queue_url,
        "Alarm": alarm.alarm_arn,
        "OrderRule": rule.rule_name,
    }.items():
        CfnOutput(stack, f"{name}Name", value=value)
    app.synth()


if __name__ == "__main__":
    main()
