import CitizenWallet
import Foundation
import Testing

@testable import ViewModels

@Suite("The texts and colours of the app")
struct TextsTests {
    private let english = strings("en")
    private let korean = strings("ko")
    private let keys = Set(Phrase.allCases.map(\.key) + ErrorCode.all.map { "error_" + $0.text })

    @Test("Every text and every error of the library has words in English and Korean, and none is left over")
    func complete() {
        #expect(ErrorCode.all.count > 100)
        #expect(Set(english.keys) == keys)
        #expect(Set(korean.keys) == keys)
    }

    @Test("No text stands twice in its file", arguments: ["en", "ko"])
    func once(language: String) throws {
        let lines = try String(contentsOf: file(of: language), encoding: .utf8).split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("\"") }.count == keys.count)
    }

    @Test("Every text takes the same arguments in both languages, and no Korean text is English")
    func arguments() {
        for (key, text) in english {
            let texts = [text, korean[key] ?? ""]
            #expect(places(texts[0]) == places(texts[1]), "\(key)")
            // A percent sign that is no argument would break a format.
            for text in texts { #expect(text.filter { $0 == "%" }.count == places(text).count, "\(key)") }
            if text.replacing(/%[0-9]\$@/, with: "").contains(where: \.isLetter) { #expect(texts[0] != texts[1], "\(key)") }
        }
    }

    @Test(
        "The app says what it says on Android, but for how a phone checks its holder and hides what is recorded",
        arguments: [("en", "values"), ("ko", "values-ko")])
    func android(language: String, folder: String) throws {
        let there = try ViewModelsTests.android(folder)
        let different = Set(keys.union(there.keys).filter { strings(language)[$0] != there[$0] })
        let own = ["check_title", "check_why", "check_yes", "use_check", "error_device_key_invalidated", "hidden_while_captured"]
        #expect(different == Set(own))
    }

    @Test("What goes wrong has words for whoever can put it right", arguments: ["en", "ko"])
    func troubles(language: String) {
        let texts = Texts(locale: Locale(identifier: language)) { strings(language)[$0] }
        let fault = Fault(
            code: ErrorCode.networkFailed.text, isRetryable: true, subject: nil, rule: nil, retryAfterSeconds: 90, triesLeft: nil)
        let errors: [WalletError] = [
            .holder(fault: fault), .app(fault: fault), .issuer(fault: fault), .verifier(fault: fault), .device(fault: fault),
            .bug(fault: fault),
        ]
        for error in errors {
            let problem = Problem(error)
            for words in [problem.title, problem.advice] {
                let told = texts(words)
                #expect(!told.contains("error_") && !told.contains("%") && !told.isEmpty)
            }
            // How long to wait is told along.
            #expect(texts(problem.advice).contains(language == "en" ? "2 min" : "2분"))
        }
    }

    @Test("Every colour of text can be read where it stands", arguments: [Palette.light, Palette.dark])
    func colours(palette: Palette) {
        let texts = [palette.text, palette.quiet, palette.primary, palette.good, palette.caution, palette.bad]
        for ground in [palette.background, palette.surface] {
            for text in texts { #expect(text.contrast(to: ground) >= Colour.readableContrast, "\(text) on \(ground)") }
        }
        #expect(palette.onPrimary.contrast(to: palette.primary) >= Colour.readableContrast)
    }
}

/// The folder of this app in the project.
let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../..").standardizedFileURL

/// The texts of the app in a language.
func strings(_ language: String, _ table: String = "Localizable") -> [String: String] {
    let list = try? PropertyListSerialization.propertyList(from: Data(contentsOf: file(of: language, table)), format: nil)
    return list as? [String: String] ?? [:]
}

private func file(of language: String, _ table: String = "Localizable") -> URL {
    project.appendingPathComponent("App/Resources/\(language).lproj/\(table).strings")
}

/// The texts of the same app on Android, with arguments as they are written here.
private func android(_ folder: String) throws -> [String: String] {
    let file = project.appendingPathComponent("../android-demo/app/src/main/res/\(folder)/strings.xml")
    let lines = try String(contentsOf: file, encoding: .utf8).matches(of: /<string name="([a-z0-9_]+)">(.*)<\/string>/)
    return Dictionary(
        uniqueKeysWithValues: lines.map { line in
            let text = line.2.replacing("\\'", with: "'").replacing(/%([0-9])\$s/) { "%\($0.1)$@" }
            // Quotes keep the spaces at its ends.
            return (String(line.1), text.hasPrefix("\"") ? String(text.dropFirst().dropLast()) : String(text))
        })
}

/// The numbers of the arguments in a text, such as `%1$@`.
private func places(_ text: String) -> [String] {
    text.matches(of: /%([0-9])\$@/).map { String($0.1) }.sorted()
}
