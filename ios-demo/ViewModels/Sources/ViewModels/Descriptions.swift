import CitizenWallet
import Foundation

extension Problem {
    /// What went wrong: by whom it can be put right, and by its code what to do.
    init(_ error: WalletError) {
        let title: Phrase =
            switch error {
            case .holder: .errorHolder
            case .app, .bug: .errorApp
            case .issuer: .errorIssuer
            case .verifier: .errorVerifier
            case .device: .errorDevice
            }
        self.init(title: title(), advice: ViewModels.advice(on: error), code: error.code.text, isRetryable: error.isRetryable)
    }
}

/// What to do about it. A wrong PIN says what is left, a lockout when it ends.
func advice(on error: WalletError) -> Words {
    switch (error.code, error.triesLeft, error.retryAfter) {
    case (.wrongSecret, 0, let wait?): Phrase.wrongAndWait(.wait(wait))
    case (.wrongSecret, let left?, _): Phrase.wrongTriesLeft(.number(left))
    case (.lockedOut, _, let wait?): Phrase.wait(.wait(wait))
    case (_, _, let wait?): .all([errorText(error.code), Phrase.waitFor(.wait(wait))])
    default: errorText(error.code)
    }
}

/// The text of a code. A newer library may have codes this app has not: a test compares.
func errorText(_ code: ErrorCode) -> Words {
    .of(key: "error_" + code.text)
}

extension Fact {
    /// The state of a card.
    init(_ card: CardOverview) {
        switch (card.status, card.validity) {
        case (.revoked, _): self.init(card.status)
        case (_, .expired): self.init(Phrase.stateExpired(), .bad)
        case (_, .notYetValid): self.init(Phrase.stateNotYet(), .caution)
        default:
            if card.usableCopies == 0 { self.init(Phrase.stateUsedUp(), .bad) } else { self.init(card.status) }
        }
    }

    /// What its issuer says of a card.
    init(_ status: CardStatus) {
        switch status {
        case .valid: self.init(Phrase.stateValid(), .good)
        case .notTracked: self.init(Phrase.stateNotTracked(), .good)
        case .revoked: self.init(Phrase.stateRevoked(), .bad)
        case .suspended: self.init(Phrase.stateSuspended(), .bad)
        case .stale(let seenAt): self.init(Phrase.stateStale(.time(seenAt)), .caution)
        case .unknown, .other: self.init(Phrase.stateUnknown(), .caution)
        }
    }

    init(_ outcome: Outcome) {
        switch outcome {
        case .accepted: self.init(Phrase.outcomeAccepted(), .good)
        case .refused: self.init(Phrase.outcomeRefused(), .bad)
        case .returned: self.init(Phrase.outcomeReturned(), .good)
        case .unknown, .other: self.init(Phrase.outcomeUnknown(), .caution)
        }
    }

    /// Who signed a card, as its certificate says.
    init(signedBy: String?) {
        if let signedBy {
            self.init(Phrase.signedBy(.given(signedBy)), .good)
        } else {
            self.init(Phrase.signedByNobody(), .caution)
        }
    }

    /// What shows that a key is a DID's, and of when that is.
    init(evidence dated: DatedDidEvidence) {
        let asOf = dated.asOf.map(Argument.time) ?? .words(Phrase.didTimeUnknown())
        switch dated.evidence {
        case .selfCertifying: self.init(Phrase.didSelfCertifying())
        case .ledgerProof(let block, let anchor):
            self.init(Phrase.didLedgerProof(.number(of: block), asOf), Tone(of: anchor))
        case .verifiedAt(let block, _): self.init(Phrase.didVerifiedAt(.number(of: block), asOf), .caution)
        case .transportOnly(let host): self.init(Phrase.didTransportOnly(.given(host)), .caution)
        case .stale(let block): self.init(Phrase.didStale(.number(of: block), asOf), .bad)
        case .unverified: self.init(Phrase.didUnverified(), .bad)
        case .other: self.init(Phrase.didOther(), .bad)
        }
    }

    fileprivate init(trustIn verifier: Verifier) {
        switch verifier.trust {
        case .anchored:
            let voucher = verifier.vouchedBy.map { Phrase.trustVouched(.given($0)) }
            self.init(voucher ?? Phrase.trustAnchored(), .good)
        case .platform: self.init(Phrase.trustPlatform(), .caution)
        case .unverified, .other: self.init(Phrase.trustNobody(), .bad)
        }
    }
}

extension Argument {
    fileprivate static func number(of block: LedgerBlock) -> Argument { .given(String(block.number)) }
}

extension Tone {
    /// Seals of the state alone are experimental.
    init(of anchor: LedgerAnchor) {
        switch anchor {
        case .checkpoint, .endpoints, .seals: self = .good
        case .stateSeals, .other: self = .caution
        }
    }
}

extension VerifierFace {
    init(_ request: RequestOverview) {
        let verifier = request.verifier
        name = .given(verifier.domain ?? verifier.certificateSubject ?? client(verifier.clientId))
        facts = [
            verifier.domain.map { Fact(Phrase.verifierDomain(.given($0))) },
            Fact(proof(verifier.proof)()),
            verifier.certificateSubject.map { Fact(Phrase.verifierSubject(.given($0))) },
            verifier.didEvidence.map(Fact.init(evidence:)),
            Fact(trustIn: verifier),
            // What it calls itself may be anybody's name: that is a line of its own.
            verifier.displayName.map(ownName),
            request.isEncrypted ? Fact(Phrase.answerEncrypted()) : Fact(Phrase.answerPlain(), .caution),
        ].compactMap { $0 }
        destination =
            switch request.destination {
            case .responseUri(let uri): Phrase.answerGoesTo(.given(host(uri)))
            case .caller(_, let origin): Phrase.answerGoesTo(.given(origin))
            case .other: Phrase.answerGoesElsewhere()
            }
    }
}

func ownName(_ name: String) -> Fact {
    Fact(Phrase.verifierOwnName(.given(name)), .caution)
}

/// A client identifier without the word that says what kind it is (OpenID4VP 1.0 5.9.3); of an address, the host.
func client(_ id: String) -> String {
    let (address, name) = ("redirect_uri:", "x509_san_dns:")
    if id.hasPrefix(address) { return host(String(id.dropFirst(address.count))) }
    return id.hasPrefix(name) ? String(id.dropFirst(name.count)) : id
}

private func proof(_ proof: VerifierProof) -> Phrase {
    switch proof {
    case .certificateDnsName: .proofCertificateName
    case .certificateHash: .proofCertificate
    case .decentralizedIdentifier: .proofDid
    case .verifierAttestation: .proofAttestation
    case .federation: .proofFederation
    case .platformOrigin: .proofOrigin
    case .answerAddressOnly: .proofAddressOnly
    case .other: .proofOther
    }
}

/// The host of an address the core checked; the address where it has none.
func host(_ address: String) -> String {
    let host = URLComponents(string: address)?.encodedHost ?? ""
    return host.isEmpty ? address : host
}

/// Whether the browser opens it, over TLS.
func isWeb(_ address: String) -> Bool {
    URLComponents(string: address)?.scheme?.lowercased() == "https"
}

func linkability(_ reasons: [Linkability]) -> [Words] {
    // Nothing of the card itself, such as a signature or a key: the proof is new each time.
    if reasons == [.disclosedValues] { return [Phrase.linkOnlyShown()] }
    return distinct(
        reasons.map { reason in
            let phrase: Phrase =
                switch reason {
                case .copyShownBefore: .linkCopy
                case .holderKey: .linkKey
                case .issuerSignature: .linkSignature
                case .statusReference: .linkStatus
                case .credentialId: .linkId
                case .dates: .linkDates
                case .alwaysDisclosedValues: .linkAlways
                case .disclosedValues: .linkShown
                case .statementOrder: .linkOrder
                case .pseudonym: .linkPseudonym
                case .anchorProof: .linkAnchorProof
                case .other: .linkOther
                }
            return phrase()
        })
}

func notes(_ notes: [ShowingNote]) -> [Fact] {
    notes.map { note in
        let phrase: Phrase =
            switch note {
            case .headerUnchecked: .noteHeader
            case .replayProtectionOnly: .noteReplay
            case .linkSecret: .noteLinkSecret
            case .notBound: .noteNotBound
            case .other: .noteOther
            }
        return Fact(phrase(), .caution)
    }
}

extension PseudonymLines {
    init(_ pseudonym: PseudonymShowing) {
        service = .given(pseudonym.service)
        kind = pseudonym.isOnePerPerson ? Fact(Phrase.pseudonymOne()) : Fact(Phrase.pseudonymName(), .caution)
    }
}

extension DueLine {
    /// A line for what is due about a card with this `name`; none for what this app does nothing about.
    init?(_ due: Due, name: (String) -> Words) {
        let tone: Tone = due.urgency == .now ? .bad : .caution
        func renew(_ card: String, _ text: Words) -> DueLine {
            DueLine(text: text, tone: tone, action: .renew(card), doIt: Phrase.cardRenew())
        }
        switch due.what {
        case .refill(let card, let left, _): self = renew(card, Phrase.dueRefill(.words(name(card)), .number(left)))
        case .reissue(let card): self = renew(card, Phrase.dueReissue(.words(name(card))))
        case .expiring(let card): self = renew(card, Phrase.dueExpiring(.words(name(card))))
        case .statusStale(let card):
            self.init(
                text: Phrase.dueStatus(.words(name(card))), tone: tone, action: .refreshStatus, doIt: Phrase.refreshStatus())
        case .deferredReady, .other: return nil
        }
    }
}

extension CardFace {
    /// How a card looks.
    init(_ detail: CardDetail) {
        let (overview, look) = (detail.overview, detail.look)
        self.init(
            id: overview.id, name: .given(overview.name), issuer: .given(overview.issuerName),
            background: look.backgroundColor, foreground: look.textColor, logo: look.logo?.image?.bytes,
            logoText: look.logo?.altText, state: Fact(overview))
    }
}
