/// The strings of Localizable.strings, by name. Those of error codes are found by their code.
public enum Phrase: String, CaseIterable, Sendable {
    // The frame
    case appName, listSeparator, yes, no, emptyValue, seconds, minutes, hours, back, cancel, close, enter, eraseKey, again,
        chosen, picture, typedCount, hiddenWhileCaptured
    // Working
    case workingCreate, workingUnlock, workingIssuer, workingVerifier, workingBrowser, workingKeep, workingSend,
        workingStatus, workingPin, workingErase
    // The first start
    case welcomeTitle, welcomeLocal, welcomeConsent, welcomeLeast, begin, pinChoose, pinRules, pinRepeat, pinRepeatWhy,
        pinDiffers, pinChanged, pinNewAfterRecovery, checkTitle, checkWhy, checkYes, checkNo, recoveryTitle, recoveryText,
        recoveryWritten
    // Unlocking
    case unlockTitle, unlockAdvice, useCheck, useRecovery, usePin, recoverTitle, recoverAdvice, wasLocked, wrongTriesLeft,
        wrongAndWait, wait, waitFor, keyGone, keySilent, notSound, adopt, adoptTitle, adoptCopies, adopted
    // After the phone lost its key
    case rescueTitle, rescueWhy, rescueCards, rescueYes, rescueNo
    // Cards
    case cardsTitle, cardsEmpty, addCard, lockNow, refreshStatus, statusRefreshed, statusNotRefreshed, stateNew, stateValid,
        stateNotTracked, stateRevoked, stateSuspended, stateExpired, stateNotYet, stateUsedUp, stateStale, stateUnknown,
        dueRefill, dueReissue, dueExpiring, dueStatus, cardReceivedAt, cardExpiresAt, cardCopies, signedBy, signedByNobody,
        cardAnchored, cardAnchorUnproven, cardClaims, cardLink, cardRenew, cardDelete, deleteTitle, deleteWhy, deleteYes, deleteNo, deleted
    // Cards that come later
    case promisedTitle, promised, promiseNotYet, promiseAsk, forget, forgetTitle, forgetWhy, forgetNo, forgotten
    // Claims
    case claimWithin, claimIss, claimVct, claimVctIntegrity, claimIat, claimNbf, claimExp, claimCnf, claimStatus, claimAge,
        claimAuthority, claimDateOfIssue, claimSex, claimCountry, technicalValue, pointInTime
    // Links
    case addTitle, addAdvice, addField, addOpen, scan, linkUnknown, linkUnknownAdvice, offerFound, offerContacts, offerLook,
        requestFound, requestContacts, requestLook, nothingSentYet
    // Receiving
    case offerTitle, offerUnsigned, offerSigned, offerSays, cannotHold, offerReceive, offerCodeNeeded, offerToBrowser,
        codeTitle, codeAdvice, codeField, goOnInBrowser, receivedTitle, receivedKeep, receivedDecline, cardKept, cardDeclined,
        cardComesLater, changesTitle, changeAdded, changeChanged, changeRemoved, changeNoLongerWithheld, changeOther,
        changeBefore, changeAfter, renewed, renewalDeclined, receivedReplaces, receivedIsOther
    // Consent
    case consentTitle, consentWho, consentShows, consentFrom, consentAlways, consentPrivate, consentNothingPrivate,
        consentLink, consentUnlinkable, consentRetain, consentChoices, consentBefore, consentNeverBefore, consentTransaction,
        consentAgree, consentAgreePin, consentRefuse, verifierDomain, verifierSubject, verifierOwnName, proofCertificateName,
        proofCertificate, proofDid, proofAttestation, proofFederation, proofOrigin, proofAddressOnly, proofOther,
        didSelfCertifying, didLedgerProof, didVerifiedAt, didTransportOnly, didStale, didUnverified, didOther, didTimeUnknown,
        trustAnchored, trustVouched, trustPlatform, trustNobody, answerEncrypted, answerPlain, answerGoesTo,
        answerGoesElsewhere, linkCopy, linkKey, linkSignature, linkStatus, linkId, linkDates, linkAlways, linkShown,
        linkOnlyShown, linkOrder, linkPseudonym, linkAnchorProof, linkOther, noteHeader, noteReplay, noteLinkSecret, noteNotBound, noteOther,
        consentPseudonym, pseudonymOne, pseudonymName, sharedBeforeLine, choiceCard,
        choiceOption, choiceNothing, confirmTitle, confirmAdvice, confirmWhy, nothingFitsTitle, nothingFitsText,
        nothingFitsTell, refused
    // Outcome
    case doneTitle, doneShown, outcomeAccepted, outcomeRefused, outcomeReturned, outcomeUnknown, shownPseudonym, shownAnchorProof,
        resend, goOnAt
    // History
    case historyTitle, historyEmpty, historyBroken, historyDelete, historyReceived, historyRenewed, historyPresented,
        historyDeclined, historyDeleted, historyExported, historyAdopted, historyOther
    // The wallet as a whole
    case settingsTitle, changePin, changePinAdvice, changePinOld, export, exportAdvice, exportTitle, exportAll, exportInClear,
        exportNoBackup, exported, exportFailed, erase, eraseAdvice, eraseTitle, eraseAll, eraseNoWayBack, eraseYes, eraseNo
    // Trouble
    case errorHolder, errorIssuer, errorVerifier, errorDevice, errorApp, errorCode

    /// Its name in Localizable.strings: `pin_choose` of `pinChoose`.
    public var key: String {
        rawValue.reduce(into: "") { key, letter in
            if letter.isUppercase { key += "_" }
            key += letter.lowercased()
        }
    }

    /// The words with `arguments` in them.
    public func callAsFunction(_ arguments: Argument...) -> Words {
        .of(key: key, arguments: arguments)
    }
}
