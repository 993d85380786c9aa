import Dispatch
import Foundation

/// The one way to the Secure Enclave: failures are read, transient ones tried again a few times. Its functions block; run them
/// on ``onEnclaveQueue(closing:_:)``.
struct EnclaveAccess: Sendable {
    /// Whose keys are used.
    let owner: KeyOwner
    private let enclave: any Enclave
    private let pause: @Sendable (_ milliseconds: UInt32) -> Void

    init(
        _ enclave: any Enclave, of owner: KeyOwner,
        pause: @escaping @Sendable (_ milliseconds: UInt32) -> Void = { usleep($0 * 1000) }
    ) {
        self.enclave = enclave
        self.owner = owner
        self.pause = pause
    }

    var level: EnclaveLevel { enclave.level }

    /// Runs `action`, which is about the key `tag` and safe to repeat, and again where that may help: under a second in all.
    ///
    /// - Throws: ``KeyFailed``
    func steadily<Value>(_ tag: String, _ action: (any Enclave) throws -> Value) throws -> Value {
        for milliseconds in Self.pauses {
            do {
                return try action(enclave)
            } catch let error as SystemError {
                let reading = Reading(error)
                guard reading.mayPass else { throw KeyFailed(reading.failure) }
            }
            pause(milliseconds)
        }
        return try once(tag, action)
    }

    /// Runs `action`, which is about the key `tag`, once.
    ///
    /// - Throws: ``KeyFailed``
    func once<Value>(_ tag: String, _ action: (any Enclave) throws -> Value) throws -> Value {
        do {
            return try action(enclave)
        } catch let error as SystemError {
            let failure = Reading(error).failure
            throw KeyFailed(failure == .notFound && !isCertainlyAbsent(tag) ? .unavailableNow : failure)
        }
    }

    /// Whether the keychain works and does not have the key. Before the first unlock some versions answer "no such item", so a
    /// key is made and found first.
    private func isCertainlyAbsent(_ tag: String) -> Bool {
        do {
            let canary = owner.prefix("canary")
            try enclave.delete(canary)
            try enclave.create(canary, .open)
            let tags = try enclave.tags()
            try enclave.delete(canary)
            return tags.contains(canary) && !tags.contains(tag)
        } catch {
            return false
        }
    }

    private static let pauses: [UInt32] = [50, 200, 500]
}

/// One call at a time in the whole process, on a thread that may wait: a prompt stays open for a minute, and a second one would
/// close the first.
private let enclaveQueue = DispatchQueue(label: "org.citizenwallet.enclave")

/// Runs `work` there. A task that is cancelled closes `prompt`.
func onEnclaveQueue<Value: Sendable>(
    closing prompt: (any Prompt)? = nil, _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { waiting in
            enclaveQueue.async { waiting.resume(with: Result(catching: work)) }
        }
    } onCancel: {
        prompt?.close()
    }
}
