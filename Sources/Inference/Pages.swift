internal import CLinux

/// Zeroed memory that starts on a page and becomes resident as it is touched.
final class Pages {
  let base: UnsafeMutableRawPointer
  private let byteCount: Int

  /// At least `byteCount` bytes.
  init(byteCount: Int) throws(PlanError) {
    // Also where nothing is needed, so that empty tensors have an address.
    self.byteCount = max(byteCount, 64)
    guard let base = eb_pages_map(self.byteCount) else { throw .outOfMemory(bytes: UInt64(byteCount)) }
    self.base = base
  }

  deinit { eb_pages_unmap(base, byteCount) }
}
