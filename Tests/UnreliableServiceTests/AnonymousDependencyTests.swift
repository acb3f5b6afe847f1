//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import CircuitBreaker
import Testing
import UnreliableService

@Suite struct AnonymousDependencyTests {
    private struct Echo: Dependency {
        let timeLimit: Duration? = .seconds(7)

        func call(_ request: ServiceRequest) async throws -> ServiceResponse {
            ServiceResponse(status: 200, headers: request.headers, body: request.body, outcome: .success)
        }
    }

    @Test func whatTheCallerIdentifiesItselfWithStaysHere() async throws {
        let headers: HeaderList = [
            "Accept": "a", "authorization": "Bearer secret", "Authorization": "Basic secret", "X-AMZ-SECURITY-TOKEN": "secret", "Cookie": "b",
        ]
        let dependency = AnonymousDependency(Echo())
        let answer = try await dependency.call(ServiceRequest(headers: headers, body: [1]))
        #expect(answer.headers == ["Accept": "a", "Cookie": "b"])
        #expect(answer.body == [1])
        #expect(dependency.timeLimit == .seconds(7))
    }

    @Test(arguments: [("", true), ("drop", true), ("pass", false)]) func itIsPassedOnOnlyIfAsked(value: String, isAnonymous: Bool) throws {
        let settings = try ServiceSettings(variables: ["UPSTREAM_URL": "http://127.0.0.1:9", "UPSTREAM_AUTHORIZATION": value])
        #expect(settings.dependency is AnonymousDependency == isAnonymous)
    }

    @Test func whatTheDependencyRefusesIsRefused() throws {
        let settings = try ServiceSettings(variables: ["UPSTREAM_URL": "http://127.0.0.1:9/base"])
        let leaving = ServiceRequest(path: "/../admin")
        #expect(settings.dependency.refusal(of: leaving)?.outcome == .refused)
        #expect(settings.dependency.refusal(of: ServiceRequest(path: "/ok")) == nil)
    }

    @Test func anyOtherValueIsNamed() {
        #expect {
            try ServiceSettings(variables: ["UPSTREAM_AUTHORIZATION": "yes"])
        } throws: { error in
            "\(error)".hasPrefix("UPSTREAM_AUTHORIZATION is \"yes\", but must be one of drop, pass")
        }
    }
}
