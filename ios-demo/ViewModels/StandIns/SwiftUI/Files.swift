import UniformTypeIdentifiers

/// Stands in for Foundation's, which there is none of on Linux.
public final class FileWrapper {
    public init(regularFileWithContents contents: Data) {}
}

public struct FileDocumentReadConfiguration {}

public struct FileDocumentWriteConfiguration {}

@preconcurrency
public protocol FileDocument: Sendable {
    typealias ReadConfiguration = FileDocumentReadConfiguration
    typealias WriteConfiguration = FileDocumentWriteConfiguration
    static var readableContentTypes: [UTType] { get }
    init(configuration: ReadConfiguration) throws
    func fileWrapper(configuration: WriteConfiguration) throws -> FileWrapper
}

extension View {
    public func fileExporter<Document: FileDocument>(
        isPresented: Binding<Bool>, document: Document?, contentTypes: [UTType] = [], defaultFilename: String? = nil,
        onCompletion: @escaping (Result<URL, any Error>) -> Void, onCancellation: @escaping () -> Void = {}
    ) -> some View { Changed() }
}
