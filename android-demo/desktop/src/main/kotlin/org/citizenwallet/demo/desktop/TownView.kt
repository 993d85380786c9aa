package org.citizenwallet.demo.desktop

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material.Button
import androidx.compose.material.ButtonDefaults
import androidx.compose.material.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import org.citizenwallet.demo.town.Parties

/** Something others in town do: to the wallet's issuer, or by a link. */
private class Deed(val name: String, val act: (Parties) -> Happened)

/** What came of it: a link for the app, words for whoever plays. */
private class Happened(val link: String? = null, val words: String = "")

private val DEEDS = listOf(
    Deed("Residents' office offers a card") { Happened(it.offer("resident_card").first()) },
    Deed("… with a code") { parties ->
        val (link, code) = parties.offer("resident_card", "--tx-code")
        Happened(link, "The letter says: $code")
    },
    Deed("… that comes later") { Happened(it.offer("resident_card", "--deferred", "10").first()) },
    Deed("Licensing office offers a licence, in the browser") { Happened(it.offer("driving_licence", "--authorization-code").first()) },
    Deed("Residents' office offers a citizen ID whose proof is new each time") { Happened(it.offer("citizen_id_bbs").first()) },
    Deed("… with a pseudonym for each service") { Happened(it.offer("citizen_id_pseudonym").first()) },
    Deed("Bar asks: 19 or older?") { Happened(it.ask("bar", "resident_card", "age_equal_or_over.19")) },
    Deed("Bank asks for name and address") { Happened(it.ask("bank", "resident_card", "name", "address.locality", "address.region")) },
    Deed("Bank wants a payment confirmed") {
        val payment = """{"type":"urn:example:payment","credential_ids":["card"],"amount":"50.00","payee":"Fictional Landlord"}"""
        Happened(it.ask("bank", "resident_card", "name", options = """{"transaction_data":[$payment]}"""))
    },
    Deed("Shop asks for the licence") { Happened(it.ask("shop", "driving_licence", "licence_number", "expiry_date")) },
    Deed("Bar asks the citizen ID: 19 or older?") { Happened(it.ask("bar", "citizen_id_bbs", "age_over_19")) },
    Deed("Voting office takes one vote each") {
        Happened(it.askPseudonym("voting-office", "Town vote 2026", "citizen_id_pseudonym", "age_over_19"))
    },
    Deed("Somebody unknown asks for everything") {
        Happened(it.ask("shop", "resident_card", "name", "resident_registration_number", options = """{"prefix":"redirect_uri"}"""))
    },
    Deed("Somebody pretends to be the bank") {
        Happened(it.ask("bank", "resident_card", "name", options = """{"fault":"certificate_mismatch"}"""))
    },
    Deed("The licence is withdrawn") { parties ->
        parties.status("""{"card":"driving_licence","status":"revoked"}""")
        Happened(words = "Check the status in the app")
    },
    Deed("What did the last verifier learn?") { Happened(words = it.learned()) },
)

/** What others in town do. It is no part of the app, and so in one language. */
@Composable
internal fun TownView(parties: Parties, open: (String) -> Unit) {
    val scope = rememberCoroutineScope()
    var words by remember { mutableStateOf("") }
    Column(
        Modifier.fillMaxSize().background(Color(0xFFE8E4DA)).verticalScroll(rememberScrollState()).padding(16.dp),
        verticalArrangement = Arrangement.spacedBy(8.dp),
    ) {
        Text("The town", fontSize = 20.sp)
        for (deed in DEEDS) {
            Button(
                {
                    scope.launch {
                        val happened = withContext(Dispatchers.IO) { deed.act(parties) }
                        words = happened.words
                        happened.link?.let(open)
                    }
                },
                Modifier.fillMaxWidth(),
                colors = ButtonDefaults.buttonColors(Color(0xFFFFFFFF), Color(0xFF4A4033)),
                elevation = null,
            ) {
                Text(deed.name, Modifier.fillMaxWidth(), fontWeight = FontWeight.Normal)
            }
        }
        Text(words, fontSize = 13.sp)
    }
}
