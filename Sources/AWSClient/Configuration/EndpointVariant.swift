//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import SafeText

/// Which of a service's own endpoints is used.
struct EndpointVariant: Sendable, Hashable {
    /// Its cryptographic modules are validated by FIPS 140.
    var isFIPS = false
    /// It has IPv6 addresses too.
    var isDualStack = false

    /// Reads the settings of the environment, or else of the profile.
    ///
    /// - Throws: ``AWSError`` with code `configuration` for a value other than true and false, since the other endpoint is not what was asked for.
    init(environment: ProcessEnvironment, profile: Profile?) throws(AWSError) {
        isFIPS = try Self.isSet("use_fips_endpoint", environment, profile)
        isDualStack = try Self.isSet("use_dualstack_endpoint", environment, profile)
    }

    /// The service's ordinary endpoint.
    init() {}

    /// The URL of a service in a region, as botocore has it for DynamoDB and STS.
    ///
    /// - Throws: ``AWSError`` with code `configuration` where botocore knows of none.
    func url(service: String, region: String) throws(AWSError) -> String {
        let partition = Partition.of(region)
        guard let domain = isDualStack ? partition.dualStackDomain : partition.domain else {
            throw AWSError(.configuration, "the region \(region) has no dual-stack endpoints; set AWS_USE_DUALSTACK_ENDPOINT to false")
        }
        // There the ordinary endpoint is a FIPS one.
        let isOrdinary = !isFIPS || region.hasPrefix("us-gov-") && !isDualStack
        return "https://\(service)\(isOrdinary ? "" : "-fips").\(region).\(domain)"
    }

    private static func isSet(_ key: String, _ environment: ProcessEnvironment, _ profile: Profile?) throws(AWSError) -> Bool {
        let variable = "AWS_\(key.uppercased())"
        guard let value = environment[variable] ?? profile?[key] else { return false }
        switch value.lowercased() {
        case "true": return true
        case "false": return false
        default:
            let setting = environment[variable] == nil ? "\(key) of the profile" : variable
            throw AWSError(.configuration, "\(setting) is '\(value.printable)'; make it true or false")
        }
    }
}

/// The domains of a part of AWS that has regions of its own.
private struct Partition {
    let prefix: String
    let domain: String
    let dualStackDomain: String?

    static func of(_ region: String) -> Partition {
        others.first { region.hasPrefix($0.prefix) } ?? aws
    }

    private static let aws = Partition(prefix: "", domain: "amazonaws.com", dualStackDomain: "api.aws")
    private static let others = [
        Partition(prefix: "cn-", domain: "amazonaws.com.cn", dualStackDomain: "api.amazonwebservices.com.cn"),
        Partition(prefix: "us-iso-", domain: "c2s.ic.gov", dualStackDomain: "api.aws.ic.gov"),
        Partition(prefix: "us-isob-", domain: "sc2s.sgov.gov", dualStackDomain: "api.aws.scloud"),
        Partition(prefix: "us-isof-", domain: "csp.hci.ic.gov", dualStackDomain: nil),
        Partition(prefix: "eu-isoe-", domain: "cloud.adc-e.uk", dualStackDomain: nil),
        Partition(prefix: "eusc-", domain: "amazonaws.eu", dualStackDomain: "api.amazonwebservices.eu"),
    ]
}
