import CitizenWallet
import Foundation
import Testing

@testable import ViewModels

@Suite("What can be checked here of the files that only Xcode builds")
struct ProjectTests {
    @Test("Every scheme of the project is one the wallet knows")
    func schemes() async throws {
        let list = try #require(try text("project.yml").firstMatch(of: /CFBundleURLSchemes: \[(.*)\]/)).1
        var known: [String: LinkIntent] = [:]
        for scheme in list.split(separator: ", ").map(String.init) {
            known[scheme] = try await Wallet.intent(of: scheme + "://?a=b", from: .link)
        }
        let expected: [String: LinkIntent] = [
            "openid-credential-offer": .offer, "haip-vci": .offer, "openid4vp": .presentation, "haip-vp": .presentation,
        ]
        #expect(known == expected)
    }

    @Test("The way back from the browser is an address the project claims")
    func wayBack() throws {
        let claimed = try #require(try text("project.yml").firstMatch(of: /associated-domains: \["applinks:(.*)"\]/)).1
        let back = try #require(try text("App/Phone.swift").firstMatch(of: /redirectUri: "https:\/\/([^\/"]*)\//)).1
        #expect(claimed == back)
    }

    @Test("What the system says for the app is the same in the project and in English, and is there in Korean")
    func systemTexts() throws {
        let (english, korean) = (strings("en", "InfoPlist"), strings("ko", "InfoPlist"))
        #expect(Set(english.keys) == ["CFBundleDisplayName", "NSFaceIDUsageDescription", "NSCameraUsageDescription"])
        #expect(Set(korean.keys) == Set(english.keys))
        let project = try text("project.yml")
        for (key, text) in english {
            #expect(project.contains("\(key): \(text)\n"), "\(key)")
            #expect(korean[key] != text)
        }
        #expect(english["CFBundleDisplayName"] == strings("en")["app_name"])
        #expect(korean["CFBundleDisplayName"] == strings("ko")["app_name"])
    }

    @Test("Every text that the tests on a simulator wait for is one of the app's")
    func awaitedTexts() throws {
        let source = try text("UITests/MainJobUITests.swift")
        let awaited = source.matches(of: /(?:comes|news)\("([^"]+)"|\["(Who asks[^\]]*)"\]|buttons\["(No[^"]*)"\]/).flatMap { match in
            [match.1, match.2, match.3].compactMap { $0 }.flatMap { $0.components(separatedBy: #"", ""#) }
        }
        #expect(awaited.count > 15)
        // As the app says them: with what stands in their places.
        let texts = strings("en").values.map { $0.replacing("%1$@", with: "4") }
        for text in awaited { #expect(texts.contains { $0 == text || $0 == "4 \(text)" }, "\(text)") }
    }

    @Test("What the tests on a simulator are given is what their script gives, and each is used by one test")
    func given() throws {
        let asked = try text("UITests/MainJobUITests.swift").matches(of: /given\("(\w+)"\)/).map { String($0.1) }
        let made = try text("ui-tests.sh").matches(of: /(?m)^TEST_RUNNER_(\w+)=/).map { String($0.1) }
        #expect(asked.count > 4 && asked.sorted() == made.sorted())
    }

    @Test("The tests for a simulator are Swift, as far as can be told without Apple's frameworks")
    func syntax() async throws {
        let folder = project.appendingPathComponent("UITests")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let sources = files.map { folder.appendingPathComponent($0).path }
        #expect(!sources.isEmpty)
        let (status, told) = try await aside {
            let (process, output) = (Process(), Pipe())
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["swiftc", "-frontend", "-parse", "-swift-version", "5"] + sources
            process.standardError = output
            try process.run()
            let told = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return (process.terminationStatus, told)
        }
        #expect(status == 0, "\(told)")
    }

    private func text(_ file: String) throws -> String {
        try String(contentsOf: project.appendingPathComponent(file), encoding: .utf8)
    }
}
