import java.io.File
import kotlinx.coroutines.runBlocking
import org.citizenwallet.LinkIntent
import org.citizenwallet.LinkMedium
import org.citizenwallet.Wallet
import org.citizenwallet.WalletException
import org.citizenwallet.intent

/** `first-wallet HOME ANCHORS LINK`: does what the link is for. */
fun main(arguments: Array<String>): Unit = runBlocking {
    val (home, anchors, link) = arguments
    val screen = Terminal()
    try {
        openWallet(File(home), File(anchors).readText(), screen).use { wallet ->
            when (Wallet.intent(link, LinkMedium.LINK)) {
                LinkIntent.OFFER -> receive(wallet, link, screen)
                LinkIntent.PRESENTATION -> present(wallet, link, screen)
                else -> screen.show("This is nothing for a wallet")
            }
        }
    } catch (error: WalletException) {
        screen.show(advice(error))
    }
}
