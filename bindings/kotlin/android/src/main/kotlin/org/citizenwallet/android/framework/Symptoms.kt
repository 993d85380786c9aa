package org.citizenwallet.android.framework

import android.os.Build
import android.os.RemoteException
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.StrongBoxUnavailableException
import android.security.keystore.UserNotAuthenticatedException
import org.citizenwallet.android.KeyAbsent
import org.citizenwallet.android.Symptom
import java.security.InvalidAlgorithmParameterException
import java.security.NoSuchAlgorithmException
import java.security.NoSuchProviderException
import java.security.UnrecoverableKeyException
import javax.crypto.AEADBadTagException
import javax.crypto.NoSuchPaddingException

/** What one exception says; its causes are asked for themselves. */
internal fun symptomOf(failed: Throwable, sdk: Int): Symptom = when (failed) {
    is KeyPermanentlyInvalidatedException -> Symptom.KeyInvalidated
    is UserNotAuthenticatedException -> Symptom.UserNotAuthenticated
    is StrongBoxUnavailableException -> Symptom.NoStrongBox
    is UnrecoverableKeyException -> Symptom.UnreadableKey
    is RemoteException -> Symptom.BinderDied
    is AEADBadTagException -> Symptom.WrongTag
    is KeyAbsent -> Symptom.Absent
    is InvalidAlgorithmParameterException,
    is NoSuchAlgorithmException,
    is NoSuchProviderException,
    is NoSuchPaddingException,
    -> Symptom.NotKnown
    is IllegalStateException -> Symptom.BadState
    else -> if (isOfKeystore(failed)) ofKeystore(failed, sdk) else Symptom.Other
}

/** By name: before Android 13 the class is there and not for apps. */
private fun isOfKeystore(failed: Throwable) = failed.javaClass.name == "android.security.KeyStoreException"

private fun ofKeystore(failed: Throwable, sdk: Int): Symptom =
    if (sdk >= Build.VERSION_CODES.TIRAMISU) {
        val exception = failed as android.security.KeyStoreException
        Symptom.OfKeystore(exception.numericErrorCode, exception.isTransientFailure)
    } else {
        Symptom.OfKeystore(code = null, isTransient = false)
    }
