import Graph
import ModelFormats
import Testing

/// Reads a file that may be broken, and does with the graph what every user of one does.
///
/// - Returns: Whether it was read; else the error was one line that names the file.
func isReadAndUsed(_ name: String, _ read: () throws -> Graph) throws -> Bool {
  do {
    let graph = try read()
    try graph.validate()
    _ = try? graph.cost()
    return true
  } catch let error as ModelFormatError {
    let text = error.description
    #expect(text.hasPrefix("\(name): ") && !text.contains("\n"))
    return false
  }
}

/// How many files that differ from `bytes` in one bit `isRead` refuses.
func flippedBitsRefused(of bytes: [UInt8], isRead: ([UInt8]) throws -> Bool) rethrows -> Int {
  var bytes = bytes
  var refused = 0
  for bit in 0..<8 * bytes.count {
    bytes[bit / 8] ^= 1 << (bit % 8)
    if try !isRead(bytes) { refused += 1 }
    bytes[bit / 8] ^= 1 << (bit % 8)
  }
  return refused
}
