#if canImport(CitizenWalletGlue)

@testable import CitizenWallet
import Foundation
import Testing

func es256(_ count: UInt32, _ userAuth: UserAuth = .notRequired, challenge: Data? = nil) -> CreateKeys {
    CreateKeys(count: count, algorithm: .es256, userAuth: userAuth, attestationChallenge: challenge)
}

/// Attests what it is given, or does not.
private final class Attester: KeyAttester {
    let asked = Shared<[(keys: [Data], challenge: Data)]>([])
    private let error: (any Error)?

    init(failing error: (any Error)? = nil) {
        self.error = error
    }

    func attest(publicKeys: [Data], challenge: Data) async throws -> PlatformAttestation {
        asked.change { $0.append((publicKeys, challenge)) }
        if let error { throw error }
        return PlatformAttestation(format: "apple-appattest", parts: [challenge])
    }
}

private struct Surprise: Error {}

@Suite("Holder keys in the Secure Enclave", .timeLimit(.minutes(1)))
struct KeyStoreTests {
    private let phone = ApplePhone()

    private func requests(_ keys: [CreatedKey]) -> [SignRequest] {
        keys.map { SignRequest(handle: $0.handle, algorithm: .es256, bytes: Data($0.handle.utf8), authReference: nil) }
    }

    @Test("A card's keys are made in it and sign, and issuer and verifier accept what they sign")
    func card() async throws {
        try await Parties.serving { parties in
            let store = phone.keyStore()
            let place = try Place(parties: parties, deviceKey: phone.deviceKey(), keyStore: store)
            let wallet = try await place.create()
            try await wallet.receive(try await parties.offer(), copies: 3)
            #expect(try await store.list().count >= 3)
            guard case .plan(let plan) = try await wallet.request(try await parties.ask()) else { throw Unexpected("no card") }
            let presented = try await wallet.present(wallet.approve(plan, hash: plan.overview().hash))
            #expect(presented.outcome == .accepted)
            #expect(try await parties.learned().contains(#""accepted":true"#))
            #expect(phone.holder.state.value.shown == 0)
        }
    }

    @Test("A batch has as many keys, listed without other keys, and each key signs")
    func batch() async throws {
        let store = phone.keyStore()
        try await phone.deviceKey().create(alias: "a", policy: .appOnly)
        let keys = try await store.create(request: es256(10))
        #expect(Set(keys.map(\.publicKeySpki)).count == 10)
        #expect(keys.allSatisfy { $0.publicKeySpki.count == 91 && $0.attestation == nil })
        #expect(try await Set(store.list()) == Set(keys.map(\.handle)))
        let signatures = try await store.signMany(requests: requests(keys))
        #expect(Set(signatures).count == 10)
        #expect(phone.holder.state.value.shown == 0)
        try await store.delete(handle: keys[0].handle)
        try await store.delete(handle: keys[0].handle)
        #expect(try await store.list().count == 9)
    }

    @Test("One prompt serves all signatures of a call, the next call asks again, and a prompt that is closed means none")
    func prompts() async throws {
        let store = phone.keyStore()
        let keys = try await store.create(request: es256(3, .everyUse))
        #expect(try await store.signMany(requests: requests(keys)).count == 3)
        #expect(phone.holder.state.value.shown == 1)
        #expect(try await store.capabilities().maxSignaturesPerPrompt > 1)
        _ = try await store.sign(request: requests(keys)[0])
        #expect(phone.holder.state.value.shown == 2)
        phone.holder.state.change { $0.refusals = [Symptom(.authentication, AuthenticationCode.userCancel)] }
        await #expect(throws: KeyStoreError.userCancelled) { try await store.signMany(requests: requests(keys)) }
        #expect(phone.holder.state.value.shown == 3)
    }

    @Test("A missing key is found before the holder is asked")
    func missing() async throws {
        let store = phone.keyStore()
        let keys = try await store.create(request: es256(2, .everyUse))
        phone.enclave.state.change { $0.keys[ApplePhone.holderPrefix + keys[1].handle] = nil }
        await #expect(throws: KeyStoreError.notFound) { try await store.signMany(requests: requests(keys)) }
        #expect(phone.holder.state.value.shown == 0)
        phone.enclave.state.change { $0.isForgetful = true }
        await #expect(throws: KeyStoreError.unavailableNow) { try await store.sign(request: requests(keys)[0]) }
    }

    @Test("New faces end a holder key that was made for the enrolled ones")
    func newFaces() async throws {
        let store = phone.keyStore(.currentBiometry)
        let keys = try await store.create(request: es256(1, .everyUse))
        phone.holder.state.change { $0.enrolment = .state(Data([2])) }
        await #expect(throws: KeyStoreError.invalidated) { try await store.signMany(requests: requests(keys)) }
        #expect(try await store.list().count == 1)
    }

    @Test("All keys are made or none", arguments: ["create", "public"])
    func allOrNone(call: String) async throws {
        let calls = Shared(0)
        phone.enclave.state.change {
            $0.before = { now in
                guard now.hasPrefix(call), calls.change({ $0 += 1; return $0 }) > 3 else { return }
                throw SystemError(status: Int32(SecurityCode.decode))
            }
        }
        await #expect(throws: KeyStoreError.hardwareFault) { try await phone.keyStore().create(request: es256(5)) }
        #expect(phone.enclave.state.value.keys.isEmpty)
    }

    @Test("New keys are attested by the app where a challenge asks for it, all at once")
    func attested() async throws {
        let attester = Attester()
        let store = phone.keyStore(attester: attester)
        #expect(try await store.capabilities().attestation)
        #expect(try await store.create(request: es256(1))[0].attestation == nil)
        #expect(attester.asked.value.isEmpty)
        let keys = try await store.create(request: es256(3, challenge: Data([9])))
        #expect(keys.allSatisfy { $0.attestation == PlatformAttestation(format: "apple-appattest", parts: [Data([9])]) })
        #expect(attester.asked.value.count == 1)
        #expect(attester.asked.value[0].keys == keys.map(\.publicKeySpki))
        #expect(try await !phone.keyStore().capabilities().attestation)
        await #expect(throws: KeyStoreError.unsupported) {
            try await phone.keyStore().create(request: es256(1, challenge: Data([9])))
        }
    }

    @Test("Keys that are not attested are not kept")
    func notAttested() async throws {
        let store = phone.keyStore(attester: Attester(failing: KeyStoreError.unavailableNow))
        await #expect(throws: KeyStoreError.unavailableNow) { try await store.create(request: es256(3, challenge: Data([9]))) }
        let other = phone.keyStore(attester: Attester(failing: Surprise()))
        await #expect(throws: Surprise.self) { try await other.create(request: es256(3, challenge: Data([9]))) }
        #expect(phone.enclave.state.value.keys.isEmpty)
    }

    @Test("What the enclave cannot do is refused before anything is made or asked")
    func impossible() async throws {
        let store = phone.keyStore()
        let es384 = CreateKeys(count: 1, algorithm: .es384, userAuth: .notRequired, attestationChallenge: nil)
        for request in [es384, es256(0), es256(101)] {
            await #expect(throws: KeyStoreError.unsupported) { try await store.create(request: request) }
        }
        let edDsa = SignRequest(handle: "a", algorithm: .edDsa, bytes: Data(), authReference: nil)
        await #expect(throws: KeyStoreError.unsupported) { try await store.sign(request: edDsa) }
        phone.holder.state.change { $0.canAnswer = false }
        await #expect(throws: KeyStoreError.unsupported) { try await store.create(request: es256(1, .everyUse)) }
        phone.enclave.state.change { $0.level = .absent }
        await #expect(throws: KeyStoreError.unsupported) { try await store.create(request: es256(1)) }
        await #expect(throws: KeyStoreError.unsupported) { try await store.capabilities() }
        #expect(phone.enclave.state.value.calls.isEmpty)
    }
}

#endif
