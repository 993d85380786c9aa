import CoreGraphics

@MainActor @preconcurrency
public protocol View {
    associatedtype Body: View
    @ViewBuilder var body: Body { get }
}

/// What SwiftUI draws itself.
public protocol Drawn: View where Body == Never {}

extension Drawn {
    public var body: Never { absent() }
}

extension Never: View {
    public var body: Never { absent() }
}

extension Optional: View where Wrapped: View {
    public var body: Never { absent() }
}

@resultBuilder
public struct ViewBuilder {
    public static func buildExpression<Content: View>(_ content: Content) -> Content { content }
    public static func buildBlock() -> EmptyView { EmptyView() }
    public static func buildBlock<Content: View>(_ content: Content) -> Content { content }
    @_disfavoredOverload
    public static func buildBlock<each Content: View>(_ content: repeat each Content) -> TupleView<(repeat each Content)> {
        TupleView((repeat each content))
    }
    public static func buildIf<Content: View>(_ content: Content?) -> Content? { content }
    public static func buildEither<First: View, Second: View>(first: First) -> Either<First, Second> { Either() }
    public static func buildEither<First: View, Second: View>(second: Second) -> Either<First, Second> { Either() }
}

public struct Either<First, Second>: Drawn {
    nonisolated init() {}
}

public struct TupleView<Views>: Drawn {
    nonisolated public init(_ views: Views) {}
}

public struct EmptyView: Drawn {
    nonisolated public init() {}
}

/// A view that something was done to.
struct Changed: Drawn {}

public struct Text: Drawn {
    public init(_ text: String) {}
    public func font(_ font: Font?) -> Text { self }
    public func bold() -> Text { self }
    public func fontWeight(_ weight: Font.Weight?) -> Text { self }
    public func speechSpellsOutCharacters(_ value: Bool = true) -> Text { self }
}

public struct Image: Drawn {
    public init(systemName: String) {}
    public init(decorative picture: CGImage, scale: CGFloat) {}
    public init(_ picture: CGImage, scale: CGFloat, label: Text) {}
    public func resizable() -> Image { self }
}

public struct Button<Label: View>: Drawn {
    public init(action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Label) {}
}

public struct TextField: Drawn {
    public init(_ title: String, text: Binding<String>) {}
}

public struct ProgressView: Drawn {
    public init() {}
}

public struct VStack<Content: View>: Drawn {
    public init(alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content) {}
}

public struct LazyVStack<Content: View>: Drawn {
    public init(alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content) {}
}

public struct HStack<Content: View>: Drawn {
    public init(alignment: VerticalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content) {}
}

public struct ZStack<Content: View>: Drawn {
    public init(alignment: Alignment = .center, @ViewBuilder content: () -> Content) {}
}

public struct ScrollView<Content: View>: Drawn {
    public init(@ViewBuilder content: () -> Content) {}
}

public struct LazyVGrid<Content: View>: Drawn {
    public init(columns: [GridItem], spacing: CGFloat? = nil, @ViewBuilder content: () -> Content) {}
}

public struct ForEach<Data: RandomAccessCollection, ID: Hashable, Content: View>: Drawn {
    public init(_ data: Data, id: KeyPath<Data.Element, ID>, @ViewBuilder content: @escaping (Data.Element) -> Content) {}
}

public protocol ShapeStyle {}

public struct Color: Drawn, ShapeStyle {
    public init(red: Double, green: Double, blue: Double, opacity: Double = 1) {}
}

public protocol Shape: View {}

extension Shape {
    public func stroke<Style: ShapeStyle>(_ style: Style, lineWidth: CGFloat = 1) -> some View { Changed() }
}

public struct Rectangle: Drawn, Shape {
    public init() {}
}

public struct RoundedRectangle: Drawn, Shape {
    public init(cornerRadius: CGFloat) {}
}

@MainActor @preconcurrency
public protocol PrimitiveButtonStyle {}

public struct PlainButtonStyle: PrimitiveButtonStyle {
    public init() {}
}

extension PrimitiveButtonStyle where Self == PlainButtonStyle {
    public static var plain: PlainButtonStyle { PlainButtonStyle() }
}

@MainActor @preconcurrency
public protocol ViewModifier {
    associatedtype Body: View
    typealias Content = ModifiedView
    @ViewBuilder func body(content: Content) -> Body
}

public struct ModifiedView: Drawn {}

extension View {
    public func modifier<Modifier: ViewModifier>(_ modifier: Modifier) -> some View { Changed() }
    public func environment<Value>(_ path: WritableKeyPath<EnvironmentValues, Value>, _ value: Value) -> some View { Changed() }
    public func id<ID: Hashable>(_ id: ID) -> some View { Changed() }
    public func tint(_ tint: Color?) -> some View { Changed() }
    public func font(_ font: Font?) -> some View { Changed() }
    public func foregroundStyle<Style: ShapeStyle>(_ style: Style) -> some View { Changed() }
    public func background<Style: ShapeStyle, Outline: Shape>(_ style: Style, in shape: Outline) -> some View { Changed() }
    public func background<Background: View>(_ background: Background) -> some View { Changed() }
    public func overlay<Overlay: View>(_ overlay: Overlay) -> some View { Changed() }
    public func clipShape<Outline: Shape>(_ shape: Outline) -> some View { Changed() }
    public func contentShape<Outline: Shape>(_ shape: Outline) -> some View { Changed() }
    public func ignoresSafeArea() -> some View { Changed() }
    public func scaledToFit() -> some View { Changed() }
    public func padding(_ length: CGFloat) -> some View { Changed() }
    public func padding(_ edges: Edge.Set = .all, _ length: CGFloat? = nil) -> some View { Changed() }
    public func frame(width: CGFloat? = nil, height: CGFloat? = nil, alignment: Alignment = .center) -> some View { Changed() }
    public func frame(
        minWidth: CGFloat? = nil, idealWidth: CGFloat? = nil, maxWidth: CGFloat? = nil, minHeight: CGFloat? = nil,
        idealHeight: CGFloat? = nil, maxHeight: CGFloat? = nil, alignment: Alignment = .center
    ) -> some View { Changed() }
    public func buttonStyle<Style: PrimitiveButtonStyle>(_ style: Style) -> some View { Changed() }
    public func textInputAutocapitalization(_ capitals: TextInputAutocapitalization?) -> some View { Changed() }
    public func autocorrectionDisabled(_ isDisabled: Bool = true) -> some View { Changed() }
    public func accessibilityLabel(_ label: String) -> some View { Changed() }
    public func accessibilityIdentifier(_ identifier: String) -> some View { Changed() }
    public func accessibilityHidden(_ isHidden: Bool) -> some View { Changed() }
    public func accessibilityAddTraits(_ traits: AccessibilityTraits) -> some View { Changed() }
    public func accessibilityElement(children: AccessibilityChildBehavior) -> some View { Changed() }
    public func onAppear(perform action: (() -> Void)? = nil) -> some View { Changed() }
    public func task<ID: Equatable>(id: ID, _ action: @escaping @MainActor () async -> Void) -> some View { Changed() }
    public func onOpenURL(perform action: @escaping (URL) -> Void) -> some View { Changed() }
    public func fullScreenCover<Content: View>(
        isPresented: Binding<Bool>, onDismiss: (() -> Void)? = nil, @ViewBuilder content: @escaping () -> Content
    ) -> some View { Changed() }
}
