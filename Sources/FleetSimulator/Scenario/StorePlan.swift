//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
/// The store that holds the shared record.
public struct StorePlan: Codable, Hashable, Sendable {
    /// A while in which the store does not work.
    public struct Outage: Codable, Hashable, Sendable {
        /// How it does not work.
        public enum Kind: String, Codable, Hashable, Sendable {
            /// It answers with an error.
            case refusing
            /// It does not answer.
            case silent
        }

        /// When it begins.
        public var from: Milliseconds
        /// When it is over.
        public var until: Milliseconds
        /// How it does not work.
        public var kind: Kind

        /// Creates an outage.
        public init(_ kind: Kind, from: Milliseconds, until: Milliseconds) {
            self.kind = kind
            self.from = from
            self.until = until
        }
    }

    /// What one partition carries: all requests for one circuit go to the same one.
    public struct Limits: Codable, Hashable, Sendable {
        /// Write units a second.
        public var writeUnits: Double
        /// Read units a second.
        public var readUnits: Double

        /// Creates limits; the defaults are DynamoDB's.
        public init(writeUnits: Double = 1000, readUnits: Double = 3000) {
            self.writeUnits = writeUnits
            self.readUnits = readUnits
        }
    }

    /// How long a request takes, there and back.
    public var latency: Latency
    /// The share of requests that are lost on their way to the store.
    public var lostRequests: Double
    /// The share of replies that are lost on their way back.
    public var lostReplies: Double
    /// The share of eventually consistent reads that see an older record.
    public var staleReads: Double
    /// How old that record may be.
    public var staleness: Milliseconds
    /// By how much the environments' clocks differ at most.
    public var clockSkew: Milliseconds
    /// What one partition carries; nil: anything.
    public var limits: Limits?
    /// When the store does not work.
    public var outages: [Outage]

    /// Creates a store.
    public init(
        latency: Latency = .init(minimum: 2, median: 4, p99: 15, maximum: 60),
        lostRequests: Double = 0,
        lostReplies: Double = 0,
        staleReads: Double = 0.05,
        staleness: Milliseconds = 100,
        clockSkew: Milliseconds = 20,
        limits: Limits? = .init(),
        outages: [Outage] = []
    ) {
        self.latency = latency
        self.lostRequests = lostRequests
        self.lostReplies = lostReplies
        self.staleReads = staleReads
        self.staleness = staleness
        self.clockSkew = clockSkew
        self.limits = limits
        self.outages = outages
    }
}
