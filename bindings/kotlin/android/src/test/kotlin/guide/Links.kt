package guide

import android.app.Activity
import android.content.Intent
import android.net.Uri
import org.citizenwallet.AuthorizedIssuance
import org.citizenwallet.LinkIntent
import org.citizenwallet.LinkMedium
import org.citizenwallet.Offer
import org.citizenwallet.Wallet
import org.citizenwallet.authorize
import org.citizenwallet.intent
import org.citizenwallet.resume

// guide: browser
/** For an offer that `canBeAuthorized`: the holder agrees on the issuer's own page. The app may be gone meanwhile. */
suspend fun Activity.authorizeInBrowser(wallet: Wallet, offer: Offer) {
    val authorization = wallet.authorize(offer)
    startActivity(Intent(Intent.ACTION_VIEW, Uri.parse(authorization.url)))
}
// guide: end

// guide: links
/** What to do with a link. The wallet is unlocked, and the holder has not agreed to anything yet. */
suspend fun handle(wallet: Wallet, link: String, screens: Screens) {
    // The answer of the browser. A link that answers no authorization of this wallet changes nothing.
    if (link.startsWith("https://wallet.example/back?")) return screens.received(wallet.resume(link))
    when (Wallet.intent(link, LinkMedium.LINK)) {
        LinkIntent.OFFER -> screens.offered(link)
        LinkIntent.PRESENTATION -> screens.asked(link)
        else -> screens.unknown()
    }
}
// guide: end

/** The app's screens. */
interface Screens {
    suspend fun received(authorized: AuthorizedIssuance)

    suspend fun offered(link: String)

    suspend fun asked(link: String)

    suspend fun unknown()
}
