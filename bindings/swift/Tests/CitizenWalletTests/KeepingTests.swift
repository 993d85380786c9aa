import CitizenWallet
import Foundation
import Testing

@Suite("History and export", .timeLimit(.minutes(1)))
struct HistoryTests {
    @Test("The history says what was received, shown and deleted, with the names of claims")
    func items() async throws {
        try await holding { scene in
            let wallet = scene.wallet
            let before = Date().addingTimeInterval(-2)
            let card = try await scene.receive()
            let presented = try await scene.show()
            try await wallet.delete(card)
            try await failing(.notFound) { try await wallet.delete(card) }
            let history = try await wallet.history()
            #expect(history.isIntact)
            #expect(history.items.allSatisfy { (before...Date()).contains($0.at) })
            let events = history.items.map(\.event)
            guard events.count == 3, case .received(card, _, _, 1) = events[0],
                case .presented("x509_san_dns:localhost", _, _, presented.shown, 0, .accepted) = events[1], case .deleted = events[2]
            else { throw Unexpected("\(events.count) events") }
            #expect(presented.shown[0].claims.contains(age))
            #expect(try await wallet.doPending() == 0)
        }
    }

    @Test("A deleted entry is gone and leaves the history intact")
    func deleted() async throws {
        try await holding { scene in
            try await scene.receive()
            let shown = try await scene.show()
            let items = try await scene.wallet.history().items
            try await scene.wallet.deleteHistory(shown.history)
            let left = try await scene.wallet.history()
            #expect(left.items == [items[0]])
            #expect(left.isIntact)
            try await failing(.notFound) { try await scene.wallet.deleteHistory(nothing) }
        }
    }

    @Test("An export holds every value in clear, needs fresh authentication and is in the history")
    func exported() async throws {
        let clock = HandClock()
        try await holding({ try Place(parties: $0, clock: clock, idleSeconds: 600) }) { scene in
            let wallet = scene.wallet
            let card = try await scene.receive()
            let claims = try await wallet.detail(of: card).claims
            let values = try claims.list().indices.map { try claims.value(index: UInt32($0)) }
            let auth = try await wallet.authenticate(with: unlocking())
            let export = String(decoding: try await wallet.export(auth), as: UTF8.self)
            #expect(values.count > 5)
            for case .text(let text) in values { #expect(export.contains("\"\(text)\"")) }
            #expect(export.contains(card))
            #expect(try await wallet.history().items.last?.event == .exported)
            clock.advance(61)
            try await failing(.userAuthRequired) { try await wallet.export(auth) }
        }
    }
}

@Suite("A store that is not what it was", .timeLimit(.minutes(1)))
struct RescueTests {
    @Test("A restored store is read only until the holder adopts it, and copies for one showing are burned then")
    func adopted() async throws {
        let anchor = MemoryAnchor()
        try await Parties.serving { parties in
            let place = try Place(parties: parties, anchor: anchor)
            let made = try await place.createTelling()
            let code = try #require(made.recoveryCode).text()
            try await made.wallet.receive(parties.offer(), copies: 2, policy: onceOnly)
            await made.wallet.close()
            anchor.lose()
            let wallet = try await place.open()
            let report = try await wallet.unlock(with: .recoveryCode(secret: Secret(bytes: code)))
            #expect(report.integrity == .anchorMissing)
            #expect(try await wallet.list().map(\.usableCopies) == [2])
            try await failing(.anchorMissing) { try await wallet.receive(parties.offer()) }
            try await wallet.adopt(wallet.authenticate(with: .recoveryCode(secret: Secret(bytes: code))))
            #expect(try await wallet.integrity() == .sound)
            #expect(try await wallet.list().map(\.usableCopies) == [0])
            #expect(try await wallet.history().items.last?.event == .adopted)
            try await wallet.receive(parties.offer())
        }
    }

    @Test("What can be read of a store is brought into a new one, and the old one stays")
    func rescued() async throws {
        try await holding { scene in
            let (place, wallet) = (scene.place, scene.wallet)
            let card = try await scene.receive()
            let before = try await wallet.history().items
            #expect(try await wallet.damaged().isEmpty)
            let copy = try await wallet.quarantine()
            #expect(try !FileManager.default.contentsOfDirectory(atPath: copy.path).isEmpty)
            try await wallet.lock()
            let folder = place.folder.deletingLastPathComponent().appendingPathComponent("rescued")
            let wrong = unlocking("847361")
            try await failing(.wrongSecret) {
                try await wallet.rescue(with: wrong, into: folder, enrolments: Enrolments(passphrase: newPassphrase()))
            }
            let rescued = try await wallet.rescue(
                with: unlocking(), into: folder, enrolments: Enrolments(passphrase: newPassphrase(), recoveryCode: true))
            #expect(rescued.recoveryCode != nil)
            #expect(rescued.report.lost.isEmpty && rescued.report.incomplete.isEmpty && rescued.report.isListVerified)
            #expect(rescued.report.recovered > 0)
            let new = try await Wallet.open(in: folder, platform: place.platform, policy: place.policy)
            try await new.unlock(with: .passphrase(secret: typed(phrase)))
            #expect(try await new.list().map(\.id) == [card])
            #expect(try await new.history().items.dropLast() == before[...])
            try await wallet.unlock(with: unlocking())
            #expect(try await wallet.history().items == before)
        }
    }

    @Test("Of a damaged file all that can be read comes into the new store, and what is lost is named")
    func damaged() async throws {
        try await holding { scene in
            let place = scene.place
            var names: [String: String?] = [:]
            for _ in 0..<4 {
                let card = try await scene.receive(copies: 2)
                names[card] = .some(try await scene.text("name", of: card))
            }
            await scene.wallet.close()
            try damage(place.folder.appendingPathComponent("vault.db"))
            let broken = try await place.open()
            try await failing(.storeCorrupt) { try await broken.unlock(with: unlocking()) }
            let folder = place.folder.deletingLastPathComponent().appendingPathComponent("rescued")
            let report = try await broken.rescue(with: unlocking(), into: folder, enrolments: pinned()).report
            #expect(report.recovered > 10)
            #expect(!report.lost.isEmpty)
            let new = try await Wallet.open(in: folder, platform: place.platform, policy: place.policy)
            try await new.unlock(with: unlocking())
            #expect(try await new.integrity() == .sound)
            #expect(try await new.damaged().isEmpty)
            let left = try await new.list().map(\.id)
            #expect(!left.isEmpty && left.allSatisfy { names.keys.contains($0) })
            for card in Set(left).subtracting(report.incomplete) {
                #expect(try await new.detail(of: card).claims.text("name") == names[card])
            }
            try await new.receive(scene.parties.offer())
        }
    }

    /// Overwrites the first page of a database, where all others are found from, and every seventh after it.
    private func damage(_ file: URL) throws {
        let page = 8192
        var bytes = try Data(contentsOf: file)
        for start in stride(from: 0, to: bytes.count, by: 7 * page) {
            let end = min(start + page, bytes.count)
            bytes.replaceSubrange(start..<end, with: Data(repeating: 0x55, count: end - start))
        }
        try bytes.write(to: file)
    }
}

@Suite("What a store opens with", .timeLimit(.minutes(1)))
struct SlotsTests {
    private let new = "508213"
    private let other = "six green herons above a quick canal"

    @Test("After a change of the PIN the new one opens and the old one does not")
    func changedPin() async throws {
        let wallet = try await Place().create()
        let wrong = try await failing(.wrongSecret) { try await wallet.changePin(from: typed("847361"), to: newPin(new)) }
        #expect(wrong.triesLeft == 4)
        try await failing(.weakPin) { try await wallet.changePin(from: typed(), to: newPin()) }
        #expect(try await wallet.changePin(from: typed(), to: newPin(new)) == .retired)
        try await wallet.lock()
        try await failing(.wrongSecret) { try await wallet.unlock(with: unlocking()) }
        try await wallet.unlock(with: unlocking(new))
    }

    @Test("A change of the passphrase keeps what is given, drops the rest and makes a new recovery code")
    func changedPassphrase() async throws {
        let everything = Enrolments(pin: try newPin(), passphrase: try newPassphrase(), recoveryCode: true)
        let made = try await Place().createTelling(everything)
        let (wallet, voided) = (made.wallet, try #require(made.recoveryCode).text())
        let kept = try await wallet.changePassphrase(from: typed(phrase), to: newPassphrase(other), keep: Keep(pin: typed()))
        #expect(kept.dropped.isEmpty)
        try await wallet.unlock(with: unlocking())
        try await failing(.wrongSecret) { try await wallet.unlock(with: .passphrase(secret: typed(phrase))) }
        try await wallet.unlock(with: .passphrase(secret: typed(other)))
        try await failing(.wrongSecret) { try await wallet.unlock(with: .recoveryCode(secret: Secret(bytes: voided))) }
        let dropped = try await wallet.changePassphrase(from: typed(other), to: newPassphrase())
        #expect(dropped.dropped == [.pin])
        try await failing(.slotMissing) { try await wallet.unlock(with: unlocking()) }
        try await wallet.unlock(with: .recoveryCode(secret: Secret(bytes: dropped.recoveryCode.text())))
    }

    @Test("Ways in are added and removed after fresh authentication")
    func added() async throws {
        let place = try Place(deviceKey: SoftwareDeviceKey(userAuth: true))
        let wallet = try await place.create(Enrolments(passphrase: newPassphrase()))
        let auth = try await wallet.authenticate(with: .passphrase(secret: typed(phrase)))
        try await wallet.addPin(auth, newPin(), eraseAfter: 10)
        try await wallet.addOsAuth(auth)
        let slots = try await wallet.slots()
        #expect(Set(slots.map(\.kind)) == [.pin, .osAuth, .passphrase])
        #expect(slots.first { $0.kind == .pin }?.eraseAfter == 10)
        try await wallet.unlock(with: unlocking())
        try await wallet.unlock(with: .osAuth)
        #expect(try await wallet.removeSlot(auth, .osAuth) == .retired)
        try await failing(.slotMissing) { try await wallet.unlock(with: .osAuth) }
        try await failing(.slotMissing) { try await wallet.removeSlot(auth, .other(code: "retina")) }
        try await failing(.notSupported) { try await wallet.removeSlot(auth, .passphrase) }
        try await failing(.storeExists) { try await wallet.addPassphrase(auth, newPassphrase(other)) }
    }

    @Test("An authentication is good for its own wallet and for a minute")
    func authentication() async throws {
        let clock = HandClock()
        let wallet = try await Place(clock: clock, idleSeconds: 600).create()
        let foreign = try await Place(clock: clock).create().authenticate(with: unlocking())
        try await failing(.userAuthRequired) { try await wallet.addPassphrase(foreign, newPassphrase()) }
        let auth = try await wallet.authenticate(with: unlocking())
        clock.advance(61)
        try await failing(.userAuthRequired) { try await wallet.addPassphrase(auth, newPassphrase()) }
        #expect(try await wallet.slots().allSatisfy { $0.kind != .passphrase })
        try await wallet.addPassphrase(wallet.authenticate(with: unlocking()), newPassphrase())
        #expect(try await wallet.unlock(with: .passphrase(secret: typed(phrase))).slot == .passphrase)
    }

    @Test("A secret given to two calls at once is whole for both")
    func shared() async throws {
        let wallet = try await Place().create()
        for _ in 0..<4 {
            let secret = typed()
            let tries = (0..<2).map { _ in Task { try await wallet.authenticate(with: .pin(secret: secret)) } }
            for one in tries { _ = try await one.value }
        }
    }
}
