#if canImport(CitizenWalletGlue)

@testable import CitizenWallet
import Foundation
import Testing

@Suite("The device key in the Secure Enclave", .timeLimit(.minutes(1)))
struct DeviceKeyTests {
    private let phone = ApplePhone()
    private let input = Data((0..<32).map { UInt8($0) })
    private let tag = ApplePhone.devicePrefix + "a"

    private func failing(_ error: DeviceKeyError, _ key: SecureEnclaveDeviceKey, at: SourceLocation = #_sourceLocation) async {
        await #expect(throws: error, sourceLocation: at) { try await key.prf(alias: "a", input: input) }
    }

    @Test("The same key and input give the same 32 bytes; another input, another key and a key made anew give others")
    func function() async throws {
        let key = phone.deviceKey()
        try await key.create(alias: "a", policy: .appOnly)
        try await key.create(alias: "b", policy: .appOnly)
        let first = try await key.prf(alias: "a", input: input)
        #expect(first.count == 32)
        #expect(try await key.prf(alias: "a", input: input) == first)
        #expect(try await key.prf(alias: "a", input: Data(count: 32)) != first)
        #expect(try await key.prf(alias: "b", input: input) != first)
        try await key.create(alias: "a", policy: .appOnly)
        #expect(try await key.prf(alias: "a", input: input) != first)
        #expect(phone.holder.state.value.shown == 0)
    }

    @Test("It is the function that is documented, computed apart in Python")
    func known() async throws {
        let key = phone.deviceKey()
        phone.enclave.state.change { $0.next = Data(repeating: 1, count: 32) }
        try await key.create(alias: "a", policy: .appOnly)
        let output = try await key.prf(alias: "a", input: Data(repeating: 7, count: 32))
        #expect(output.map { String(format: "%02x", $0) }.joined() == "add527b6ad9b1a13604d48e858fd1fcf42b7c0a01f6c191da82cdf63e85f049e")
    }

    @Test("Aliases are listed without other keys, and deleting is idempotent")
    func aliases() async throws {
        let key = phone.deviceKey()
        _ = try await phone.keyStore().create(request: es256(1))
        try await key.create(alias: "a", policy: .appOnly)
        try await key.create(alias: "b", policy: .appOnly)
        #expect(try await Set(key.list()) == ["a", "b"])
        try await key.delete(alias: "a")
        try await key.delete(alias: "a")
        #expect(try await key.list() == ["b"])
    }

    @Test("Another store's keys and another app's are neither listed nor deleted, also where one name begins like the other", arguments: [
        KeyOwner(app: "an.app", store: "wallet2"), KeyOwner(app: "an.app2", store: "wallet"), KeyOwner(app: "an", store: "app"),
    ])
    func owners(other: KeyOwner) async throws {
        let place = try Place(
            deviceKey: phone.deviceKey(of: other), anchor: KeychainAnchorStore(phone.keychain), keyStore: phone.keyStore(of: other))
        let wallet = try await place.create()
        _ = try await phone.keyStore(of: other).create(request: es256(1))
        let before = phone.enclave.state.value.keys.keys.sorted()
        #expect(before.count >= 2)

        let (key, store) = (phone.deviceKey(), phone.keyStore())
        #expect(try await key.list().isEmpty)
        #expect(try await store.list().isEmpty)
        for alias in try await phone.deviceKey(of: other).list() {
            try await key.delete(alias: alias)
            await #expect(throws: DeviceKeyError.notFound) { try await key.prf(alias: alias, input: input) }
        }
        for handle in try await phone.keyStore(of: other).list() { try await store.delete(handle: handle) }
        #expect(phone.enclave.state.value.keys.keys.sorted() == before)
        try await wallet.lock()
        try await wallet.unlock(with: unlocking())
    }

    @Test("An input of another length is refused before anything is asked")
    func lengths() async throws {
        let key = phone.deviceKey()
        try await key.create(alias: "a", policy: .userAuth)
        for length in [0, 31, 33] {
            await #expect(throws: DeviceKeyError.unsupported) { try await key.prf(alias: "a", input: Data(count: length)) }
        }
        #expect(phone.holder.state.value.shown == 0)
    }

    @Test("What the device is, is told: the enclave, the simulator, none")
    func levels() async throws {
        let key = phone.deviceKey()
        #expect(try await key.capabilities().level == .secureElement)
        #expect(try await key.capabilities().userAuth)
        #expect(try await key.capabilities().survivesBiometricChange)
        #expect(try await !phone.deviceKey(.currentBiometry).capabilities().survivesBiometricChange)
        phone.holder.state.change { $0.canAnswer = false }
        #expect(try await !key.capabilities().userAuth)
        await #expect(throws: DeviceKeyError.unsupported) { try await key.create(alias: "a", policy: .userAuth) }
        phone.enclave.state.change { $0.level = .software }
        #expect(try await key.capabilities().level == .software)
        phone.enclave.state.change { $0.level = .absent }
        await #expect(throws: DeviceKeyError.unsupported) { try await key.capabilities() }
        await #expect(throws: DeviceKeyError.unsupported) { try await key.create(alias: "a", policy: .appOnly) }
        #expect(phone.enclave.state.value.keys.isEmpty)
    }

    @Test("A key for the system's authentication asks at each use, and what was asked for is not tried again")
    func prompts() async throws {
        let key = phone.deviceKey()
        try await key.create(alias: "a", policy: .userAuth)
        for _ in 1...2 { _ = try await key.prf(alias: "a", input: input) }
        #expect(phone.holder.state.value.shown == 2)
        let ends: [(Int, DeviceKeyError)] = [
            (AuthenticationCode.userCancel, .userCancelled), (AuthenticationCode.biometryLockout, .authRequired),
            (AuthenticationCode.systemCancel, .unavailableNow), (AuthenticationCode.passcodeNotSet, .unsupported),
        ]
        for (code, error) in ends {
            phone.holder.state.change { $0.refusals = [Symptom(.authentication, code)] }
            await failing(error, key)
        }
        #expect(phone.holder.state.value.shown == 6)
        phone.enclave.fail("agree", Symptom(.token, TokenCode.communicationError))
        await failing(.unavailableNow, key)
        #expect(phone.pauses.value.isEmpty)
    }

    @Test("A task that is cancelled closes the prompt")
    func cancelled() async throws {
        let key = phone.deviceKey()
        try await key.create(alias: "a", policy: .userAuth)
        let (open, isOpen) = AsyncStream.makeStream(of: Void.self)
        let cancelled = DispatchSemaphore(value: 0)
        phone.holder.state.change {
            $0.whileOpen = {
                isOpen.yield()
                cancelled.wait()
            }
        }
        let call = Task { try await key.prf(alias: "a", input: input) }
        for await _ in open { break }
        call.cancel()
        cancelled.signal()
        await #expect(throws: DeviceKeyError.unavailableNow) { try await call.value }
    }

    @Test("A transient failure is tried again three times, under a second in all; a final one is not")
    func transient() async throws {
        let key = phone.deviceKey()
        try await key.create(alias: "a", policy: .appOnly)
        phone.enclave.fail("agree", times: 3, Symptom(.token, TokenCode.corruptedData))
        _ = try await key.prf(alias: "a", input: input)
        #expect(phone.pauses.value == [50, 200, 500])
        phone.enclave.fail("agree", Symptom(.security, SecurityCode.authFailed))
        await failing(.authRequired, key)
        #expect(phone.pauses.value.count == 3)
    }

    @Test("Keys that are not on this phone are certainly missing")
    func missing() async throws {
        let key = phone.deviceKey()
        await failing(.notFound, key)
        try await key.create(alias: "a", policy: .appOnly)
        phone.enclave.state.change { $0.keys = [:] }
        await failing(.notFound, key)
        #expect(phone.enclave.state.value.keys.isEmpty)
    }

    @Test("A key that goes between two looks at it is missing")
    func between() async throws {
        let key = phone.deviceKey()
        try await key.create(alias: "a", policy: .appOnly)
        phone.enclave.state.change { [enclave = phone.enclave, tag] in
            $0.after = { call in if call == "rules \(tag)" { enclave.state.change { $0.keys[tag] = nil } } }
        }
        await failing(.notFound, key)
    }

    @Test("A keychain that calls everything absent, or in which no key can be made, is not believed")
    func forgetful() async throws {
        let key = phone.deviceKey()
        try await key.create(alias: "a", policy: .appOnly)
        phone.enclave.state.change { $0.isForgetful = true }
        await failing(.unavailableNow, key)
        phone.enclave.work()
        _ = try await key.prf(alias: "a", input: input)
        phone.enclave.state.change { $0.keys = [:] }
        phone.enclave.fail("create", Symptom(.security, SecurityCode.interactionNotAllowed))
        await failing(.unavailableNow, key)
    }

    @Test("New faces or none end a key that was made for the enrolled ones, and no other", arguments: [
        Enrolment.state(Data([2])), .nobody,
    ])
    func newFaces(enrolment: Enrolment) async throws {
        for (check, error) in [(HolderCheck.currentBiometry, DeviceKeyError.invalidated), (.biometry, nil), (.biometryOrPasscode, nil)] {
            phone.holder.state.change { $0.enrolment = .state(Data([1])) }
            let key = phone.deviceKey(check)
            try await key.create(alias: "a", policy: .userAuth)
            _ = try await key.prf(alias: "a", input: input)
            phone.holder.state.change { $0.enrolment = enrolment }
            if let error {
                await failing(error, key)
                #expect(phone.enclave.names(ApplePhone.devicePrefix) == ["a"])
            } else {
                _ = try await key.prf(alias: "a", input: input)
            }
        }
    }

    @Test("A failure while the enrolled faces are the same, or not told, is not the end of a key")
    func sameFaces() async throws {
        let key = phone.deviceKey(.currentBiometry)
        try await key.create(alias: "a", policy: .userAuth)
        phone.enclave.fail("agree", Symptom(.token, TokenCode.corruptedData))
        for enrolment in [Enrolment.state(Data([1])), .unknown] {
            phone.holder.state.change { $0.enrolment = enrolment }
            await failing(.hardwareFault, key)
        }
        // A holder who closes the prompt said nothing about faces.
        phone.enclave.fail("agree", Symptom(.authentication, AuthenticationCode.userCancel))
        phone.holder.state.change { $0.enrolment = .state(Data([2])) }
        await failing(.userCancelled, key)
        // And without faces that the system tells of, no such key is made.
        phone.holder.state.change { $0.enrolment = .unknown }
        await #expect(throws: DeviceKeyError.unavailableNow) { try await key.create(alias: "b", policy: .userAuth) }
    }

    @Test("An update of the system that names the same faces anew ends no key: a use that succeeds writes the new name down")
    func updated() async throws {
        let key = phone.deviceKey(.currentBiometry)
        try await key.create(alias: "a", policy: .userAuth)
        let output = try await key.prf(alias: "a", input: input)
        phone.holder.state.change { $0.system = Data([9]) }
        // Also where it cannot be written at first.
        phone.enclave.fail("relabel", Symptom(.security, SecurityCode.interactionNotAllowed))
        #expect(try await key.prf(alias: "a", input: input) == output)
        phone.enclave.work()
        #expect(try await key.prf(alias: "a", input: input) == output)
        phone.enclave.fail("agree", Symptom(.token, TokenCode.corruptedData))
        await failing(.hardwareFault, key)
        phone.enclave.work()
        phone.holder.state.change { $0.enrolment = .state(Data([2])) }
        await failing(.invalidated, key)
    }

    @Test("Faces that change while a prompt is open are not taken for those the key was made for")
    func changing() async throws {
        let key = phone.deviceKey(.currentBiometry)
        try await key.create(alias: "a", policy: .userAuth)
        phone.holder.state.change {
            $0.system = Data([9])
            $0.whileOpen = { [holder = phone.holder] in holder.state.change { $0.enrolment = .state(Data([2])) } }
        }
        _ = try await key.prf(alias: "a", input: input)
        #expect(phone.enclave.state.value.keys[tag]?.rules == .enrolled(Data([1])))
        await failing(.invalidated, key)
    }

    @Test("No failure ever deletes a key")
    func kept() async throws {
        let key = phone.deviceKey()
        try await key.create(alias: "a", policy: .appOnly)
        let codes = [
            Symptom(.security, SecurityCode.itemNotFound), Symptom(.security, SecurityCode.decode),
            Symptom(.security, SecurityCode.authFailed), Symptom(.token, TokenCode.objectNotFound),
            Symptom(.token, TokenCode.corruptedData), Symptom(.other, 1),
        ]
        for call in ["rules", "agree"] {
            for code in codes {
                phone.enclave.fail(call, code)
                await #expect(throws: DeviceKeyError.self) { try await key.prf(alias: "a", input: input) }
                #expect(phone.enclave.state.value.keys[tag] != nil)
            }
        }
        phone.enclave.work()
        _ = try await key.prf(alias: "a", input: input)
    }

    @Test("A wallet is made, locked and unlocked with it, and the way a key is gone decides what is said")
    func wallet() async throws {
        let place = try Place(deviceKey: phone.deviceKey(), anchor: KeychainAnchorStore(phone.keychain))
        let made = try await place.createTelling()
        let (wallet, code) = (made.wallet, try #require(made.recoveryCode).text())
        try await wallet.lock()
        #expect(try await wallet.unlock(with: unlocking()).slot == .pin)
        try await wallet.lock()
        try await CitizenWalletTests.failing(.wrongSecret) { try await wallet.unlock(with: unlocking("847361")) }

        phone.enclave.state.change { $0.isForgetful = true }
        try await CitizenWalletTests.failing(.deviceKeyUnavailableNow) { try await wallet.unlock(with: unlocking()) }
        phone.enclave.work()
        try await wallet.unlock(with: unlocking())
        try await wallet.lock()

        // Lost between the question about the tries and that of the slot.
        let uses = Shared(0)
        phone.enclave.state.change { [enclave = phone.enclave] in
            $0.after = { call in
                guard call.hasPrefix("agree"), uses.change({ $0 += 1; return $0 }) == 1 else { return }
                enclave.state.change { $0.keys = [:] }
            }
        }
        try await CitizenWalletTests.failing(.deviceKeyMissing) { try await wallet.unlock(with: unlocking()) }
        phone.enclave.work()
        try await CitizenWalletTests.failing(.deviceKeyMissing) { try await wallet.unlock(with: unlocking()) }
        try await wallet.unlock(with: .recoveryCode(secret: Secret(bytes: code)))
    }

    @Test("Erasing leaves no key in the enclave and no item in the keychain")
    func erased() async throws {
        let place = try Place(
            deviceKey: phone.deviceKey(), anchor: KeychainAnchorStore(phone.keychain), keyStore: phone.keyStore())
        try await place.create().close()
        #expect(!phone.enclave.state.value.keys.isEmpty)
        #expect(try await Wallet.erase(in: place.folder, platform: place.platform) == .done)
        #expect(phone.enclave.state.value.keys.isEmpty)
        #expect(phone.keychain.state.value.items.isEmpty)
    }

    @Test("Unlocking by the operating system asks the holder, and new faces are told as what they are")
    func osAuth() async throws {
        let place = try Place(deviceKey: phone.deviceKey(.currentBiometry), anchor: KeychainAnchorStore(phone.keychain))
        let wallet = try await place.create(Enrolments(osAuth: true, recoveryCode: true))
        try await wallet.lock()
        let before = phone.holder.state.value.shown
        #expect(try await wallet.unlock(with: .osAuth).slot == .osAuth)
        #expect(phone.holder.state.value.shown == before + 1)
        try await wallet.lock()
        phone.holder.state.change { $0.refusals = [Symptom(.authentication, AuthenticationCode.userCancel)] }
        try await CitizenWalletTests.failing(.userCancelled) { try await wallet.unlock(with: .osAuth) }
        phone.holder.state.change { $0.enrolment = .state(Data([2])) }
        try await CitizenWalletTests.failing(.deviceKeyInvalidated) { try await wallet.unlock(with: .osAuth) }
        phone.holder.state.change { $0.enrolment = .state(Data([1])) }
        try await wallet.unlock(with: .osAuth)
    }
}

#endif
