package org.citizenwallet.android.framework

import android.os.Build
import android.os.RemoteException
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.StrongBoxUnavailableException
import android.security.keystore.UserNotAuthenticatedException
import org.citizenwallet.android.KeyAbsent
import org.citizenwallet.android.Sign
import java.security.InvalidAlgorithmParameterException
import java.security.NoSuchAlgorithmException
import java.security.NoSuchProviderException
import java.security.UnrecoverableKeyException
import javax.crypto.AEADBadTagException
import javax.crypto.NoSuchPaddingException

/** What one exception says; its causes are asked for themselves. */
internal fun signOf(failed: Throwable, sdk: Int): Sign = when (failed) {
    is KeyPermanentlyInvalidatedException -> Sign.KeyInvalidated
    is UserNotAuthenticatedException -> Sign.UserNotAuthenticated
    is StrongBoxUnavailableException -> Sign.NoStrongBox
    is UnrecoverableKeyException -> Sign.UnreadableKey
    is RemoteException -> Sign.BinderDied
    is AEADBadTagException -> Sign.WrongTag
    is KeyAbsent -> Sign.Absent
    is InvalidAlgorithmParameterException,
    is NoSuchAlgorithmException,
    is NoSuchProviderException,
    is NoSuchPaddingException,
    -> Sign.NotKnown
    is IllegalStateException -> Sign.BadState
    else -> if (isOfKeystore(failed)) ofKeystore(failed, sdk) else Sign.Other
}

/** By name: before Android 13 the class is there and not for apps. */
private fun isOfKeystore(failed: Throwable) = failed.javaClass.name == "android.security.KeyStoreException"

private fun ofKeystore(failed: Throwable, sdk: Int): Sign =
    if (sdk >= Build.VERSION_CODES.TIRAMISU) {
        val exception = failed as android.security.KeyStoreException
        Sign.OfKeystore(exception.numericErrorCode, exception.isTransientFailure)
    } else {
        Sign.OfKeystore(code = null, isTransient = false)
    }
