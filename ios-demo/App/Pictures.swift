import CoreGraphics
import Foundation
import ImageIO

/// More than any portrait or logo needs, and little enough to decode.
private let mostPixels = 16_000_000

/// Pixels of the longer side that are kept: more than any place for a picture has.
private let longestSide = 1024

/// The picture in `bytes`, made smaller where it is decoded; none if it is none or too large. Who made them is not known.
func picture(_ bytes: Data) -> CGImage? {
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
