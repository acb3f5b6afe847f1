//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitSidecar
import LambdaRuntime

SidecarProcess(.process, program: CommandLine.arguments.first ?? "").runForever()
