package org.citizenwallet.android

/** Why a key gave no answer, in the wallet's words. */
internal sealed interface Failure {
    /** Not now. Nothing is lost. */
    data object UnavailableNow : Failure

    /** The holder closed the prompt. */
    data object UserCancelled : Failure

    /** The holder has to authenticate to the system first. */
    data object AuthRequired : Failure

    /** The system destroyed the key. */
    data object Invalidated : Failure

    /** There is certainly no such key. */
    data object NotFound : Failure

    /** The system refuses for a while. */
    data class LockedOut(val seconds: Long) : Failure

    /** The hardware, or what lies between it and the app, failed. */
    data object HardwareFault : Failure

    /** This device cannot do this. */
    data object Unsupported : Failure

    /** What was to be opened was not sealed with this key. */
    data object NotSealedSo : Failure
}

/** A failure on its way to the error the wallet declares. It carries no text of the platform. */
internal class KeystoreFailed(val failure: Failure) : Exception()

/** What one exception of the platform says; an exception and its causes are several. */
internal sealed interface Symptom {
    /** `KeyPermanentlyInvalidatedException` */
    data object KeyInvalidated : Symptom

    /** `UserNotAuthenticatedException` */
    data object UserNotAuthenticated : Symptom

    /** `StrongBoxUnavailableException` */
    data object NoStrongBox : Symptom

    /** `UnrecoverableKeyException`: the entry is there and cannot be read. Often it can a moment later. */
    data object UnreadableKey : Symptom

    /** `android.security.KeyStoreException`, which has numbers since Android 13 and null before. */
    data class OfKeystore(val code: Int?, val isTransient: Boolean) : Symptom

    /** `RemoteException` or `DeadObjectException`: the Keystore's process died; the system starts it again. */
    data object BinderDied : Symptom

    /** `AEADBadTagException` */
    data object WrongTag : Symptom

    /** `KeyAbsent` */
    data object Absent : Symptom

    /** An algorithm or a parameter that this device does not know. */
    data object NotKnown : Symptom

    /** `IllegalStateException`: no screen lock, an operation that ended, or a system that is not ready. */
    data object BadState : Symptom

    /** `ProviderException`, `InvalidKeyException` and all others: only the causes tell more. */
    data object Other : Symptom
}

/** A failure, and whether the same call may succeed a moment later. */
internal data class Reading(val failure: Failure, val mayPass: Boolean)

/** The numbers of `android.security.KeyStoreException` (Android 13). A test holds them to the platform's. */
internal object KeystoreCode {
    const val USER_AUTHENTICATION_REQUIRED = 2
    const val KEYSTORE_UNINITIALIZED = 3
    const val INTERNAL_SYSTEM_ERROR = 4
    const val PERMISSION_DENIED = 5
    const val KEY_DOES_NOT_EXIST = 6
    const val KEY_CORRUPTED = 7
    const val ID_ATTESTATION_FAILURE = 8
    const val ATTESTATION_CHALLENGE_TOO_LARGE = 9
    const val KEYMINT_FAILURE = 10
    const val KEYSTORE_FAILURE = 11
    const val UNIMPLEMENTED = 12
    const val INCORRECT_USAGE = 13
    const val KEY_NOT_TEMPORALLY_VALID = 14
    const val KEY_OPERATION_EXPIRED = 15
    const val ATTESTATION_KEYS_UNAVAILABLE = 16
    const val DEVICE_REQUIRES_UPGRADE_FOR_ATTESTATION = 17
}

/**
 * Reads what an exception and its causes say. Before the first unlock everything means "not now". That a key is gone is
 * concluded from nothing but the platform's plain word for it: whoever takes "cannot be read" for "gone" loses wallets.
 */
internal fun read(symptoms: List<Symptom>, isUserUnlocked: Boolean): Reading {
    val keystore = symptoms.filterIsInstance<Symptom.OfKeystore>()
    return when {
        !isUserUnlocked -> Reading(Failure.UnavailableNow, mayPass = false)
        Symptom.KeyInvalidated in symptoms -> Reading(Failure.Invalidated, mayPass = false)
        Symptom.UserNotAuthenticated in symptoms -> Reading(Failure.AuthRequired, mayPass = false)
        Symptom.WrongTag in symptoms -> Reading(Failure.NotSealedSo, mayPass = false)
        Symptom.Absent in symptoms -> Reading(Failure.NotFound, mayPass = true)
        Symptom.NoStrongBox in symptoms -> Reading(Failure.Unsupported, mayPass = false)
        Symptom.BinderDied in symptoms -> Reading(Failure.UnavailableNow, mayPass = true)
        keystore.any { it.code != null } -> readCode(keystore.first { it.code != null })
        Symptom.NotKnown in symptoms -> Reading(Failure.Unsupported, mayPass = false)
        Symptom.UnreadableKey in symptoms || keystore.isNotEmpty() -> Reading(Failure.HardwareFault, mayPass = true)
        Symptom.BadState in symptoms -> Reading(Failure.UnavailableNow, mayPass = true)
        else -> Reading(Failure.HardwareFault, mayPass = true)
    }
}

private fun readCode(symptom: Symptom.OfKeystore): Reading = when (symptom.code) {
    KeystoreCode.USER_AUTHENTICATION_REQUIRED -> Reading(Failure.AuthRequired, mayPass = false)
    KeystoreCode.KEYSTORE_UNINITIALIZED, KeystoreCode.INTERNAL_SYSTEM_ERROR ->
        Reading(Failure.UnavailableNow, mayPass = true)
    KeystoreCode.KEY_OPERATION_EXPIRED -> Reading(Failure.UnavailableNow, mayPass = true)
    // Keys to attest with are fetched from the network.
    KeystoreCode.ATTESTATION_KEYS_UNAVAILABLE -> Reading(Failure.UnavailableNow, mayPass = false)
    KeystoreCode.KEY_DOES_NOT_EXIST -> Reading(Failure.NotFound, mayPass = true)
    // Its blob can be read and is not what the hardware made: it will not come back.
    KeystoreCode.KEY_CORRUPTED -> Reading(Failure.Invalidated, mayPass = true)
    KeystoreCode.ID_ATTESTATION_FAILURE,
    KeystoreCode.ATTESTATION_CHALLENGE_TOO_LARGE,
    KeystoreCode.UNIMPLEMENTED,
    KeystoreCode.INCORRECT_USAGE,
    KeystoreCode.DEVICE_REQUIRES_UPGRADE_FOR_ATTESTATION,
    -> Reading(Failure.Unsupported, mayPass = symptom.isTransient)
    KeystoreCode.PERMISSION_DENIED, KeystoreCode.KEY_NOT_TEMPORALLY_VALID ->
        Reading(Failure.HardwareFault, mayPass = symptom.isTransient)
    // The secure hardware or the Keystore itself, and what later versions add.
    else -> Reading(Failure.HardwareFault, mayPass = true)
}
