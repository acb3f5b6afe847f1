//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
public import struct LambdaRuntime.LambdaRuntime

/// This project's runtime, under another name than that of the one it stands in for.
public typealias ServedRuntime = LambdaRuntime
