import java.io.File
import org.citizenwallet.Enrolments
import org.citizenwallet.ErrorCode
import org.citizenwallet.Passphrase
import org.citizenwallet.Platform
import org.citizenwallet.Policy
import org.citizenwallet.Secret
import org.citizenwallet.Trust
import org.citizenwallet.UnlockWith
import org.citizenwallet.Wallet
import org.citizenwallet.WalletException
import org.citizenwallet.chars
import org.citizenwallet.code
import org.citizenwallet.jvm.FileAnchorStore
import org.citizenwallet.jvm.JvmHttpClient
import org.citizenwallet.of

/** The wallet in [home], unlocked; a new one if there is none. [anchors] are the certificates it trusts, as PEM. */
suspend fun openWallet(home: File, anchors: String, screen: Screen): Wallet {
    val folder = File(home, "store")
    // What the library does not do itself: the network, and a small state that is kept apart from the store's files.
    val platform = Platform(http = JvmHttpClient(), anchor = FileAnchorStore(File(home, "anchor")))
    val policy =
        Policy(
            trust = Trust(issuerCertificates = listOf(anchors), verifierCertificates = listOf(anchors)),
            // The issuer and the verifiers of this guide speak plain http on this machine. An app leaves this out.
            allowLoopbackHttp = true,
        )
    val wallet =
        try {
            Wallet.open(folder, platform, policy)
        } catch (error: WalletException) {
            if (error.code != ErrorCode.STORE_MISSING) throw error
            return newWallet(folder, platform, policy, screen)
        }
    try {
        wallet.unlock(UnlockWith.Passphrase(Secret.of(screen.secret("Passphrase"))))
    } catch (error: WalletException) {
        wallet.close()
        throw error
    }
    return wallet
}

private suspend fun newWallet(folder: File, platform: Platform, policy: Policy, screen: Screen): Wallet {
    val passphrase = Passphrase.of(screen.secret("A passphrase for the new wallet"))
    val new = Wallet.create(folder, platform, policy, Enrolments(passphrase = passphrase, recoveryCode = true))
    new.recoveryCode?.use { code ->
        val characters = code.chars()
        screen.show("Write down the recovery code. It is shown once:")
        screen.show(characters)
        characters.fill(' ')
    }
    return new.wallet
}
