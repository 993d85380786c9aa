import Foundation

/// What was typed on the app's own keys so far: a PIN or a code. It never becomes a string here.
struct Typed {
    /// A recovery code with its hyphens fits. Never grows: growing would leave a copy behind.
    private var characters = [UInt8](repeating: 0, count: 80)

    /// How many characters there are.
    private(set) var count = 0

    mutating func add(_ character: Character) {
        guard count < characters.count, let byte = character.asciiValue else { return }
        characters[count] = byte
        count += 1
    }

    mutating func erase() {
        guard count > 0 else { return }
        count -= 1
        characters[count] = 0
    }

    /// What was typed, as bytes of its own; who calls wipes them. Nothing is left here.
    mutating func take() -> Data {
        defer { clear() }
        return characters.withUnsafeBytes { Data(bytes: $0.baseAddress!, count: count) }
    }

    mutating func clear() {
        for place in characters.indices { characters[place] = 0 }
        count = 0
    }
}
