/// Stands in for Apple's.
public struct UTType: Sendable {
    public static let json = UTType()
}
