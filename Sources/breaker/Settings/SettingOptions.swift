//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//
import ArgumentParser
import CircuitBreaker

// Whose settings a command has options for, and what its help says of each.
protocol OptionSource {
    associatedtype Subject: Configurable
    static func note(on setting: Setting<Subject>) -> String
}

// An option for every setting that is declared. The parser finds options by reflection: instead of properties it is shown the declarations.
struct SettingOptions<Source: OptionSource>: ParsableArguments, CustomReflectable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private var texts: [String: String] = [:]

    init() {}

    init(from decoder: any Decoder) throws {
        let options = try decoder.container(keyedBy: Key.self)
        for setting in Source.Subject.settings {
            texts[setting.name] = try options.decode(Option<String?>.self, forKey: Key(stringValue: setting.name)).wrappedValue
        }
    }

    var given: GivenSettings { GivenSettings(.option, texts) }

    var customMirror: Mirror {
        Mirror(self, children: Source.Subject.settings.map { (label: $0.name, value: Self.option(for: $0)) })
    }

    private static func option(for setting: Setting<Source.Subject>) -> Option<String?> {
        Option(
            name: .customLong(setting.option),
            parsing: .unconditional,
            help: ArgumentHelp(help(for: setting), valueName: setting.kind.valueName),
            transform: { text in
                guard setting.value(of: text, as: .option) != nil else { throw ValidationError("must be \(setting.allowed(as: .option))") }
                return text
            }
        )
    }

    private static func help(for setting: Setting<Source.Subject>) -> String {
        var words = setting.meaning.prefix(1).uppercased() + setting.meaning.dropFirst().filter { $0 != "`" }
        if case .choice(let choices) = setting.kind { words += ": \(choices.joined(separator: ", "))" }
        if setting.hasOff { words += "; or \(Setting<Source.Subject>.off)" }
        let note = Source.note(on: setting)
        return "\(words).\(note.isEmpty ? "" : " \(note)")"
    }
}

extension SettingKind {
    // As help has it in angle brackets.
    fileprivate var valueName: String {
        switch self {
        case .whole: "n"
        case .share: "0-1"
        case .duration: "time"
        case .choice: "kind"
        case .text: "url"
        }
    }
}

extension Setting {
    // What holds if neither its variable nor its option is given, as help has it.
    func note(default base: Subject) -> String {
        let value: String? =
            switch read(base) {
            case .duration(let duration): TimeUnit.text(duration)
            case let other: other?.text ?? (hasOff ? Self.off : nil)
            }
        return "[\(variable)]\(value.map { " (default: \($0))" } ?? "")"
    }
}
