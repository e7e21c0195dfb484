internal import Graph

/// Zeroed bytes at a multiple of 64, for an operator's parameters.
final class AlignedBytes {
  let buffer: UnsafeMutableRawBufferPointer

  init(byteCount: Int) {
    buffer = .allocate(byteCount: max(byteCount, 1), alignment: 64)
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
    self.byteCount = byteCount
  }

  let byteCount: Int

  deinit { buffer.deallocate() }

  /// The bytes as they are now, which nobody may change from here on.
  var data: TensorData {
    TensorData(owner: self, bytes: UnsafeRawBufferPointer(rebasing: buffer[..<byteCount]))
  }
}
