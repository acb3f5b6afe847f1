# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
from aws_cdk import RemovalPolicy, Stack, aws_dynamodb, aws_iam, aws_kms, aws_lambda
from constructs import Construct

# What DynamoDB asks of a key on behalf of whoever reads and writes a table.
KEY_ACTIONS = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]


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

    def grant_circuit_breaker(self, function: aws_lambda.Function) -> aws_iam.Grant:
        """Lets the function keep its circuits in this table, and tells it so; more than these two actions a circuit breaker never needs."""
        function.add_environment("CIRCUITBREAKER_TABLE", self.table_name)
        if self.encryption_key is not None:
            by_dynamodb = {"StringEquals": {"kms:ViaService": f"dynamodb.{Stack.of(self).region}.amazonaws.com"}}
            statement = aws_iam.PolicyStatement(actions=KEY_ACTIONS, resources=[self.encryption_key.key_arn], conditions=by_dynamodb)
            function.add_to_role_policy(statement)
        return aws_iam.Grant.add_to_principal(
            grantee=function,
            actions=["dynamodb:GetItem", "dynamodb:UpdateItem"],
            resource_arns=[self.table_arn],
        )
