package org.citizenwallet.android

import kotlinx.coroutines.runBlocking
import org.citizenwallet.Enrolments
import org.citizenwallet.IntegrityState
import org.citizenwallet.Outcome
import org.citizenwallet.Pin
import org.citizenwallet.Policy
import org.citizenwallet.Proposal
import org.citizenwallet.Secret
import org.citizenwallet.Trust
import org.citizenwallet.UnlockWith
import org.citizenwallet.Wallet
import org.citizenwallet.WalletException
import org.citizenwallet.approve
import org.citizenwallet.list
import org.citizenwallet.of
import org.citizenwallet.present
import org.citizenwallet.receive
import org.citizenwallet.request
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Assert.fail
import org.junit.Assume.assumeTrue
import org.junit.Test

/** The wallet with everything the phone gives it. */
class MainJobOnDeviceTest {
    private val folder = AndroidWallet.folder(OnDevice.context, "test")
    private val platform = AndroidWallet.platform(OnDevice.context, { PromptText("Test", "Cancel") })

    private fun policy(): Policy {
        val anchors = listOfNotNull(OnDevice.argument("anchors"))
        return Policy(
            trust = Trust(issuerCertificates = anchors, verifierCertificates = anchors),
            clientId = "https://wallet.example",
            redirectUri = "https://wallet.example/cb",
            allowLoopbackHttp = true,
        )
    }

    private fun pin(digits: String) = UnlockWith.Pin(Secret.of(digits.toCharArray()))

    @After
    fun cleanUp(): Unit = runBlocking { Wallet.erase(folder, platform) }

    @Test
    fun aWalletIsMadeLockedAndOpenedAgain(): Unit = runBlocking {
        val enrolments = Enrolments(pin = Pin.of("739154".toCharArray()), recoveryCode = true)
        Wallet.create(folder, platform, policy(), enrolments).wallet.use { it.lock() }
        Wallet.open(folder, platform, policy()).use { wallet ->
            try {
                wallet.unlock(pin("739155"))
                fail("a wrong PIN")
            } catch (_: WalletException.Holder) {
            }
            assertEquals(IntegrityState.SOUND, wallet.unlock(pin("739154")).integrity)
            assertTrue(wallet.list().isEmpty())
        }
    }

    @Test
    fun aCardIsReceivedAndShownWithKeysOfThePhone(): Unit = runBlocking {
        val offer = OnDevice.argument("offer")
        val request = OnDevice.argument("request")
        assumeTrue("started without on-emulator.sh", offer != null && request != null)
        val enrolments = Enrolments(pin = Pin.of("739154".toCharArray()), recoveryCode = true)
        Wallet.create(folder, platform, policy(), enrolments).wallet.use { wallet ->
            assertEquals(1, wallet.receive(offer!!).size)
            assertEquals(1, AndroidKeyStore(OnDevice.context, { PromptText("Test", "Cancel") }).list().size)
            val plan = (wallet.request(request!!) as Proposal.Plan).plan
            val approved = plan.use { wallet.approve(it, it.overview().hash) }
            assertEquals(Outcome.Accepted, approved.use { wallet.present(it) }.outcome)
        }
    }
}
