import Foundation

/// The keys that serve one purpose of the wallet: those whose tag begins with `prefix`. A name is a tag without it. Everything
/// blocks and throws ``KeyFailed``.
struct OwnKeys: Sendable {
    let access: EnclaveAccess
    let holder: any DeviceHolder
    let check: HolderCheck
    let prefix: String

    /// The rules for new keys.
    func rules(asking: Bool) throws -> KeyRules {
        if access.level == .absent { throw KeyFailed(.unsupported) }
        guard asking else { return .open }
        guard holder.canAnswer(check) else { throw KeyFailed(.unsupported) }
        switch check {
        case .biometryOrPasscode: return .presence
        case .biometry: return .biometry
        case .currentBiometry:
            guard case .state(let state) = holder.enrolment else { throw KeyFailed(.unavailableNow) }
            return .enrolled(state)
        }
    }

    /// Makes a key in the place of one of that name.
    func make(_ name: String, _ rules: KeyRules) throws {
        let tag = prefix + name
        try access.steadily(tag) {
            // Two keys may have the same tag.
            try $0.delete(tag)
            try $0.create(tag, rules)
        }
    }

    /// What the key was made with. It is certainly there.
    func rules(of name: String) throws -> KeyRules {
        let tag = prefix + name
        return try access.steadily(tag) {
            guard let rules = try $0.rules(of: tag) else { throw SystemError(status: Int32(SecurityCode.itemNotFound)) }
            return rules
        }
    }

    func publicKey(of name: String) throws -> Data {
        let tag = prefix + name
        return try access.steadily(tag) { try $0.publicKey(of: tag) }
    }

    /// Uses a key with these `rules`. One that asks for the holder is used once: what a prompt was shown for is not tried again.
    func use(
        _ name: String, _ rules: KeyRules, _ prompt: any Prompt,
        _ action: (_ enclave: any Enclave, _ tag: String, _ prompt: (any Prompt)?) throws -> Data
    ) throws -> Data {
        let tag = prefix + name
        if rules == .open { return try access.steadily(tag) { try action($0, tag, nil) } }
        let renamed = holder.renamed(rules)
        do {
            let answer = try access.once(tag) { try action($0, tag, prompt) }
            if let renamed, holder.renamed(rules) == renamed {
                // If it fails, the next use does it.
                try? access.once(tag) { try $0.relabel(tag, renamed) }
            }
            return answer
        } catch let failed as KeyFailed {
            // The system says in many ways that a key's faces or fingers are no longer enrolled, and all mean other things too.
            let mayBeEnded: [Failure] = [.authRequired, .hardwareFault, .unsupported]
            let isEnded = mayBeEnded.contains(failed.failure) && rules.haveEnded(with: holder.enrolment)
            throw isEnded ? KeyFailed(.invalidated) : failed
        }
    }

    func delete(_ name: String) throws {
        let tag = prefix + name
        try access.steadily(tag) { try $0.delete(tag) }
    }

    func list() throws -> [String] {
        try access.steadily(prefix) { try $0.tags() }.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
}
