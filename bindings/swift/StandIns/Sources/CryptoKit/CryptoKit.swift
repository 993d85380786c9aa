public enum SecureEnclave {
    public static var isAvailable: Bool { true }
}
