import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// What a challenge of a server is answered with.
enum ChallengeAnswer {
    /// It is who it says.
    case goOn
    /// It is not, or the app does not take it for that.
    case distrust
    /// It asks for something else: neither passwords nor certificates are the wallet's to give.
    case refuse

    /// - Parameters:
    ///   - trust: what is known of its certificate; none where it asks for something else
    ///   - isVerified: the system's word
    ///   - accepts: the app's own, asked about what the system has verified only
    init<Trust>(to trust: Trust?, isVerified: (Trust) -> Bool, accepts: (Trust) -> Bool) {
        guard let trust else {
            self = .refuse
            return
        }
        self = isVerified(trust) && accepts(trust) ? .goOn : .distrust
    }

    /// As `URLSession` has it.
    var disposition: URLSession.AuthChallengeDisposition {
        switch self {
        case .goOn: .useCredential
        case .distrust: .cancelAuthenticationChallenge
        case .refuse: .rejectProtectionSpace
        }
    }
}
