package org.citizenwallet.demo

import org.citizenwallet.CardAnchor
import org.citizenwallet.CardOverview
import org.citizenwallet.CardStatus
import org.citizenwallet.DatedDidEvidence
import org.citizenwallet.Destination
import org.citizenwallet.DidEvidence
import org.citizenwallet.Due
import org.citizenwallet.DueWhat
import org.citizenwallet.ErrorCode
import org.citizenwallet.LedgerAnchor
import org.citizenwallet.LedgerBlock
import org.citizenwallet.Linkability
import org.citizenwallet.Outcome
import org.citizenwallet.PseudonymShowing
import org.citizenwallet.RequestOverview
import org.citizenwallet.ShowingNote
import org.citizenwallet.Urgency
import org.citizenwallet.Validity
import org.citizenwallet.Verifier
import org.citizenwallet.VerifierProof
import org.citizenwallet.VerifierTrust
import org.citizenwallet.WalletException
import org.citizenwallet.code
import org.citizenwallet.isRetryable
import org.citizenwallet.retryAfter
import org.citizenwallet.triesLeft

/** What went wrong: by whom it can be put right, and by its code what to do. */
internal fun problem(error: WalletException): Problem {
    val title =
        when (error) {
            is WalletException.Holder -> Phrase.ERROR_HOLDER
            is WalletException.App, is WalletException.Bug -> Phrase.ERROR_APP
            is WalletException.Issuer -> Phrase.ERROR_ISSUER
            is WalletException.Verifier -> Phrase.ERROR_VERIFIER
            is WalletException.Device -> Phrase.ERROR_DEVICE
        }
    return Problem(title(), advice(error), error.code.text, error.isRetryable)
}

/** The phone could not read its files. */
internal val IO_FAILED =
    Problem(Phrase.ERROR_DEVICE(), errorText(ErrorCode.IO_FAILED), ErrorCode.IO_FAILED.text, isRetryable = true)

/** What to do about it. A wrong PIN says what is left, a lockout when it ends. */
internal fun advice(error: WalletException): Text {
    val (left, wait) = error.triesLeft to error.retryAfter
    return when {
        error.code == ErrorCode.WRONG_SECRET && left == 0 && wait != null -> Phrase.WRONG_AND_WAIT(wait)
        error.code == ErrorCode.WRONG_SECRET && left != null -> Phrase.WRONG_TRIES_LEFT(left)
        error.code == ErrorCode.LOCKED_OUT && wait != null -> Phrase.WAIT(wait)
        wait != null -> Text.All(listOf(errorText(error.code), Phrase.WAIT_FOR(wait)))
        else -> errorText(error.code)
    }
}

/** The text of a code. A newer library may have codes this app has not: a test compares. */
internal fun errorText(code: ErrorCode): Text = Text.Of("error_${code.text}")

internal fun state(card: CardOverview): Fact =
    when {
        card.status is CardStatus.Revoked -> Fact(Phrase.STATE_REVOKED(), Tone.BAD)
        card.validity is Validity.Expired -> Fact(Phrase.STATE_EXPIRED(), Tone.BAD)
        card.validity is Validity.NotYetValid -> Fact(Phrase.STATE_NOT_YET(), Tone.CAUTION)
        card.usableCopies == 0u -> Fact(Phrase.STATE_USED_UP(), Tone.BAD)
        else -> state(card.status)
    }

internal fun state(status: CardStatus): Fact =
    when (status) {
        is CardStatus.Valid -> Fact(Phrase.STATE_VALID(), Tone.GOOD)
        is CardStatus.NotTracked -> Fact(Phrase.STATE_NOT_TRACKED(), Tone.GOOD)
        is CardStatus.Revoked -> Fact(Phrase.STATE_REVOKED(), Tone.BAD)
        is CardStatus.Suspended -> Fact(Phrase.STATE_SUSPENDED(), Tone.BAD)
        is CardStatus.Stale -> Fact(Phrase.STATE_STALE(status.seenAt), Tone.CAUTION)
        is CardStatus.Unknown, is CardStatus.Other -> Fact(Phrase.STATE_UNKNOWN(), Tone.CAUTION)
    }

internal fun verifier(request: RequestOverview): VerifierFace {
    val verifier = request.verifier
    val facts = listOfNotNull(
        verifier.domain?.let { Fact(Phrase.VERIFIER_DOMAIN(Text.Given(it))) },
        Fact(proof(verifier.proof)),
        verifier.certificateSubject?.let { Fact(Phrase.VERIFIER_SUBJECT(Text.Given(it))) },
        verifier.didEvidence?.let(::evidence),
        trust(verifier),
        verifier.displayName?.let(::ownName),
        Fact(if (request.isEncrypted) Phrase.ANSWER_ENCRYPTED() else Phrase.ANSWER_PLAIN(), if (request.isEncrypted) Tone.PLAIN else Tone.CAUTION),
    )
    return VerifierFace(name(verifier), facts, destination(request.destination))
}

/** What was proven of a verifier. What it calls itself may be anybody's name: that is a line of its own. */
internal fun name(verifier: Verifier): Text =
    Text.Given(verifier.domain ?: verifier.certificateSubject ?: client(verifier.clientId))

internal fun ownName(name: String): Fact = Fact(Phrase.VERIFIER_OWN_NAME(Text.Given(name)), Tone.CAUTION)

/** A client identifier without the word that says what kind it is (OpenID4VP 1.0 5.9.3); of an address, the host. */
internal fun client(id: String): String =
    if (id.startsWith("redirect_uri:")) host(id.removePrefix("redirect_uri:")) else id.removePrefix("x509_san_dns:")

private fun proof(proof: VerifierProof): Text =
    when (proof) {
        is VerifierProof.CertificateDnsName -> Phrase.PROOF_CERTIFICATE_NAME
        is VerifierProof.CertificateHash -> Phrase.PROOF_CERTIFICATE
        is VerifierProof.DecentralizedIdentifier -> Phrase.PROOF_DID
        is VerifierProof.VerifierAttestation -> Phrase.PROOF_ATTESTATION
        is VerifierProof.Federation -> Phrase.PROOF_FEDERATION
        is VerifierProof.PlatformOrigin -> Phrase.PROOF_ORIGIN
        is VerifierProof.AnswerAddressOnly -> Phrase.PROOF_ADDRESS_ONLY
        is VerifierProof.Other -> Phrase.PROOF_OTHER
    }.invoke()

/** What shows that a key is a DID's, and of when that is. */
internal fun evidence(dated: DatedDidEvidence): Fact {
    val asOf: Any = dated.asOf ?: Phrase.DID_TIME_UNKNOWN()
    return when (val evidence = dated.evidence) {
        is DidEvidence.SelfCertifying -> Fact(Phrase.DID_SELF_CERTIFYING())
        is DidEvidence.LedgerProof -> Fact(Phrase.DID_LEDGER_PROOF(number(evidence.block), asOf), tone(evidence.anchor))
        is DidEvidence.VerifiedAt -> Fact(Phrase.DID_VERIFIED_AT(number(evidence.block), asOf), Tone.CAUTION)
        is DidEvidence.TransportOnly -> Fact(Phrase.DID_TRANSPORT_ONLY(Text.Given(evidence.host)), Tone.CAUTION)
        is DidEvidence.Stale -> Fact(Phrase.DID_STALE(number(evidence.block), asOf), Tone.BAD)
        is DidEvidence.Unverified -> Fact(Phrase.DID_UNVERIFIED(), Tone.BAD)
        is DidEvidence.Other -> Fact(Phrase.DID_OTHER(), Tone.BAD)
    }
}

/** What shows that copies of a card were entered on a ledger: one line for each ledger, and one for what is not shown any more. */
internal fun anchors(anchors: List<CardAnchor>): List<Fact> {
    val (proven, unproven) = anchors.partition { it is CardAnchor.Proven }
    val ledgers = proven.filterIsInstance<CardAnchor.Proven>().groupBy { it.chain to tone(it.anchor) }
    return ledgers.map { (ledger, copies) -> anchored(ledger.first, copies, ledger.second) } +
        if (unproven.isEmpty()) emptyList() else listOf(Fact(Phrase.CARD_ANCHOR_UNPROVEN(unproven.size), Tone.CAUTION))
}

private fun anchored(chain: String, copies: List<CardAnchor.Proven>, tone: Tone): Fact {
    val last = copies.maxBy { it.block }
    val asOf: Any = last.asOf ?: Phrase.DID_TIME_UNKNOWN()
    val (least, block) = copies.minOf { it.batchSize }.toString() to last.block.toString()
    return Fact(Phrase.CARD_ANCHORED(Text.Given(chain), copies.size, Text.Given(least), Text.Given(block), asOf), tone)
}

private fun number(block: LedgerBlock): Text = Text.Given(block.number.toString())

/** Seals of the state alone are experimental. */
private fun tone(anchor: LedgerAnchor): Tone =
    when (anchor) {
        is LedgerAnchor.Checkpoint, is LedgerAnchor.Endpoints, is LedgerAnchor.Seals -> Tone.GOOD
        is LedgerAnchor.StateSeals, is LedgerAnchor.Other -> Tone.CAUTION
    }

private fun trust(verifier: Verifier): Fact {
    val voucher = verifier.vouchedBy
    return when (verifier.trust) {
        is VerifierTrust.Anchored ->
            Fact(if (voucher == null) Phrase.TRUST_ANCHORED() else Phrase.TRUST_VOUCHED(Text.Given(voucher)), Tone.GOOD)
        is VerifierTrust.Platform -> Fact(Phrase.TRUST_PLATFORM(), Tone.CAUTION)
        is VerifierTrust.Unverified, is VerifierTrust.Other -> Fact(Phrase.TRUST_NOBODY(), Tone.BAD)
    }
}

private fun destination(destination: Destination): Text =
    when (destination) {
        is Destination.ResponseUri -> Phrase.ANSWER_GOES_TO(Text.Given(host(destination.uri)))
        is Destination.Caller -> Phrase.ANSWER_GOES_TO(Text.Given(destination.origin))
        is Destination.Other -> Phrase.ANSWER_GOES_ELSEWHERE()
    }

/** The host of an address the core checked; the address where it has none. */
internal fun host(address: String): String =
    try {
        java.net.URI(address).host ?: address
    } catch (_: java.net.URISyntaxException) {
        address
    }

internal fun linkability(reasons: List<Linkability>): List<Text> {
    // Nothing of the card itself, such as a signature or a key: the proof is new each time.
    if (reasons.singleOrNull() is Linkability.DisclosedValues) return listOf(Phrase.LINK_ONLY_SHOWN())
    return reasons.map { reason ->
        when (reason) {
            is Linkability.CopyShownBefore -> Phrase.LINK_COPY
            is Linkability.HolderKey -> Phrase.LINK_KEY
            is Linkability.IssuerSignature -> Phrase.LINK_SIGNATURE
            is Linkability.StatusReference -> Phrase.LINK_STATUS
            is Linkability.CredentialId -> Phrase.LINK_ID
            is Linkability.Dates -> Phrase.LINK_DATES
            is Linkability.AlwaysDisclosedValues -> Phrase.LINK_ALWAYS
            is Linkability.DisclosedValues -> Phrase.LINK_SHOWN
            is Linkability.StatementOrder -> Phrase.LINK_ORDER
            is Linkability.Pseudonym -> Phrase.LINK_PSEUDONYM
            is Linkability.AnchorProof -> Phrase.LINK_ANCHOR_PROOF
            is Linkability.Other -> Phrase.LINK_OTHER
        }.invoke()
    }.distinct()
}

internal fun notes(notes: List<ShowingNote>): List<Fact> =
    notes.map { note ->
        val text = when (note) {
            is ShowingNote.HeaderUnchecked -> Phrase.NOTE_HEADER
            is ShowingNote.ReplayProtectionOnly -> Phrase.NOTE_REPLAY
            is ShowingNote.LinkSecret -> Phrase.NOTE_LINK_SECRET
            is ShowingNote.NotBound -> Phrase.NOTE_NOT_BOUND
            is ShowingNote.Other -> Phrase.NOTE_OTHER
        }
        Fact(text(), Tone.CAUTION)
    }

internal fun pseudonym(pseudonym: PseudonymShowing): PseudonymView {
    val kind = if (pseudonym.isOnePerPerson) Fact(Phrase.PSEUDONYM_ONE(), Tone.PLAIN) else Fact(Phrase.PSEUDONYM_NAME(), Tone.CAUTION)
    return PseudonymView(Text.Given(pseudonym.service), kind)
}

internal fun outcome(outcome: Outcome): Fact =
    when (outcome) {
        is Outcome.Accepted -> Fact(Phrase.OUTCOME_ACCEPTED(), Tone.GOOD)
        is Outcome.Refused -> Fact(Phrase.OUTCOME_REFUSED(), Tone.BAD)
        is Outcome.Returned -> Fact(Phrase.OUTCOME_RETURNED(), Tone.GOOD)
        is Outcome.Unknown, is Outcome.Other -> Fact(Phrase.OUTCOME_UNKNOWN(), Tone.CAUTION)
    }

/** A line for what is due about [name]; null for what this app does nothing about. */
internal fun due(due: Due, name: (String) -> Text): DueLine? {
    val tone = if (due.urgency == Urgency.NOW) Tone.BAD else Tone.CAUTION
    fun renew(card: String, text: Text) = DueLine(text, tone, Action.Renew(card), Phrase.CARD_RENEW())
    return when (val what = due.what) {
        is DueWhat.Refill -> renew(what.card, Phrase.DUE_REFILL(name(what.card), what.left))
        is DueWhat.Reissue -> renew(what.card, Phrase.DUE_REISSUE(name(what.card)))
        is DueWhat.Expiring -> renew(what.card, Phrase.DUE_EXPIRING(name(what.card)))
        is DueWhat.StatusStale ->
            DueLine(Phrase.DUE_STATUS(name(what.card)), tone, Action.RefreshStatus, Phrase.REFRESH_STATUS())
        is DueWhat.DeferredReady, is DueWhat.Other -> null
    }
}
