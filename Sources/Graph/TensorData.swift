/// The bytes of a constant tensor: little-endian, dense, outermost axis first.
///
/// The bytes belong to an owner (a mapped model file, an array); slicing and copying never copy them.
public struct TensorData: @unchecked Sendable {  // immutable after creation, kept alive by `owner`
  private let owner: AnyObject
  private let bytes: UnsafeRawBufferPointer

  /// Refers to bytes that `owner` keeps alive and nobody changes.
  public init(owner: AnyObject, bytes: UnsafeRawBufferPointer) {
    self.owner = owner
    self.bytes = bytes
  }

  /// Copies `elements`, whose memory layout must be that of the tensor's element type.
  public init<Element: BitwiseCopyable>(_ elements: [Element]) {
    let storage = Storage(byteCount: elements.count * MemoryLayout<Element>.stride)
    elements.withUnsafeBytes { storage.buffer.copyMemory(from: $0) }
    self.init(owner: storage, bytes: UnsafeRawBufferPointer(storage.buffer))
  }

  public var byteCount: Int { bytes.count }

  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withExtendedLifetime(owner) { () throws(Failure) in try body(bytes) }
  }

  /// The bytes as elements of a type of the same layout; a tail shorter than one element is left out.
  public func elements<Element: BitwiseCopyable>(as type: Element.Type) -> [Element] {
    withUnsafeBytes { bytes in
      let count = bytes.count / MemoryLayout<Element>.stride
      return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes.prefix(count * MemoryLayout<Element>.stride)))
        initialized = count
      }
    }
  }

  private final class Storage {
    let buffer: UnsafeMutableRawBufferPointer
    init(byteCount: Int) {
      buffer = .allocate(byteCount: byteCount, alignment: 64)
    }
    deinit { buffer.deallocate() }
  }
}
