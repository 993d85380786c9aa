import CoreGraphics
import Foundation
import ImageIO
import SwiftUI

/// More than any portrait or logo needs, and little enough to decode.
private let mostPixels = 4_000_000

/// Pixels of the longer side that are kept: more than any place for a picture has.
private let longestSide = 1024

/// A picture whose maker is not known, once it is decoded; until then, and if it is none or too large, what is shown `instead`.
struct Picture<Shown: View, Instead: View>: View {
    let bytes: Data
    @ViewBuilder let shown: (CGImage) -> Shown
    @ViewBuilder let instead: Instead
    @State private var picture: CGImage?

    init(_ bytes: Data, @ViewBuilder shown: @escaping (CGImage) -> Shown, @ViewBuilder instead: () -> Instead) {
        self.bytes = bytes
        self.shown = shown
        self.instead = instead()
    }

    var body: some View {
        ZStack {
            if let picture { shown(picture) } else { instead }
        }
        .task(id: bytes) { picture = await decoded(bytes) }
    }
}

/// The picture in `bytes`, made smaller where it is decoded; none if it is none or too large. Not on the main thread: it takes time.
private nonisolated func decoded(_ bytes: Data) async -> sending CGImage? {
    guard let source = CGImageSourceCreateWithData(bytes as CFData, nil),
        let properties = CGImageSourceCopyPropertiesAtIndex(source, 0, nil) as? [CFString: Any],
        let width = properties[kCGImagePropertyPixelWidth] as? Int, let height = properties[kCGImagePropertyPixelHeight] as? Int,
        width > 0, height > 0, width <= mostPixels, height <= mostPixels, width * height <= mostPixels
    else { return nil }
    let options: [CFString: Any] = [
        kCGImageSourceCreateThumbnailFromImageAlways: true,
        kCGImageSourceCreateThumbnailWithTransform: true,
        kCGImageSourceThumbnailMaxPixelSize: longestSide,
    ]
    return CGImageSourceCreateThumbnailAtIndex(source, 0, options as CFDictionary)
}
