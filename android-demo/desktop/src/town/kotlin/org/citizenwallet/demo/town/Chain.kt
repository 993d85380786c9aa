package org.citizenwallet.demo.town

import java.io.File
import org.citizenwallet.AnchoringIssuer
import org.citizenwallet.Ledger
import org.citizenwallet.Policy

/** A chain on this machine, as the parties wrote it into their [folder]: the issuer's key stands on it, and what it anchors. */
class Chain(private val folder: File) {
    private val profile = text("ledger-profile.json")
    private val ledger = Ledger(profile, listOf(text("ledger-server")), text("ledger-checkpoint.json"))
    private val issuer = text("ledger-issuer")
    private val anchoring = AnchoringIssuer(identifier(), profile, text("ledger-account"))

    /** The [policy], believing the chain about the issuer and what it anchors. */
    fun believed(policy: Policy): Policy =
        policy.copy(
            trust = policy.trust.copy(issuerDids = listOf(issuer)),
            ledgers = listOf(ledger),
            anchors = listOf(anchoring),
        )

    private fun identifier(): String {
        val own = text("server.json").substringAfter("\"issuer\":").substringBefore("\"verifier\":")
        return checkNotNull(Regex("\"identifier\":\"([^\"]+)\"").find(own)).groupValues[1]
    }

    private fun text(name: String) = File(folder, name).readText()
}
