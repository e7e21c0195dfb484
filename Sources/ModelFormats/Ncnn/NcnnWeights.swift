import Glibc
import Graph

/// Where the weights of a network come from: its `.bin`, read in the order of the layers, or what takes its place.
struct NcnnWeights {
  enum Source {
    case file(ModelBytes)
    /// Seeded numbers that keep activations at a steady scale.
    case random(WeightGenerator)
    /// Zeros that take no memory, where nobody looks at the values.
    case none
  }

  private let source: Source
  private var offset = 0

  init(_ source: Source) { self.source = source }

  /// Integer weights come with the scales that the file has for them.
  var isFile: Bool { if case .file = source { true } else { false } }
  /// Whether anybody will look at the values.
  var hasValues: Bool { if case .none = source { false } else { true } }

  /// Values behind a tag that says how they are stored: f32, f16, int8, or a table of 256 numbers and their indices.
  ///
  /// - Source: ncnn, docs/developer-guide/param-and-model-file-structure.md, "weight storage".
  mutating func tagged(
    _ request: WeightRequest, _ place: String
  ) throws(NcnnError) -> (type: ElementType, data: TensorData) {
    let count = try count(request.shape, place)
    guard case .file(let file) = source else { return (.f32, plainValues(request, count)) }
    let tag = UInt32(littleEndian: (try take(4, file, place)).loadUnaligned(as: UInt32.self))
    switch tag {
    case 0, 0x0002_C056: return (.f32, file.data(try range(count * 4, file, place)))
    case 0x0130_6B47: return (.f16, file.data(try range(count * 2, file, place)))
    case 0x000D_4B38: return (.i8, file.data(try range(count, file, place)))
    default:
      // Any other tag: 256 numbers, then one byte for each value.
      let table = try take(1024, file, place)
      let indices = try take(count, file, place)
      let values = indices.map {
        Float(
          bitPattern: UInt32(littleEndian: table.loadUnaligned(fromByteOffset: Int($0) * 4, as: UInt32.self)))
      }
      return (.f32, TensorData(values))
    }
  }

  /// Plain f32 values.
  mutating func plain(_ request: WeightRequest, _ place: String) throws(NcnnError) -> TensorData {
    let count = try count(request.shape, place)
    guard case .file(let file) = source else { return plainValues(request, count) }
    return file.data(try range(count * 4, file, place))
  }

  private func plainValues(_ request: WeightRequest, _ count: Int) -> TensorData {
    if case .random(let generator) = source { return TensorData(generator(request)) }
    return Self.zeros(count * 4)
  }

  private func count(_ shape: Shape, _ place: String) throws(NcnnError) -> Int {
    guard let count = shape.elementCount, count > 0, count <= 1 << 32 else {
      throw NcnnError(place: place, found: "weights of shape \(shape)", expected: "1 to 2^32 elements")
    }
    return count
  }

  /// The next `count` bytes; the file goes on at a multiple of 4.
  private mutating func range(_ count: Int, _ file: ModelBytes, _ place: String) throws(NcnnError) -> Range<
    Int
  > {
    let left = file.bytes.count - offset
    guard count <= left else {
      throw NcnnError(
        place: place, found: "\(file.path) ends \(max(0, left)) bytes after byte \(offset)",
        expected: "\(count) bytes of weights")
    }
    let range = offset..<offset + count
    offset += count + (4 - count % 4) % 4
    return range
  }

  private mutating func take(_ count: Int, _ file: ModelBytes, _ place: String) throws(NcnnError)
    -> UnsafeRawBufferPointer
  {
    UnsafeRawBufferPointer(rebasing: file.bytes[try range(count, file, place)])
  }

  /// Zeros from the system, which gives pages only to who writes them.
  private static func zeros(_ count: Int) -> TensorData {
    final class Zeros {
      let bytes: UnsafeMutableRawPointer?
      init(_ count: Int) { bytes = calloc(count, 1) }
      deinit { free(bytes) }
    }
    let zeros = Zeros(count)
    return TensorData(
      owner: zeros, bytes: UnsafeRawBufferPointer(start: zeros.bytes, count: zeros.bytes == nil ? 0 : count))
  }
}
