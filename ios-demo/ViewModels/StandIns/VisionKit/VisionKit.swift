// Stands in for the part of VisionKit that the app uses.
import Foundation

public enum RecognizedItem: Sendable {
    case text(Text)
    case barcode(Barcode)

    public struct Text: Sendable {}

    public struct Barcode: Sendable {
        public var payloadStringValue: String? { nil }
    }
}

@MainActor
public protocol DataScannerViewControllerDelegate: AnyObject {
    func dataScanner(_ scanner: DataScannerViewController, didAdd items: [RecognizedItem], allItems: [RecognizedItem])
}

@MainActor
public final class DataScannerViewController {
    public enum Symbology: Sendable { case qr }

    public struct RecognizedDataType: Hashable, Sendable {
        public static func barcode(symbologies: [Symbology] = []) -> RecognizedDataType { .init() }
    }

    public static var isSupported: Bool { false }
    public weak var delegate: (any DataScannerViewControllerDelegate)?

    public init(recognizedDataTypes: Set<RecognizedDataType>) {}
    public func startScanning() throws {}
    public func stopScanning() {}
}
