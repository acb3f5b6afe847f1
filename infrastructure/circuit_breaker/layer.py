# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

from aws_cdk import RemovalPolicy, aws_lambda
from constructs import Construct

from circuit_breaker.package import DEFAULT_LAYER, Package, read_layer


class CircuitBreakerLayer(aws_lambda.LayerVersion):
    """The circuit breaker as an extension, for functions in any language: `layers=[layer]`, and the table's `grant_circuit_breaker(function)`.

    It is built for one architecture, which the functions must have too.
    """

    def __init__(self, scope: Construct, construct_id: str, *, package: Package | Path = DEFAULT_LAYER) -> None:
        package = package if isinstance(package, Package) else read_layer(package)
        self.architecture = aws_lambda.Architecture.custom(package.architecture)
        super().__init__(
            scope,
            construct_id,
            code=aws_lambda.Code.from_asset(str(package.path)),
            compatible_architectures=[self.architecture],
            description="The circuit breaker as an extension",
            license="Apache-2.0",
            removal_policy=RemovalPolicy.DESTROY,
        )
