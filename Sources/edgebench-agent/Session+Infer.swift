internal import CLinux

extension Session {
  /// Loads, runs once, and writes every output to a file of its own.
  mutating func infer(_ request: borrowing Request) throws(AgentError) {
    let loaded = try load(request)
    phase = .firstInference
    loaded.inputs.fill(loaded.executor)
    loaded.executor.run()
    for index in 0..<loaded.plan.outputCount {
      let bytes = loaded.executor.output(index)
      let path = Self.path(of: index, in: request.outputDirectory)
      let error = path.withUnsafeBytes {
        eb_file_write($0.bindMemory(to: CChar.self).baseAddress, bytes.baseAddress, bytes.count)
      }
      guard error == 0 else {
        throw AgentError(kind: .outputFailed, message: "output \(index): cannot be written (errno \(error))")
      }
      begin("output")
      member("index", index)
      member("bytes", bytes.count)
      end()
    }
    begin("memory")
    memoryMembers()
    end()
    begin("done")
    end()
  }

  /// `directory`/`index`.raw as a C string.
  private static func path(of index: Int, in directory: [UInt8]) -> [UInt8] {
    var path = directory
    path.removeLast()  // its NUL
    path.append(UInt8(ascii: "/"))
    var digits: [UInt8] = []
    var rest = index
    repeat {
      digits.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    for digit in digits.reversed() { path.append(digit) }
    for character in [UInt8(ascii: "."), UInt8(ascii: "r"), UInt8(ascii: "a"), UInt8(ascii: "w"), 0] {
      path.append(character)
    }
    return path
  }
}
