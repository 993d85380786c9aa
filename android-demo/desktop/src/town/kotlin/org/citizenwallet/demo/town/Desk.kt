package org.citizenwallet.demo.town

import java.io.File
import org.citizenwallet.Clock
import org.citizenwallet.KeyStore
import org.citizenwallet.Platform
import org.citizenwallet.Policy
import org.citizenwallet.TransactionDataType
import org.citizenwallet.TransactionMember
import org.citizenwallet.TransactionMemberKind
import org.citizenwallet.Trust
import org.citizenwallet.VaultSettings
import org.citizenwallet.demo.Home
import org.citizenwallet.jvm.FileAnchorStore
import org.citizenwallet.jvm.JvmHttpClient

/** A desk in the place of a phone: what the wallet needs is in [folder], and it trusts the [parties]. */
class Desk(private val folder: File, private val parties: Parties, canCheckHolder: Boolean = false) {
    val deviceKey = FileDeviceKey(File(folder, "keys"), canCheckHolder)

    private val canCheck = canCheckHolder

    fun home(
        settings: VaultSettings = Home.patient(),
        keyStore: KeyStore? = null,
        clock: Clock? = null,
        scan: (suspend () -> String?)? = null,
        save: (suspend (String, ByteArray) -> String?)? = null,
        browse: suspend (String) -> Unit,
    ): Home =
        Home(
            folder = File(folder, "store"),
            platform =
                Platform(
                    http = JvmHttpClient(),
                    anchor = FileAnchorStore(File(folder, "anchor")),
                    deviceKey = deviceKey,
                    keyStore = keyStore,
                    clock = clock,
                ),
            policy = policy().let { parties.chain?.believed(it) ?: it },
            settings = settings,
            canCheckHolder = canCheck,
            scan = scan,
            save = save,
            browse = browse,
        )

    private fun policy() =
        Policy(
            trust =
                Trust(
                    issuerCertificates = listOf(parties.anchors),
                    verifierCertificates = listOf(parties.anchors),
                    webIssuers = listOf(parties.webIssuer),
                ),
            clientId = "https://wallet.example",
            redirectUri = "https://wallet.example/back",
            // They speak plain http on this machine. An app leaves this out.
            allowLoopbackHttp = true,
            // All verifiers in town have one address. An app leaves this out, too.
            requestsPerMinute = 60u,
            transactionDataTypes = listOf(PAYMENT),
        )

    private companion object {
        /** What of a payment is shown to the holder. */
        val PAYMENT =
            TransactionDataType(
                id = "urn:example:payment",
                members = listOf("amount", "payee").map { TransactionMember(it, TransactionMemberKind.TEXT, required = true) },
            )
    }
}
