//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import GRPCCore
import GRPCNIOTransportHTTP2Posix

// A message is a text, and says what the server is to do.
struct TextCoder: MessageSerializer, MessageDeserializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: String) throws -> Bytes { Bytes(message.utf8) }

    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> String {
        bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}

struct Shop: RegistrableRPCService {
    static let quote = MethodDescriptor(fullyQualifiedService: "shop.Payments", method: "Quote", type: .unary)
    static let watch = MethodDescriptor(fullyQualifiedService: "shop.Payments", method: "Watch", type: .serverStreaming)
    static let mail = MethodDescriptor(fullyQualifiedService: "shop.Mail", method: "Send", type: .unary)

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        for method in [Self.quote, Self.watch, Self.mail] {
            router.registerHandler(forMethod: method, deserializer: TextCoder(), serializer: TextCoder()) { request, _ in
                var order = ""
                for try await message in request.messages { order = message }
                return try await Self.answer(order)
            }
        }
    }

    // ok · hang · many · middle: fails after two messages · stuck: hangs after two · a code's number, with a pushback behind a comma
    private static func answer(_ order: String) async throws -> StreamingServerResponse<String> {
        let words = order.split(separator: ",").map(String.init)
        if let code = words.first.flatMap({ Int($0) }) {
            var metadata = Metadata()
            if words.count > 1 { metadata.addString(words[1], forKey: "grpc-retry-pushback-ms") }
            let status = Status.Code(rawValue: code).flatMap { RPCError.Code($0) } ?? .unknown
            throw RPCError(code: status, message: "as ordered", metadata: metadata)
        }
        if order == "hang" { try await Task.sleep(for: .seconds(3600)) }
        return StreamingServerResponse { writer in
            try await writer.write("one")
            if order == "ok" { return [:] }
            try await writer.write("two")
            switch order {
            case "middle": throw RPCError(code: .internalError, message: "in the middle")
            case "stuck": try await Task.sleep(for: .seconds(3600))
            default: break
            }
            return [:]
        }
    }
}

typealias Client = GRPCClient<HTTP2ClientTransport.Posix>

extension Client {
    func ask(_ order: String, of method: MethodDescriptor = Shop.quote, timeout: Duration? = nil) async throws -> String {
        var options = CallOptions.defaults
        options.timeout = timeout
        return try await unary(
            request: ClientRequest(message: order),
            descriptor: method,
            serializer: TextCoder(),
            deserializer: TextCoder(),
            options: options
        ) { try $0.message }
    }

    // How the call ended; nil: well.
    func failure(_ order: String, of method: MethodDescriptor = Shop.quote, timeout: Duration? = nil) async -> RPCError? {
        do {
            _ = try await ask(order, of: method, timeout: timeout)
            return nil
        } catch {
            return error as? RPCError ?? RPCError(code: .aborted, message: "\(error)")
        }
    }

    func watch(
        _ order: String,
        timeout: Duration? = nil,
        _ read: @Sendable @escaping (StreamingClientResponse<String>) async throws -> [String]
    ) async throws -> [String] {
        var options = CallOptions.defaults
        options.timeout = timeout
        return try await serverStreaming(
            request: ClientRequest(message: order),
            descriptor: Shop.watch,
            serializer: TextCoder(),
            deserializer: TextCoder(),
            options: options,
            onResponse: read
        )
    }
}

@Sendable func all(_ response: StreamingClientResponse<String>) async throws -> [String] {
    var messages: [String] = []
    for try await message in response.messages { messages.append(message) }
    return messages
}

// A server on loopback, and a client whose calls go through the interceptor. The server can be killed.
func withShop(
    _ interceptor: any ClientInterceptor,
    _ body: (Client, _ kill: @escaping @Sendable () -> Void) async throws -> Void
) async throws {
    let server = GRPCServer(
        transport: HTTP2ServerTransport.Posix(address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext),
        services: [Shop()]
    )
    let serving = Task { try? await server.serve() }
    let port = try await server.transport.listeningAddress.ipv4?.port ?? 0
    let transport = try HTTP2ClientTransport.Posix(target: .ipv4(address: "127.0.0.1", port: port), transportSecurity: .plaintext)
    try await withGRPCClient(transport: transport, interceptors: [interceptor]) { client in
        try await body(client) { serving.cancel() }
    }
    serving.cancel()
    await serving.value
}
