#if canImport(CitizenWalletGlue)

import CitizenWallet
import Foundation
import Testing

@Suite("Scene keys in the app's key store", .timeLimit(.minutes(1)))
struct HardwareKeysTests {
    private let keys = SoftwareKeyStore()

    @Test("The keys of a card are known by their handles, and go with it")
    func handles() async throws {
        try await storing { scene in
            let wallet = scene.wallet
            let card = try await scene.receive(copies: 3)
            let other = try await scene.receive()
            #expect(keys.handles.count == 4)
            #expect(try await Set(wallet.hardwareKeys()) == keys.handles)
            #expect(try await scene.show().outcome == .accepted)
            try await wallet.delete(card)
            #expect(keys.handles.count == 1)
            #expect(try await Set(wallet.hardwareKeys()) == keys.handles)
            #expect(try await wallet.list().map(\.id) == [other])
        }
    }

    @Test("A key that cannot be deleted now is still known, also after a restart, and deleted when that is possible")
    func deletedLater() async throws {
        try await storing { scene in
            let card = try await scene.receive(copies: 3)
            keys.deleting.fail(with: KeyStoreError.unavailableNow)
            try await scene.wallet.delete(card)
            #expect(try await scene.wallet.list().isEmpty)
            #expect(try await scene.wallet.doPending() == 3)
            await scene.wallet.close()
            let again = try await scene.place.openUnlocked()
            #expect(try await Set(again.hardwareKeys()) == keys.handles)
            keys.deleting.fail(with: Unexpected("of the app"))
            #expect(try await again.doPending() == 3)
            keys.deleting.open()
            #expect(try await again.doPending() == 0)
            #expect(keys.handles.isEmpty)
            #expect(try await again.hardwareKeys().isEmpty)
        }
    }

    @Test("A key that the phone lost is missing when its card is shown, and deleted without an error")
    func lost() async throws {
        try await storing { scene in
            let card = try await scene.receive()
            let approved = try await scene.approve(scene.plan())
            for handle in keys.handles { try await keys.delete(handle: handle) }
            #expect(try await failing(.keyUnavailable) { try await scene.wallet.present(approved) }.subject == "missing")
            try await scene.wallet.delete(card)
            #expect(try await scene.wallet.doPending() == 0)
            #expect(try await scene.wallet.hardwareKeys().isEmpty)
        }
    }

    @Test("What the key store declares to throw is told apart, and nothing is shown")
    func declared() async throws {
        let errors: [(KeyStoreError, ErrorCode)] = [
            (.unavailableNow, .deviceKeyUnavailableNow), (.userCancelled, .userCancelled), (.authRequired, .userAuthRequired),
            (.invalidated, .keyUnavailable), (.notFound, .keyUnavailable), (.lockedOut(seconds: 30), .lockedOut),
            (.hardwareFault, .keyFailed), (.unsupported, .notSupported), (.hostFailed, .hostFailed),
        ]
        #expect(try errors.count == cases(of: "KeyStoreError"))
        try await storing { scene in
            try await scene.receive(policy: onceOnly)
            for (error, code) in errors {
                keys.signing.fail(with: error)
                let told = try await failing(code) { try await scene.show() }
                #expect(told.retryAfter == (code == .lockedOut ? .seconds(30) : nil))
            }
            keys.signing.open()
            #expect(try await scene.show().outcome == .accepted)
        }
    }

    @Test("A key store that never answers is given up with the call, which leaves nothing of a card")
    func silent() async throws {
        try await storing { scene in
            try await givenUp(at: keys.creating) { try await scene.receive() }
            #expect(try await scene.wallet.list().isEmpty)
            try await scene.receive(policy: onceOnly)
            #expect(try await Set(scene.wallet.hardwareKeys()) == keys.handles)
            let approved = try await scene.approve(scene.plan())
            try await givenUp(at: keys.signing) { _ = try await scene.wallet.present(approved) }
            try await failing(.usedUp) { try await scene.wallet.present(approved) }
            // It was not shown, and uses no copy.
            #expect(try await scene.wallet.list().map(\.usableCopies) == [1])
            #expect(try await scene.show().outcome == .accepted)
        }
    }

    private func storing(_ test: (Scene) async throws -> Void) async throws {
        try await holding({ try Place(parties: $0, keyStore: keys) }, test)
    }
}

@Suite("Attestations", .timeLimit(.minutes(1)))
struct AttestingTests {
    private let required = #"{"key_attestation":"required"}"#

    @Test("One attestation vouches for all keys of a card, which are in hardware")
    func keys() async throws {
        try await attesting(required) { scene, provider in
            try await scene.receive(copies: 3)
            #expect(try await provider.attested.value.map(Set.init) == [Set(scene.wallet.hardwareKeys())])
            #expect(try await scene.show().outcome == .accepted)
        }
    }

    @Test("The wallet is attested to a server that wants it, with the challenge of that")
    func wallet() async throws {
        try await attesting(#"{"wallet_attestation":"required","attestation_challenge":true}"#) { scene, _ in
            try await scene.receive()
        }
    }

    @Test("Keys that are attested at the same time are each attested for their own card")
    func atOnce() async throws {
        try await attesting(required) { scene, provider in
            let (arrived, isOver) = (Shared(0), Shared(false))
            provider.attesting.first {
                if arrived.change({ $0 += 1; return $0 }) == 4 { isOver.change { $0 = true } }
                while !isOver.value { try await Task.sleep(for: .milliseconds(5)) }
            }
            let calls = (0..<4).map { _ in Task { try await scene.receive(copies: 2) } }
            for call in calls { _ = try await call.value }
            #expect(provider.attested.value.map(\.count) == [2, 2, 2, 2])
            #expect(try await Set(provider.attested.value.joined()) == Set(scene.wallet.hardwareKeys()))
            #expect(try await scene.wallet.list().map(\.usableCopies) == [2, 2, 2, 2])
        }
    }

    @Test("What a provider declares to throw is told apart, one that never answers is given up, and no card is there")
    func declared() async throws {
        let errors: [(AttestationError, ErrorCode)] = [
            (.notSupported, .notSupported), (.unavailableNow, .networkFailed), (.refused, .keyUnavailable),
            (.hostFailed, .hostFailed),
        ]
        #expect(try errors.count == cases(of: "AttestationError"))
        try await attesting(required) { scene, provider in
            for (error, code) in errors {
                provider.attesting.fail(with: error)
                try await failing(code) { try await scene.receive() }
            }
            #expect(try await scene.wallet.hardwareKeys().isEmpty)
            try await givenUp(at: provider.attesting) { try await scene.receive() }
            #expect(try await scene.wallet.list().isEmpty)
            try await scene.receive()
        }
    }

    @Test("Without a provider a card whose keys are to be attested cannot be had")
    func none() async throws {
        try await holding { scene in
            try await scene.parties.configure(required)
            try await failing(.notSupported) { try await scene.wallet.offer(scene.parties.offer()) }
        }
    }

    private func attesting(_ options: String, _ test: (Scene, Provider) async throws -> Void) async throws {
        try await Parties.serving { parties in
            let provider = try Provider(parties)
            let place = try Place(parties: parties, keyStore: SoftwareKeyStore(), attestation: provider)
            try await parties.configure(options)
            try await test(Scene(parties: parties, place: place, wallet: place.create()), provider)
        }
    }
}

#endif
