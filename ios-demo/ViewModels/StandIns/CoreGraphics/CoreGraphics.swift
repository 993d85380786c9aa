/// Stands in for Apple's.
public final class CGImage: Sendable {}
