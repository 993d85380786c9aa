package org.citizenwallet.demo

import org.citizenwallet.ClaimChangeKind
import org.citizenwallet.ClaimChanges
import org.citizenwallet.KeepPolicy
import org.citizenwallet.ReceivedCard
import org.citizenwallet.RenewedCard
import org.citizenwallet.ReusePolicy
import org.citizenwallet.decline
import org.citizenwallet.detail
import org.citizenwallet.keep
import org.citizenwallet.keepRenewed
import org.citizenwallet.list

/** A card that came and is not kept yet. */
internal sealed class Arrival(protected val app: App) : AutoCloseable {
    /** What to say once it was kept. */
    abstract val kept: Text

    /** What to say once it was not. */
    abstract val declined: Text

    /** It as the holder sees it before deciding. */
    abstract suspend fun screen(notice: Text? = null): Screen.Received

    abstract suspend fun keep()

    abstract suspend fun decline()

    /** A card of its own, unless the holder wants it in the place of one there is. */
    class New(app: App, val card: ReceivedCard) : Arrival(app) {
        override val kept = Phrase.CARD_KEPT()
        override val declined = Phrase.CARD_DECLINED()

        override suspend fun screen(notice: Text?): Screen.Received {
            val look = card.look(app.locales())
            val face = CardFace(
                id = "",
                name = given(look.name, Text.Given(card.credentialType())),
                issuer = given(look.issuer.name, Text.Given("")),
                background = look.backgroundColor,
                foreground = look.textColor,
                logo = look.logo?.image,
                logoText = look.logo?.altText,
                state = Fact(Phrase.STATE_NEW()),
            )
            // After it turned out to be another card it takes no place.
            val older = if (notice == null) older() else emptyList()
            return Screen.Received(face, signer(card.signedBy()), ClaimLines(card.claims(app.locales())), older = older, notice = notice)
        }

        /** Cards of the same kind, whose place it may take. */
        private suspend fun older(): List<OlderCard> =
            app.wallet.list(app.locales()).filter { it.credentialType == card.credentialType() }
                .map { OlderCard(it.id, Phrase.RECEIVED_REPLACES(Text.Given(it.name), it.receivedAt)) }

        override suspend fun keep() {
            // Copies that are shown once each, so that no two verifiers see the same key.
            app.wallet.keep(card, KeepPolicy(reuse = if (card.copies() > 1u) ReusePolicy.OnceOnly else null))
        }

        override suspend fun decline() {
            app.wallet.decline(card)
        }

        override fun close() = card.close()
    }

    /** A card in its own place: renewed by itself, or received again. */
    class Renewed(app: App, val card: RenewedCard) : Arrival(app) {
        private var changes: ClaimChanges? = null

        override val kept = Phrase.RENEWED()
        override val declined = Phrase.RENEWAL_DECLINED()

        override suspend fun screen(notice: Text?): Screen.Received {
            val detail = app.wallet.detail(card.id(), app.locales())
            changes?.close()
            val changes = card.changes(app.locales()).also { changes = it }
            return Screen.Received(face(detail), signer(card.signedBy()), ClaimLines(detail.claims), lines(changes), notice = notice)
        }

        private fun lines(changes: ClaimChanges): List<ChangeLine> =
            changes.list().mapIndexed { place, change ->
                ChangeLine(
                    change.label?.let { Text.Given(it) } ?: Labels(emptyList()).of(change.path),
                    kind(change.kind),
                    before = { orGone { changes.before(place.toUInt())?.let { value(change.path, it) } } },
                    after = { orGone { changes.after(place.toUInt())?.let { value(change.path, it) } } },
                )
            }

        override suspend fun keep() {
            app.wallet.keepRenewed(card)
        }

        override suspend fun decline() {
            card.intoCard().use { app.wallet.decline(it) }
        }

        override fun close() {
            changes?.close()
            card.close()
        }
    }
}

private fun kind(kind: ClaimChangeKind): Text =
    when (kind) {
        is ClaimChangeKind.Added -> Phrase.CHANGE_ADDED
        is ClaimChangeKind.Changed -> Phrase.CHANGE_CHANGED
        is ClaimChangeKind.Removed -> Phrase.CHANGE_REMOVED
        is ClaimChangeKind.NoLongerWithheld -> Phrase.CHANGE_NO_LONGER_WITHHELD
        is ClaimChangeKind.Other -> Phrase.CHANGE_OTHER
    }.invoke()
