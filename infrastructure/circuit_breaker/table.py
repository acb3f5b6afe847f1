# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
import re
from collections.abc import Sequence

from aws_cdk import RemovalPolicy, Stack, Token, aws_dynamodb, aws_iam, aws_kms, aws_lambda
from constructs import Construct

# What DynamoDB asks of a key on behalf of whoever reads and writes a table.
KEY_ACTIONS = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
READ_KEY_ACTIONS = ["kms:Decrypt", "kms:DescribeKey"]

CIRCUIT_ID = re.compile(r"[A-Za-z0-9._:-]{1,256}")

# No circuit's id: what a store reads to see that the table is there.
PREPARED = "?"


class CircuitNamesError(ValueError):
    """Circuits that a grant cannot be limited to."""

    def __init__(self, circuits: object) -> None:
        super().__init__(f"circuits is {circuits!r}, but must be a list of ids, each 1 to 256 of the characters A-Z a-z 0-9 . _ : -")


def check_circuits(circuits: Sequence[str]) -> None:
    """Refuses what no circuit can be called; a name that the deploy makes, as a function's, is not known yet."""
    if isinstance(circuits, str) or not circuits or not all(Token.is_unresolved(name) or CIRCUIT_ID.fullmatch(name) for name in circuits):
        raise CircuitNamesError(circuits)


class CircuitBreakerTable(aws_dynamodb.Table):
    """The table that holds the circuits' records, one item each; any number of functions can share it.

    A record is worth nothing once nobody uses its circuit, so the table goes with its stack unless told otherwise.
    One that stays cannot be deleted before its deletion protection is taken off. Without a key of yours it is encrypted with one of DynamoDB's.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        table_name: str | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.DESTROY,
        encryption_key: aws_kms.IKey | None = None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            table_name=table_name,
            partition_key=aws_dynamodb.Attribute(name="id", type=aws_dynamodb.AttributeType.STRING),
            billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="expiresAt",
            point_in_time_recovery_specification=aws_dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True),
            encryption_key=encryption_key,
            removal_policy=removal_policy,
            deletion_protection=(removal_policy != RemovalPolicy.DESTROY) or None,
        )

    def grant_circuit_breaker(self, function: aws_lambda.Function, circuits: Sequence[str] | None = None) -> aws_iam.Grant:
        """Lets the function keep its circuits in this table, and tells it so; more than these two actions a circuit breaker never needs.

        With `circuits`, it may read and write those and no others.
        """
        function.add_environment("CIRCUITBREAKER_TABLE", self.table_name)
        self._allow_key(function, KEY_ACTIONS)
        if circuits is None:
            return self._allow(function, ["dynamodb:GetItem", "dynamodb:UpdateItem"])
        check_circuits(circuits)
        return self._allow(function, ["dynamodb:GetItem"], keys=[*circuits, PREPARED]).combine(
            self._allow(function, ["dynamodb:UpdateItem"], keys=[*circuits])
        )

    def grant_read_circuits(self, grantee: aws_iam.IGrantable, circuits: Sequence[str] | None = None) -> aws_iam.Grant:
        """Lets somebody see all circuits, and change none: `breaker list`, `show`, `history`, `watch`, and `dashboard` without orders.

        With `circuits`, it may read those and no others.
        """
        self._allow_key(grantee, READ_KEY_ACTIONS)
        if circuits is not None:
            check_circuits(circuits)
            return self._allow(grantee, ["dynamodb:GetItem"], keys=[*circuits])
        return self._allow(grantee, ["dynamodb:GetItem", "dynamodb:Scan"])

    def grant_operate_circuits(self, grantee: aws_iam.IGrantable) -> aws_iam.Grant:
        """Lets somebody see all circuits and give them orders: every command of `breaker` that takes a circuit."""
        self._allow_key(grantee, KEY_ACTIONS)
        return self._allow(grantee, ["dynamodb:GetItem", "dynamodb:Scan", "dynamodb:UpdateItem"])

    def turn_stream_on(self) -> str:
        """Turns the table's stream on, with the item before and after each write, and gives its ARN."""
        described = self.node.default_child
        described.stream_specification = aws_dynamodb.CfnTable.StreamSpecificationProperty(
            stream_view_type=aws_dynamodb.StreamViewType.NEW_AND_OLD_IMAGES.value
        )
        return described.attr_stream_arn

    def grant_read_stream(self, grantee: aws_iam.IGrantable) -> aws_iam.Grant:
        """Lets somebody read the stream, which must be turned on."""
        self._allow_key(grantee, READ_KEY_ACTIONS)
        return aws_iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
            resource_arns=[self.node.default_child.attr_stream_arn],
        )

    def _allow(self, grantee: aws_iam.IGrantable, actions: list[str], keys: list[str] | None = None) -> aws_iam.Grant:
        conditions = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": keys}} if keys else None
        return aws_iam.Grant.add_to_principal(grantee=grantee, actions=actions, resource_arns=[self.table_arn], conditions=conditions)

    def _allow_key(self, grantee: aws_iam.IGrantable, actions: list[str]) -> None:
        if self.encryption_key is None:
            return
        by_dynamodb = {"StringEquals": {"kms:ViaService": f"dynamodb.{Stack.of(self).region}.amazonaws.com"}}
        aws_iam.Grant.add_to_principal(grantee=grantee, actions=actions, resource_arns=[self.encryption_key.key_arn], conditions=by_dynamodb)
