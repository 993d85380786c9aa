package guide

import android.content.Context
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import org.citizenwallet.Enrolments
import org.citizenwallet.ErrorCode
import org.citizenwallet.NewWallet
import org.citizenwallet.Pin
import org.citizenwallet.Policy
import org.citizenwallet.Profile
import org.citizenwallet.Secret
import org.citizenwallet.Trust
import org.citizenwallet.UnlockReport
import org.citizenwallet.UnlockWith
import org.citizenwallet.Wallet
import org.citizenwallet.WalletException
import org.citizenwallet.android.AndroidWallet
import org.citizenwallet.android.PromptText
import org.citizenwallet.code
import org.citizenwallet.of

// guide: session
/** The app's one wallet. Lives as long as the process. */
class WalletSession(context: Context, trust: Trust) {
    private val folder = AndroidWallet.folder(context)
    private val platform = AndroidWallet.platform(context, text = { PromptText(title = "Example Wallet", cancel = "Cancel") })
    private val policy =
        Policy(
            trust = trust,
            // An address of yours that is verified to be this app's: see "Links".
            redirectUri = "https://wallet.example/back",
            profile = Profile.HAIP,
        )
    private val opening = Mutex()
    private var open: Wallet? = null

    /** First start: a PIN, and a recovery code for the day the phone forgets its keys. It is unlocked. */
    suspend fun setUp(digits: CharArray): NewWallet = opening.withLock {
        val enrolments = Enrolments(pin = Pin.of(digits), recoveryCode = true)
        Wallet.create(folder, platform, policy, enrolments).also { open = it.wallet }
    }

    /** The wallet, which may be locked; null where the holder has to set one up. */
    suspend fun wallet(): Wallet? = opening.withLock {
        open ?: try {
            Wallet.open(folder, platform, policy).also { open = it }
        } catch (error: WalletException) {
            if (error.code == ErrorCode.STORE_MISSING) null else throw error
        }
    }

    suspend fun unlock(digits: CharArray): UnlockReport =
        checkNotNull(wallet()).unlock(UnlockWith.Pin(Secret.of(digits)))

    suspend fun lock() {
        opening.withLock { open }?.lock()
    }
}
// guide: end
