import CitizenWalletFFI
import Foundation

extension Wallet {
    /// Lets the issuer issue the card with this `id` again, without the holder: as many copies as are missing where it is only
    /// short of them, else all. Nothing of the card changes yet: if ``RenewedCard/isChanged()`` show the holder the changes, and
    /// then keep it (``keep(_:)``) or decline its ``RenewedCard/intoCard()``. Uses the network.
    ///
    /// - Throws: ``WalletError`` `renewal_needs_holder`: begin anew with an offer and ``replacing(_:with:)``; `renewal_mismatch`
    ///   if it is another card; `issuance_deferred` if it comes later: it is among ``deferred()``, then ``replacing(_:with:)``;
    ///   `conflict` while another renewal is under way; `not_found`, `locked`, the integrity codes, and those of ``offer(_:)`` and
    ///   ``order(_:from:copies:)``
    public func renew(_ id: String) async throws -> RenewedCard {
        try await native.renew(id: id)
    }

    /// Compares a `card` that was received by an offer or an authorization with the card whose place it is to take, the one with
    /// this `id`. Go on as after ``renew(_:)``. After each error but `used_up` the `card` can be used again.
    ///
    /// - Throws: ``WalletError`` `used_up`; `renewal_mismatch` if it is another card, `not_found`, `locked`, those of the store
    public func replacing(_ id: String, with card: ReceivedCard) async throws -> RenewedCard {
        try await work { try $0.replacing(id: id, card: card) }
    }

    /// Stores a renewed card in its own place: whatever happens, the old one is there or the new one, whole. The issuer is told
    /// only after the new copies are durable. A plan that was made with an old copy can no longer be presented. Uses the network.
    /// After each error but `used_up` the `card` can be kept again.
    ///
    /// - Throws: ``WalletError`` `used_up`; `not_found` if the card was deleted meanwhile, and those of ``keep(_:policy:)``
    @discardableResult
    public func keep(_ card: RenewedCard) async throws -> Renewed {
        try await native.keepRenewed(card: card)
    }

    /// What should be done about the cards at this time, most urgent first. Makes no request and writes nothing: the library
    /// never schedules. Ask after unlocking, and from the platform's scheduler while the wallet is unlocked; do what needs the
    /// network only when the phone charges and the network costs nothing, but for ``Urgency/now``. Renewing right after a showing
    /// tells the issuer when its card was shown: add a random delay.
    ///
    /// - Throws: ``WalletError`` `locked` and those of the store
    public func due(at time: Date = Date()) async throws -> [Due] {
        try await work { try $0.due(at: time) }
    }

    /// When ``due(at:)`` has more to say after this time by the passing of time alone; none if never.
    ///
    /// - Throws: ``WalletError`` `locked` and those of the store
    public func nextDue(after time: Date = Date()) async throws -> Date? {
        try await work { try $0.nextDue(after: time) }
    }
}

extension RenewedCard {
    /// What it says otherwise than before, with labels in the holder's language as the platform knows it.
    ///
    /// - Throws: ``WalletError`` `used_up`
    public func changes() throws -> ClaimChanges {
        try changes(locales: preferredLocales())
    }
}
