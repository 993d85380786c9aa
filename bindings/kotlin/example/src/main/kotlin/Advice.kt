import org.citizenwallet.ErrorCode
import org.citizenwallet.WalletException
import org.citizenwallet.code
import org.citizenwallet.retryAfter
import org.citizenwallet.triesLeft

/** What to tell the holder: by the codes that have a screen of their own, and else by who can act. */
fun advice(error: WalletException): String =
    when (error.code) {
        ErrorCode.WRONG_SECRET -> "That is not it." + (error.triesLeft?.let { " You have $it more tries." } ?: "")
        ErrorCode.LOCKED_OUT -> "Too many tries. Wait for ${error.retryAfter}."
        ErrorCode.WEAK_PASSPHRASE -> "That is too easy to guess. Take several words."
        else ->
            when (error) {
                is WalletException.Holder -> "That did not work. Please try again."
                is WalletException.Issuer -> "The issuer made a mistake or refused. Nothing was kept."
                is WalletException.Verifier -> "The one who asks made a mistake or cannot be trusted. Nothing was shown."
                is WalletException.Device -> "The phone cannot do this now: its network, its storage or its keys."
                is WalletException.App, is WalletException.Bug -> "This app has a fault."
            } + " (${error.code.text})"
    }
