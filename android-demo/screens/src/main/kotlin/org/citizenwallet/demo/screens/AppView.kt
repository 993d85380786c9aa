package org.citizenwallet.demo.screens

import androidx.compose.runtime.Composable
import org.citizenwallet.demo.Action
import org.citizenwallet.demo.Screen

/** The screen that is to be seen, in the colours of [palette]. Needs [LocalTexts] and [LocalPictures]. */
@Composable
fun AppView(screen: Screen, palette: Palette, on: (Action) -> Unit) =
    WalletTheme(palette) {
        when (screen) {
            is Screen.Starting -> StartingView()
            is Screen.Welcome -> WelcomeView(on)
            is Screen.Keys -> KeysView(screen, on)
            is Screen.RecoveryCode -> RecoveryCodeView(screen, on)
            is Screen.Cards -> CardsView(screen, on)
            is Screen.AddCard -> AddCardView(screen, on)
            is Screen.Question -> QuestionView(screen, on)
            is Screen.Working -> WorkingView(screen, on)
            is Screen.Offer -> OfferView(screen, on)
            is Screen.TextCode -> TextCodeView(screen, on)
            is Screen.Received -> ReceivedView(screen, on)
            is Screen.Card -> CardDetailView(screen, on)
            is Screen.Consent -> ConsentView(screen, on)
            is Screen.NothingFits -> NothingFitsView(screen, on)
            is Screen.Done -> DoneView(screen, on)
            is Screen.History -> HistoryView(screen, on)
            is Screen.Settings -> SettingsView(screen, on)
            is Screen.Trouble -> TroubleView(screen, on)
        }
    }
