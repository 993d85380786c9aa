// Stands in for a part of SwiftUI, so that the app's views can be compiled on Linux: the names and types they use, and nothing that
// draws. What is not as in Apple's documentation is a mistake here.
@_exported import Foundation
@_exported import Observation

@MainActor @preconcurrency @propertyWrapper
public struct State<Value> {
    public init(wrappedValue: Value) {}
    public var wrappedValue: Value { get { absent() } nonmutating set {} }
    public var projectedValue: Binding<Value> { absent() }
}

@MainActor @preconcurrency @propertyWrapper @dynamicMemberLookup
public struct Binding<Value> {
    public init(projectedValue: Binding<Value>) {}
    public var wrappedValue: Value { get { absent() } nonmutating set {} }
    public var projectedValue: Binding<Value> { self }
    public subscript<Subject>(dynamicMember path: WritableKeyPath<Value, Subject>) -> Binding<Subject> { absent() }
}

@MainActor @preconcurrency @propertyWrapper @dynamicMemberLookup
public struct Bindable<Value: AnyObject> {
    public init(_ wrappedValue: Value) {}
    public init(wrappedValue: Value) {}
    public var wrappedValue: Value { absent() }
    public subscript<Subject>(dynamicMember path: ReferenceWritableKeyPath<Value, Subject>) -> Binding<Subject> { absent() }
}

@MainActor @preconcurrency @propertyWrapper
public struct ScaledMetric<Value: BinaryFloatingPoint> {
    public init(wrappedValue: Value) {}
    public var wrappedValue: Value { absent() }
}

@MainActor @preconcurrency @propertyWrapper
public struct Environment<Value> {
    nonisolated public init(_ path: KeyPath<EnvironmentValues, Value>) {}
    public var wrappedValue: Value { absent() }
}

public protocol EnvironmentKey {
    associatedtype Value
    static var defaultValue: Value { get }
}

public struct EnvironmentValues {
    public var scenePhase: ScenePhase { absent() }
    public var isSceneCaptured: Bool { absent() }
    public var colorScheme: ColorScheme { get { absent() } set {} }
    public subscript<Key: EnvironmentKey>(key: Key.Type) -> Key.Value { get { Key.defaultValue } set {} }
}

public enum ScenePhase { case background, inactive, active }

public enum ColorScheme { case light, dark }

public enum HorizontalAlignment { case leading, center, trailing }

public enum VerticalAlignment { case top, center, firstTextBaseline }

public enum Alignment { case leading, center, trailing }

public enum Edge {
    public struct Set: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        public static let horizontal = Set(rawValue: 1)
        public static let vertical = Set(rawValue: 2)
        public static let all = Set(rawValue: 3)
    }
}

public struct Font: Sendable {
    public enum Weight: Sendable { case regular, medium, bold }
    public static let largeTitle = Font()
    public static let title = Font()
    public static let title2 = Font()
    public static let title3 = Font()
    public static let subheadline = Font()
    public func bold() -> Font { self }
    public func weight(_ weight: Weight) -> Font { self }
    public func monospaced() -> Font { self }
}

public struct GridItem {
    public enum Size {
        case flexible(minimum: CGFloat = 10, maximum: CGFloat = .infinity)
        case adaptive(minimum: CGFloat, maximum: CGFloat = .infinity)
    }
    public init(_ size: Size = .flexible(), spacing: CGFloat? = nil) {}
}

public struct AccessibilityTraits: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let isHeader = AccessibilityTraits(rawValue: 1)
    public static let isSelected = AccessibilityTraits(rawValue: 2)
    public static let updatesFrequently = AccessibilityTraits(rawValue: 4)
}

public struct AccessibilityChildBehavior: Sendable {
    public static let combine = AccessibilityChildBehavior()
}

public enum AccessibilityNotification {
    public struct Announcement {
        public init(_ announcement: String) {}
        public func post() {}
    }
    public struct ScreenChanged {
        public init() {}
        public func post() {}
    }
}

public struct TextInputAutocapitalization: Sendable {
    public static var never: TextInputAutocapitalization { .init() }
}

/// Nothing of this is ever run.
func absent() -> Never { fatalError("stands in for SwiftUI") }
