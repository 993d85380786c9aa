package org.citizenwallet.demo

/** What the holder, or the system, does. */
sealed interface Action {
    /** One step back, or away from what is being done. */
    data object Back : Action

    /** Yes to what the screen proposes. */
    data object Agree : Action

    /** No to what the screen proposes. */
    data object Refuse : Action

    /** The same again, after trouble. */
    data object Again : Action

    /** One key of the app's own keys. */
    class Key(val character: Char) : Action

    data object EraseKey : Action

    /** What was typed is complete. */
    data object Enter : Action

    /** A code of letters, from a text field. */
    class EnterText(val characters: CharArray) : Action

    /** The system checks the holder. */
    data object CheckHolder : Action

    /** The recovery code instead of the PIN, and back. */
    data object OtherWayIn : Action

    /** The app locks: the holder wants it, or it went to the background. */
    data object Lock : Action

    /** The place to paste a link into. */
    data object AddCard : Action

    /** A link that was pasted, clicked or scanned. Nothing is known of it. */
    class Open(val link: String) : Action

    data object Scan : Action

    class ShowCard(val id: String) : Action

    data object ShowHistory : Action

    data object ShowSettings : Action

    /** What is known about the state of the cards is fetched anew. */
    data object RefreshStatus : Action

    class Renew(val card: String) : Action

    /** The new card goes in the place of the older [card]. */
    class Replace(val card: String) : Action

    /** The issuer is asked for a card it promised. */
    class AskFor(val promise: String) : Action

    /** A promised card is not wanted any more. */
    class Forget(val promise: String) : Action

    class Delete(val card: String) : Action

    /** Another way to answer a request: the place in what the screen offers. */
    class Choose(val place: Int) : Action

    /** What was sent, and may not have arrived, once more. */
    data object Resend : Action

    class DeleteEntry(val entry: String) : Action

    data object ChangePin : Action

    /** Everything is written down in clear. */
    data object Export : Action

    /** The wallet as it was restored is taken for what it is. */
    data object Adopt : Action

    /** The whole wallet goes. */
    data object Erase : Action
}
