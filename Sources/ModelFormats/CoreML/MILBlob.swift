import Graph

/// One tensor's elements in a program's file of weights (`weight.bin`).
///
/// The file starts with 64 bytes: a count and the layout's version, 2. At each offset that a program names are 64 more: a
/// mark, the type, the bytes of data and where they are.
/// - Source: coremltools, MILBlob/Blob/StorageFormat.hpp.
enum MILBlob {
  private static let mark: UInt32 = 0xDEAD_BEEF
  private static let recordBytes = 64

  /// The bytes of the elements of the record at `offset`.
  static func range(_ file: ModelBytes, offset: Int) throws(ModelFormatError) -> Range<Int> {
    let place = "the weights at byte \(offset)"
    guard offset >= 0, offset <= file.bytes.count, file.bytes.count - offset >= recordBytes else {
      throw file.malformed(
        place, "a file of \(file.bytes.count) bytes", expected: "64 bytes there; is the file cut short?")
    }
    func word<Word: FixedWidthInteger & BitwiseCopyable>(_ at: Int) -> Word {
      Word(littleEndian: file.bytes.loadUnaligned(fromByteOffset: offset + at, as: Word.self))
    }
    let found: UInt32 = word(0)
    guard found == mark else {
      throw file.malformed(place, "mark \(found)", expected: "\(mark), the start of a tensor's record")
    }
    let count: UInt64 = word(8)
    let start: UInt64 = word(16)
    let end = UInt64(file.bytes.count)
    guard start <= end, count <= end - start else {
      throw file.malformed(
        place, "\(count) bytes from \(start) in a file of \(end)",
        expected: "data inside the file; is it cut short?")
    }
    return Int(start)..<Int(start + count)
  }
}
