import SwiftUI
import ViewModels
import VisionKit

/// Lets the holder scan one QR code at a time.
@MainActor @Observable
final class Scanner {
    var isScanning = false {
        // The cover was swept away.
        didSet { if !isScanning { finish(nil) } }
    }
    @ObservationIgnored private var waiting: CheckedContinuation<String?, Never>?

    /// Whether this phone can, and may.
    var canScan: Bool { DataScannerViewController.isSupported }

    /// The text of a code; none if the holder gave up.
    func scan() async -> String? {
        finish(nil)
        return await withCheckedContinuation { waiting in
            self.waiting = waiting
            isScanning = true
        }
    }

    func finish(_ text: String?) {
        let waiting = waiting
        self.waiting = nil
        if isScanning { isScanning = false }
        waiting?.resume(returning: text)
    }
}

/// What the camera sees, until there is a code.
struct ScannerView: View {
    let scanner: Scanner
    @Environment(\.texts) private var texts
    @Environment(\.palette) private var palette

    var body: some View {
        VStack(spacing: 0) {
            Camera { scanner.finish($0) }.accessibilityLabel(texts(.scan))
            OtherButton(texts(.cancel)) { scanner.finish(nil) }.padding(20)
        }
        .background(Color(palette.background).ignoresSafeArea())
    }
}

private struct Camera: UIViewControllerRepresentable {
    let found: (String) -> Void

    func makeUIViewController(context: Context) -> DataScannerViewController {
        let camera = DataScannerViewController(recognizedDataTypes: [.barcode(symbologies: [.qr])])
        camera.delegate = context.coordinator
        // Without leave for the camera it stays dark: the holder gives up, and pastes the link.
        try? camera.startScanning()
        return camera
    }

    func updateUIViewController(_ camera: DataScannerViewController, context: Context) {}

    func makeCoordinator() -> Finder { Finder(found: found) }

    @MainActor
    final class Finder: NSObject, DataScannerViewControllerDelegate {
        private let found: (String) -> Void

        init(found: @escaping (String) -> Void) {
            self.found = found
        }

        func dataScanner(_ scanner: DataScannerViewController, didAdd items: [RecognizedItem], allItems: [RecognizedItem]) {
            for case .barcode(let code) in items {
                guard let text = code.payloadStringValue else { continue }
                scanner.stopScanning()
                return found(text)
            }
        }
    }
}
