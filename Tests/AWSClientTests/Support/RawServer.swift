//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

import Foundation
import Synchronization

/// A loopback server whose every byte, and every reset, is in the test's hand.
///
/// One thread per connection.
final class RawServer: Sendable {
    typealias Handler = @Sendable (RawConnection) throws -> Void

    let port: UInt16
    private let listener: Int32
    private let accepted = Mutex(0)
    private let isStopped = Mutex(false)
    private let requests = Mutex<[RawRequest]>([])

    var url: String { "http://127.0.0.1:\(port)" }
    var connectionCount: Int { accepted.withLock { $0 } }
    var received: [RawRequest] { requests.withLock { $0 } }

    /// Starts a server.
    ///
    /// The handler is called once per connection, with the connection's number from 0.
    init(_ handler: @escaping @Sendable (RawConnection, Int) throws -> Void) throws {
        let listener = socket(AF_INET, streamType, 0)
        var address = loopback(port: 0)
        try check(withSockaddr(&address) { bind(listener, $0, $1) })
        try check(listen(listener, 128))
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        try check(withSockaddr(&address) { name, _ in getsockname(listener, name, &length) })
        self.listener = listener
        self.port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            // Only this thread closes the listener, for its number may be another server's at once.
            defer { Foundation.close(listener) }
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { return }
                guard let server = self else {
                    Foundation.close(descriptor)
                    return
                }
                let number = server.accepted.withLock { count in
                    defer { count += 1 }
                    return count
                }
                let connection = RawConnection(descriptor: descriptor) { request in server.requests.withLock { $0.append(request) } }
                Thread.detachNewThread {
                    try? handler(connection, number)
                    Foundation.close(descriptor)
                }
            }
        }
    }

    /// A server that answers each request on any connection with what the function gives, by the request's number from 0.
    static func answering(_ answer: @escaping @Sendable (RawRequest, Int) -> RawAnswer) throws -> RawServer {
        let count = Mutex(0)
        return try RawServer { connection, _ in
            while let request = try connection.readRequest() {
                let number = count.withLock { count in
                    defer { count += 1 }
                    return count
                }
                try connection.write(answer(request, number).bytes)
            }
        }
    }

    func stop() {
        let isFirst = self.isStopped.withLock { isStopped in
            defer { isStopped = true }
            return !isStopped
        }
        if isFirst { shutdown(listener, Int32(SHUT_RDWR)) }
    }

    deinit { stop() }
}

struct RawRequest: Sendable {
    var method: String
    var path: String
    var headers: [String: String]
    var body: [UInt8]
}

struct RawAnswer: Sendable {
    var status = 200
    var headers: [String: String] = [:]
    var body: String

    var bytes: String {
        let fields = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
        return "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
    }

    /// An error in DynamoDB's form.
    static func failure(_ code: String, _ message: String = "no", status: Int = 400, headers: [String: String] = [:]) -> RawAnswer {
        let type = "com.amazonaws.dynamodb.v20120810#\(code)"
        return RawAnswer(
            status: status,
            headers: ["x-amzn-RequestId": "REQ1"].merging(headers) { $1 },
            body: #"{"__type":"\#(type)","message":"\#(message)"}"#
        )
    }
}

struct RawConnection: Sendable {
    let descriptor: Int32
    let note: @Sendable (RawRequest) -> Void

    /// The next request, or nil at the end of the stream.
    func readRequest() throws -> RawRequest? {
        var bytes: [UInt8] = []
        let end = Array("\r\n\r\n".utf8)
        while bytes.suffix(4) != end[...] {
            guard let byte = try read(1).first else { return nil }
            bytes.append(byte)
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        }
        var body: [UInt8] = []
        let length = headers["content-length"].flatMap(Int.init) ?? 0
        while body.count < length {
            let part = try read(length - body.count)
            guard !part.isEmpty else { return nil }
            body += part
        }
        let request = RawRequest(method: String(words[0]), path: String(words[1]), headers: headers, body: body)
        note(request)
        return request
    }

    func read(_ count: Int) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let received = recv(descriptor, &buffer, count, 0)
        try check(Int32(clamping: received))
        return Array(buffer[..<received])
    }

    func write(_ text: String) throws {
        let bytes = Array(text.utf8)
        try check(Int32(clamping: send(descriptor, bytes, bytes.count, noSignal)))
    }

    /// Ends the connection at once with a reset instead of a goodbye.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}

struct SocketError: Error {
    let code = errno
}

@discardableResult
func check(_ result: Int32) throws -> Int32 {
    guard result >= 0 else { throw SocketError() }
    return result
}

#if canImport(Darwin)
    private let streamType = SOCK_STREAM
    private let noSignal: Int32 = 0
#else
    private let streamType = Int32(SOCK_STREAM.rawValue)
    private let noSignal = Int32(MSG_NOSIGNAL)
#endif

private func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
}

private func withSockaddr<Result>(_ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
}

/// A free port of loopback, for a server that must be told one.
func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, streamType, 0)
    defer { close(descriptor) }
    var address = loopback(port: 0)
    try check(withSockaddr(&address) { bind(descriptor, $0, $1) })
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    try check(withSockaddr(&address) { name, _ in getsockname(descriptor, name, &length) })
    return UInt16(bigEndian: address.sin_port)
}

/// Lets the server's thread be slow.
func pause(milliseconds: UInt32) {
    usleep(milliseconds * 1_000)
}
