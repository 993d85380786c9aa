#if os(Linux)

import CitizenWallet
import Foundation
import Testing

@Suite("A native library that is not the one of these bindings", .timeLimit(.minutes(1)))
struct LibraryTests {
    @Test("One of another version, or whose functions have other parameters, is a mismatch and not the end of the app")
    func mismatch() async throws {
        if Child.task != nil { return Child.say("told: " + (try await told())) }
        let ours = try Data(contentsOf: loaded())
        #expect(try await loading(ours) == "loaded")
        let older = try replaced(ours, libraryVersion(), libraryVersion().replacingOccurrences(of: "0", with: "9"))
        #expect(try await loading(older) == "library_mismatch: version")
        let functions = ["open_wallet", "error_codes"].map { "uniffi_wallet_ffi_checksum_func_\($0)" }
        #expect(try await loading(swapped(ours, functions)) == "library_mismatch: interface")
    }

    /// What the first calls of an app end with: what the holder types may be the very first.
    private func told() async throws -> String {
        let place = try Place()
        let calls: [() async throws -> Void] = [
            { _ = try newPin() },
            { _ = try newPassphrase() },
            { _ = Secret(bytes: Data("1".utf8)); try await Wallet.load() },
            { _ = try await Wallet.intent(of: "", from: .qr) },
            { _ = try await place.open() },
            { _ = try await Wallet.erase(in: place.folder, platform: place.platform) },
        ]
        var told: Set<String> = []
        for call in calls {
            do {
                try await call()
                told.insert("loaded")
            } catch let error as WalletError {
                // There is none.
                told.insert(error.code == .storeMissing ? "loaded" : "\(error.code): \(error.subject ?? "")")
            }
        }
        return told.sorted().joined(separator: ", ")
    }

    /// What a process of its own says of this library.
    private func loading(_ library: Data) async throws -> String {
        let folder = temporary.appendingPathComponent("library-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try library.write(to: folder.appendingPathComponent("libwallet_ffi.so"))
        // It comes before the folder that the linker was told.
        let child = try Child("LibraryTests/mismatch", task: "load", environment: ["LD_LIBRARY_PATH": folder.path])
        let said = try await child.said()
        return try String(#require(said.first { $0.hasPrefix("told: ") }, "\(said)").dropFirst("told: ".count))
    }

    /// The file of the library in this process.
    private func loaded() throws -> URL {
        // It has no size, so it is read until its end.
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/maps"))
        var bytes = Data()
        while let more = try file.read(upToCount: 65_536), !more.isEmpty { bytes += more }
        let maps = String(decoding: bytes, as: UTF8.self)
        let path = try #require(maps.firstMatch(of: /\/\S*libwallet_ffi\.so/))
        return URL(fileURLWithPath: String(path.0))
    }

    /// The library with a text of it replaced by one as long.
    private func replaced(_ library: Data, _ old: String, _ new: String) throws -> Data {
        var changed = library
        var from = changed.startIndex
        while let found = changed.range(of: Data(old.utf8), in: from..<changed.endIndex) {
            changed.replaceSubrange(found, with: Data(new.utf8))
            from = found.upperBound
        }
        #expect(changed != library && changed.count == library.count)
        return changed
    }

    /// The library in which each of two functions is found under the other's name (ELF, 64 bits).
    private func swapped(_ library: Data, _ names: [String]) throws -> Data {
        func number(_ at: Int, _ bytes: Int) -> Int {
            library[at..<at + bytes].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        let table = number(0x28, 8)
        let sections = (0..<number(0x3c, 2)).map { table + $0 * number(0x3a, 2) }
        // The kind of section the loader looks names up in; an entry has 24 bytes.
        let symbols = try #require(sections.first { number($0 + 4, 4) == 11 })
        let texts = number(sections[number(symbols + 0x28, 4)] + 0x18, 8)
        let (start, size) = (number(symbols + 0x18, 8), number(symbols + 0x20, 8))
        let found = try names.map { name in
            let wanted = Data(name.utf8) + [0]
            return try #require(stride(from: start, to: start + size, by: 24).first { entry in
                let text = texts + number(entry, 4)
                return text + wanted.count <= library.count && library[text..<text + wanted.count] == wanted
            })
        }
        var changed = library
        changed.replaceSubrange(found[0] + 8..<found[0] + 16, with: library[found[1] + 8..<found[1] + 16])
        changed.replaceSubrange(found[1] + 8..<found[1] + 16, with: library[found[0] + 8..<found[0] + 16])
        return changed
    }
}

#endif
