# This source file is part of the swift-circuit-breaker open source project
# Copyright (c) 2026 the swift-circuit-breaker authors
# SPDX-License-Identifier: Apache-2.0
"""ministack, behind a guard in its own process.

By itself it takes the key `test`, a missing one and any account number as root with any secret, answers every origin, and runs functions as plain
processes: a web page that finds its port could run code. Behind the guard it takes one random key as root, and nothing from a browser.
"""
