import SwiftUI
import UniformTypeIdentifiers

/// Lets the holder choose where a file goes, one at a time.
@MainActor @Observable
final class Exporter {
    var isExporting = false
    private(set) var file: ExportedFile?
    private(set) var name = ""
    @ObservationIgnored private var waiting: CheckedContinuation<String?, Never>?

    /// Where it is now; none if that failed, or the holder gave up.
    func save(_ name: String, _ bytes: Data) async -> String? {
        finish(nil)
        return await withCheckedContinuation { waiting in
            self.waiting = waiting
            self.name = name
            file = ExportedFile(bytes: bytes)
            isExporting = true
        }
    }

    func finish(_ place: URL?) {
        let waiting = waiting
        self.waiting = nil
        file = nil
        if isExporting { isExporting = false }
        waiting?.resume(returning: place?.lastPathComponent)
    }
}

/// What is written into a file. The system's own copies of it are not wiped.
struct ExportedFile: FileDocument {
    static let readableContentTypes: [UTType] = [.json]
    let bytes: Data

    init(bytes: Data) {
        self.bytes = bytes
    }

    /// None is ever read.
    init(configuration: ReadConfiguration) throws {
        throw CocoaError(.featureUnsupported)
    }

    func fileWrapper(configuration: WriteConfiguration) throws -> FileWrapper {
        FileWrapper(regularFileWithContents: bytes)
    }
}

extension View {
    /// Where the holder chooses.
    func exports(with exporter: Exporter) -> some View {
        fileExporter(
            isPresented: Bindable(exporter).isExporting, document: exporter.file, contentTypes: [.json],
            defaultFilename: exporter.name
        ) { result in
            exporter.finish(try? result.get())
        } onCancellation: {
            exporter.finish(nil)
        }
    }
}
