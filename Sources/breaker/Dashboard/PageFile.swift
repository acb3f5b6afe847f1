//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import HTTPTypes
import Hummingbird
import NIOCore

// The page's own files, built into the program.
enum PageFile: String, CaseIterable {
    case index = ""
    case style = "page.css"
    case script = "page.js"
    case connection = "connection.js"
    case circuit = "circuit.js"
    case gauge = "gauge.js"
    case timeline = "timeline.js"
    case fleet = "fleet.js"
    case controls = "controls.js"
    case tour = "tour.js"
    case format = "format.js"
    case theme = "theme.js"
    case tables = "tables.html"
    case tablesStyle = "tables.css"
    case tablesScript = "tables.js"
    case circuitList = "circuit-list.js"
    case circuitDetail = "circuit-detail.js"
    case circuitOrders = "circuit-orders.js"
    case icon = "icon.svg"

    var bytes: [UInt8] {
        switch self {
        case .index: PackageResources.index_html
        case .style: PackageResources.page_css
        case .script: PackageResources.page_js
        case .connection: PackageResources.connection_js
        case .circuit: PackageResources.circuit_js
        case .gauge: PackageResources.gauge_js
        case .timeline: PackageResources.timeline_js
        case .fleet: PackageResources.fleet_js
        case .controls: PackageResources.controls_js
        case .tour: PackageResources.tour_js
        case .format: PackageResources.format_js
        case .theme: PackageResources.theme_js
        case .tables: PackageResources.tables_html
        case .tablesStyle: PackageResources.tables_css
        case .tablesScript: PackageResources.tables_js
        case .circuitList: PackageResources.circuit_list_js
        case .circuitDetail: PackageResources.circuit_detail_js
        case .circuitOrders: PackageResources.circuit_orders_js
        case .icon: PackageResources.icon_svg
        }
    }

    private var type: String {
        switch self {
        case .index, .tables: "text/html; charset=utf-8"
        case .style, .tablesStyle: "text/css; charset=utf-8"
        case .icon: "image/svg+xml"
        default: "text/javascript; charset=utf-8"
        }
    }

    // Nothing from elsewhere, and shown in no other page.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'"

    var response: Response {
        var headers: HTTPFields = [
            .contentType: type, .cacheControl: "no-cache", .contentSecurityPolicy: Self.policy, .xContentTypeOptions: "nosniff",
        ]
        if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "no-referrer" }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
