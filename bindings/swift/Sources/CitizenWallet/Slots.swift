import CitizenWalletFFI

extension Wallet {
    /// Changes the PIN. At every moment the `old` or the `new` one opens the store. The old one is a counted try.
    ///
    /// - Throws: ``WalletError`` `locked`, `slot_missing`, `wrong_secret` with ``WalletError/triesLeft``, `locked_out` with
    ///   ``WalletError/retryAfter``, `weak_pin` (it is the same), those of the hardware key
    @discardableResult
    public func changePin(from old: Secret, to new: Pin) async throws -> Retirement {
        try await native.changePin(old: old, new: new)
    }

    /// Changes the passphrase, and with it the key everything is encrypted with. Every other secret that is to stay must be in
    /// `keep`; what is not given no longer opens the store (``Rotated/dropped``). The recovery code is made anew: show it. Once
    /// begun it is not cancelled: the new code is told once.
    ///
    /// - Throws: ``WalletError`` `locked`, `slot_missing`, `wrong_secret`, `locked_out`, `weak_passphrase`, those of the hardware
    ///   key; then nothing was changed
    public func changePassphrase(from old: Secret, to new: Passphrase, keep: Keep = Keep()) async throws -> Rotated {
        let native = try await native
        return try await toTheEnd { try await native.changePassphrase(old: old, new: new, keep: keep) }
    }

    /// Makes a new recovery code; the old one is void. As to `keep` and cancelling see
    /// ``changePassphrase(from:to:keep:)``. `auth` is from ``authenticate(with:)``.
    ///
    /// - Throws: ``WalletError`` `user_auth_required` if `auth` is older than a minute, `locked`, `wrong_secret`, `locked_out`,
    ///   those of the hardware key; then nothing was changed
    public func renewRecoveryCode(_ auth: FreshAuth, keep: Keep = Keep()) async throws -> Rotated {
        let native = try await native
        return try await toTheEnd { try await native.renewRecoveryCode(auth: auth, keep: keep) }
    }

    /// Adds a PIN; needs a hardware key. After `eraseAfter` wrong ones it is destroyed, if given; who can delete the counter
    /// before each try has one in an hour instead, and the PIN is never destroyed.
    ///
    /// - Throws: ``WalletError`` `user_auth_required` if `auth` is older than a minute, `locked`, `unsafe_configuration`, those
    ///   of the hardware key
    public func addPin(_ auth: FreshAuth, _ pin: Pin, eraseAfter: UInt8? = nil) async throws {
        try await native.addPin(auth: auth, pin: pin, eraseAfter: eraseAfter)
    }

    /// Adds unlocking by the operating system (biometrics, device code); needs a hardware key that can ask.
    ///
    /// - Throws: ``WalletError`` `user_auth_required` if `auth` is older than a minute, `locked`, `unsafe_configuration`, those
    ///   of the hardware key
    public func addOsAuth(_ auth: FreshAuth) async throws {
        try await native.addOsAuth(auth: auth)
    }

    /// Adds a passphrase.
    ///
    /// - Throws: ``WalletError`` `user_auth_required` if `auth` is older than a minute, `locked`, `unsafe_configuration`
    public func addPassphrase(_ auth: FreshAuth, _ passphrase: Passphrase) async throws {
        try await native.addPassphrase(auth: auth, passphrase: passphrase)
    }

    /// Removes the PIN or the operating system's unlocking, as long as another durable way in remains.
    ///
    /// - Throws: ``WalletError`` `user_auth_required` if `auth` is older than a minute, `locked`, `slot_missing`,
    ///   `unsafe_configuration`, `not_supported` for another kind
    @discardableResult
    public func removeSlot(_ auth: FreshAuth, _ kind: SlotKind) async throws -> Retirement {
        try await native.removeSlot(auth: auth, kind: kind)
    }
}
