//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

// The name by which an operator finds this process: a Lambda function and its log stream, elsewhere the host and the process.
enum ProcessName {
    static let current = name(
        function: variable("AWS_LAMBDA_FUNCTION_NAME"),
        logStream: variable("AWS_LAMBDA_LOG_STREAM_NAME"),
        host: host,
        process: getpid()
    )

    static func name(function: String?, logStream: String?, host: String?, process: Int32) -> String {
        guard let function else { return "\(host ?? "unknown host")/\(process)" }
        return logStream.map { "\(function) \($0)" } ?? function
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static var host: String? {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
