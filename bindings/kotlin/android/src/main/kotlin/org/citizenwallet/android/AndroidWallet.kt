package org.citizenwallet.android

import android.content.Context
import org.citizenwallet.AnchorStore
import org.citizenwallet.DeviceKey
import org.citizenwallet.HttpClient
import org.citizenwallet.KeyStore
import org.citizenwallet.Platform
import java.io.File

/** The wallet's place on the phone, and what the phone gives it. */
public object AndroidWallet {
    /**
     * The folder of a store, for `Wallet.create`, `Wallet.open` and `Wallet.erase`. It is not backed up: without this phone's
     * keys a copy is of no use, and an old copy put back on this phone is taken for tampering. It can be read once the phone
     * was unlocked after it started.
     *
     * @param name a name for this store, if the app has several: letters, digits, `-` and `_`.
     */
    public fun folder(context: Context, name: String = "wallet"): File {
        require(NAME.matches(name)) { "a store's name has letters, digits, - and _" }
        return File(File(context.noBackupFilesDir, "org.citizenwallet.stores"), name)
    }

    /**
     * Everything the wallet needs of the phone. Give [text] in the holder's language; it is asked for at each prompt. The
     * rest may be replaced: `platform(...).copy(progress = ...)` adds observers.
     *
     * @param keyStore where holder keys are made; null keeps them in the sealed store instead.
     */
    public fun platform(
        context: Context,
        text: () -> PromptText,
        http: HttpClient = AndroidHttpClient(),
        anchor: AnchorStore = KeystoreAnchorStore(context),
        deviceKey: DeviceKey = AndroidKeystoreDeviceKey(context, text),
        keyStore: KeyStore? = AndroidKeyStore(context, text),
    ): Platform = Platform(http = http, anchor = anchor, deviceKey = deviceKey, keyStore = keyStore)

    private val NAME = Regex("[A-Za-z0-9_-]{1,64}")
}
