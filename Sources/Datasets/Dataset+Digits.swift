import CReferenceData
import Graph
import ModelFormats

extension Dataset {
  /// The handwritten digits that the program brings along: 1797 images of 8x8 pixels, 0 to 1, in 10 classes.
  ///
  /// - Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits" (1998), UCI Machine Learning
  ///   Repository, https://doi.org/10.24432/C50P49, CC BY 4.0; pixels divided by 16.
  public static let digits: Dataset = {
    let source = DatasetSource(folder: "digits", name: "digits", sample: [8, 8, 1], classes: 10)
    do {
      return try source.dataset(
        NumpyFile(bytes: bytes(eb_digits_inputs()), path: "digits/inputs.npy"),
        NumpyFile(bytes: bytes(eb_digits_labels()), path: "digits/labels.npy"))
    } catch { fatalError("the digits of this build are broken: \(error)") }
  }()

  private static func bytes(_ file: eb_reference_file) -> [UInt8] {
    Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
  }
}
