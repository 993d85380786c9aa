package org.citizenwallet.demo

/** Where the [app] is seen: on Android an activity, which the system makes anew whenever it is turned. The app stays. */
class AppWindow(private val app: App) {
    private var seen = 0

    /**
     * It was made for a [link], if there was one. One that [is made again][isMadeAgain] has the link of the first: it was taken
     * then.
     */
    fun made(link: String?, isMadeAgain: Boolean) {
        if (link != null && !isMadeAgain) app.on(Action.Open(link))
    }

    fun appeared() {
        seen += 1
    }

    /** Nothing of the app is to be seen any more, and it locks; one that [is turned][isTurned] comes back at once. */
    fun disappeared(isTurned: Boolean) {
        seen -= 1
        if (seen == 0 && !isTurned) app.on(Action.Lock)
    }
}
