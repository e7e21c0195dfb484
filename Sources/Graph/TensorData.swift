internal import Synchronization

/// The bytes of a constant tensor: little-endian, dense, outermost axis first.
///
/// The bytes belong to an owner (a mapped model file, an array, what computes them); slicing and copying never copy them.
public struct TensorData: @unchecked Sendable {  // immutable after creation, kept alive by its source
  private let source: Source

  private enum Source {
    case owned(by: AnyObject, UnsafeRawBufferPointer)
    case deferred(DeferredBytes)
  }

  /// Refers to bytes that `owner` keeps alive and nobody changes.
  public init(owner: AnyObject, bytes: UnsafeRawBufferPointer) {
    source = .owned(by: owner, bytes)
  }

  /// Bytes that `fill` computes when somebody looks at them: what nobody looks at costs neither time nor memory.
  ///
  /// - Parameters:
  ///   - isKept: Whether the bytes stay once computed; otherwise every look computes them again, and frees them.
  ///   - zerosAsIn: See ``zerosAsIn``; `nil` where there are no such bytes.
  ///   - fill: Writes the bytes into zeroed memory at a multiple of 64. It gives the same bytes each time.
  public init(
    byteCount: Int, isKept: Bool = true, zerosAsIn: TensorData? = nil,
    fill: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void
  ) {
    source = .deferred(
      DeferredBytes(byteCount: byteCount, isKept: isKept, zerosAsIn: zerosAsIn, fill: fill))
  }

  /// Copies `elements`, whose memory layout must be that of the tensor's element type.
  public init<Element: BitwiseCopyable>(_ elements: [Element]) {
    let storage = AlignedStorage(byteCount: elements.count * MemoryLayout<Element>.stride)
    elements.withUnsafeBytes { storage.buffer.copyMemory(from: $0) }
    self.init(owner: storage, bytes: UnsafeRawBufferPointer(storage.buffer))
  }

  public var byteCount: Int {
    switch source {
    case .owned(_, let bytes): bytes.count
    case .deferred(let bytes): bytes.byteCount
    }
  }

  /// Bytes with as many zero elements as these, in any order, that may be there before these are computed.
  public var zerosAsIn: TensorData {
    guard case .deferred(let bytes) = source, let other = bytes.zerosAsIn else { return self }
    return other.zerosAsIn
  }

  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch source {
    case .owned(let owner, let bytes):
      return try withExtendedLifetime(owner) { () throws(Failure) in try body(bytes) }
    case .deferred(let deferred):
      let storage = deferred.storage()
      return try withExtendedLifetime(storage) { () throws(Failure) in
        try body(UnsafeRawBufferPointer(storage.buffer))
      }
    }
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
}

/// Memory at a multiple of 64.
private final class AlignedStorage: Sendable {
  nonisolated(unsafe) let buffer: UnsafeMutableRawBufferPointer  // written before it is shared

  init(byteCount: Int) { buffer = .allocate(byteCount: byteCount, alignment: 64) }

  deinit { buffer.deallocate() }
}

/// What ``TensorData`` computes when it is looked at.
private final class DeferredBytes: Sendable {
  let byteCount: Int
  let zerosAsIn: TensorData?
  private let isKept: Bool
  private let fill: @Sendable (UnsafeMutableRawBufferPointer) -> Void
  private let kept = Mutex<AlignedStorage?>(nil)

  init(
    byteCount: Int, isKept: Bool, zerosAsIn: TensorData?,
    fill: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void
  ) {
    self.byteCount = byteCount
    self.zerosAsIn = zerosAsIn
    self.isKept = isKept
    self.fill = fill
  }

  func storage() -> AlignedStorage {
    guard isKept else { return made() }
    return kept.withLock { kept in
      if let kept { return kept }
      let storage = made()
      kept = storage
      return storage
    }
  }

  private func made() -> AlignedStorage {
    let storage = AlignedStorage(byteCount: byteCount)
    storage.buffer.initializeMemory(as: UInt8.self, repeating: 0)
    fill(storage.buffer)
    return storage
  }
}
