# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""`make deploy-local`: the stack of this folder, deployed by the real cdk command to a stand-in for AWS on this machine."""
