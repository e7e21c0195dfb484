import Glibc

/// The format that this process tries, named by the environment: libFuzzer starts the program with arguments of its own.
nonisolated(unsafe) private var format: FuzzedFormat?

/// Called once: picks the format of `EDGEBENCH_FUZZ_FORMAT`, or writes its seeds into `EDGEBENCH_FUZZ_SEEDS` and ends.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
  guard let name = environment("EDGEBENCH_FUZZ_FORMAT"), let known = FuzzedFormat(rawValue: name) else {
    let names = FuzzedFormat.allCases.map(\.rawValue).joined(separator: ", ")
    fail("EDGEBENCH_FUZZ_FORMAT names no format; expected one of \(names).")
  }
  format = known
  if let folder = environment("EDGEBENCH_FUZZ_SEEDS") {
    for (index, seed) in known.seeds().enumerated() { save(seed, to: "\(folder)/\(name)-\(index)") }
    exit(0)
  }
  return 0
}

/// Tries one input. libFuzzer adds what reaches new code to its corpus, and reports crashes, slow inputs and those that
/// take more memory than its limits.
@_cdecl("LLVMFuzzerTestOneInput")
public func tryInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  format?.attempt(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

private func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

private func save(_ bytes: [UInt8], to path: String) {
  guard let file = fopen(path, "wb") else { fail("\(path): \(String(cString: strerror(errno)))") }
  defer { fclose(file) }
  guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
    fail("\(path): cannot be written")
  }
}

private func fail(_ message: String) -> Never {
  let line = "edgebench-fuzz: \(message)\n"
  _ = line.withCString { write(2, $0, strlen($0)) }
  exit(2)
}
