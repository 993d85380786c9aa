/// Whose keys and items these are. The system looks a tag up in all groups an app is in, where other apps may have theirs, and an app
/// may have several stores: every tag and every service names the app and the store.
struct KeyOwner: Sendable {
    private let place: String

    /// - Parameters:
    ///   - app: its bundle identifier.
    ///   - store: the store's name; see ``isStoreName(_:)``.
    init(app: String, store: String) {
        precondition(Self.isStoreName(store), "a store's name has letters, digits, - and _")
        place = "\(app)/\(store)"
    }

    /// What all names for one purpose begin with. No other owner's begins so: neither part has a `/` in it.
    func prefix(_ purpose: String) -> String { "org.citizenwallet.\(purpose)/\(place)/" }

    static func isStoreName(_ name: String) -> Bool {
        !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "-" || $0 == "_" }
    }
}
