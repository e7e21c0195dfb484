internal import CLinux

/// Lines from standard input, each at most ``maximumLength`` bytes long.
struct LineReader {
  static let maximumLength = 1 << 18

  private let buffer: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0

  /// The buffer is never given back; its pages become resident only as lines fill them.
  init() {
    let pages = eb_pages_map(Self.maximumLength)
    buffer = UnsafeMutableRawBufferPointer(start: pages, count: pages == nil ? 0 : Self.maximumLength)
  }

  enum Line {
    /// Valid until the next line is read.
    case bytes(UnsafeRawBufferPointer)
    case tooLong
    /// There is none for a line.
    case noMemory
    case end
  }

  /// The next line without its end; a last line without one counts too.
  mutating func next() -> Line {
    guard buffer.baseAddress != nil else { return .noMemory }
    var searched = start
    while true {
      while searched < end {
        if buffer[searched] == 0x0A {
          let line = UnsafeRawBufferPointer(rebasing: buffer[start..<searched])
          start = searched + 1
          return .bytes(line)
        }
        searched += 1
      }
      searched -= compact()
      guard end < buffer.count else { return .tooLong }
      var got = 0
      let free = UnsafeMutableRawBufferPointer(rebasing: buffer[end...])
      let error = eb_stream_read(0, free.baseAddress, free.count, &got)
      if error != 0 || got == 0 {
        guard end > start else { return .end }
        let line = UnsafeRawBufferPointer(rebasing: buffer[start..<end])
        start = end
        return .bytes(line)
      }
      end += got
    }
  }

  /// Moves what is left to the front; returns by how much.
  private mutating func compact() -> Int {
    let moved = start
    guard moved > 0 else { return 0 }
    UnsafeMutableRawBufferPointer(rebasing: buffer[..<(end - moved)])
      .copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[moved..<end]))
    start = 0
    end -= moved
    return moved
  }
}
