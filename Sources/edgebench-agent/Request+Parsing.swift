extension Request {
  static let maximumInputs = 1024

  /// Reads one request.
  ///
  /// A member that it does not know is an error: a host that asks for more than this agent can do is to hear of it.
  init(parsing line: UnsafeRawBufferPointer) throws(AgentError) {
    var reader = JSONReader(line)
    var task: Task?
    var request = Request()
    try reader.object(
      { (reader, name) throws(AgentError) in try request.read(name, from: &reader, task: &task) },
      orElse: { .request($0) })
    guard reader.isAtEnd() else {
      throw .request("text after the request's closing brace; expected one object a line")
    }
    guard let task else { throw .request("no 'request'; expected 'measure', 'infer' or 'count'") }
    request.task = task
    guard !request.plan.isEmpty else { throw .request("no 'plan'; expected the path of a .ebplan file") }
    guard task != .infer || !request.outputDirectory.isEmpty else {
      throw .request("no 'output_dir'; expected the folder that 'infer' writes to")
    }
    self = request
  }

  private mutating func read(
    _ name: [UInt8], from reader: inout JSONReader, task: inout Task?
  ) throws(AgentError) {
    if name.equals("request") {
      let word = try Self.string(&reader, "request")
      if word.equals("measure") {
        task = .measure
      } else if word.equals("infer") {
        task = .infer
      } else if word.equals("count") {
        task = .count
      } else {
        throw .request("unknown request; expected 'measure', 'infer' or 'count'")
      }
    } else if name.equals("plan") {
      plan = try Self.path(&reader, "plan")
    } else if name.equals("output_dir") {
      outputDirectory = try Self.path(&reader, "output_dir")
    } else if name.equals("timer") {
      timer = try Self.path(&reader, "timer")
    } else if name.equals("inputs") {
      try reader.array(
        { (reader) throws(AgentError) in
          guard inputs.count < Self.maximumInputs else {
            throw .request("'inputs' has more than 1024 entries")
          }
          inputs.append(try Self.input(&reader))
        }, orElse: { .request($0) })
    } else if name.equals("threads") {
      threads = Int(try Self.integer(&reader, "threads", in: 1...1024))
    } else if name.equals("warm_up") {
      warmUp = Int(try Self.integer(&reader, "warm_up", in: 0...1_000_000))
    } else if name.equals("samples") {
      samples = Int(try Self.integer(&reader, "samples", in: 1...10_000_000))
    } else if name.equals("max_samples") {
      maximumSamples = Int(try Self.integer(&reader, "max_samples", in: 1...10_000_000))
    } else if name.equals("min_ns") {
      minimumNanoseconds = try Self.integer(&reader, "min_ns", in: 0...86_400_000_000_000)
    } else if name.equals("max_ns") {
      maximumNanoseconds = try Self.integer(&reader, "max_ns", in: 1...86_400_000_000_000)
    } else if name.equals("sustained_ns") {
      sustainedNanoseconds = try Self.integer(&reader, "sustained_ns", in: 0...86_400_000_000_000)
    } else if name.equals("window_ns") {
      windowNanoseconds = try Self.integer(&reader, "window_ns", in: 1...86_400_000_000_000)
    } else if name.equals("temperature") {
      temperature = try Self.path(&reader, "temperature")
    } else if name.equals("profile_runs") {
      profileRuns = Int(try Self.integer(&reader, "profile_runs", in: 0...1000))
    } else {
      throw .request("unknown member in the request; this agent speaks protocol 1")
    }
  }

  private static func input(_ reader: inout JSONReader) throws(AgentError) -> InputSource {
    var source: InputSource?
    try reader.object(
      { (reader, name) throws(AgentError) in
        guard source == nil else { throw .request("an input has two sources; expected 'file' or 'seed'") }
        if name.equals("file") {
          source = .file(try path(&reader, "file"))
        } else if name.equals("seed") {
          source = .seed(UInt64(try integer(&reader, "seed", in: 0...Int64.max)))
        } else {
          throw .request("unknown member in an input; expected 'file' or 'seed'")
        }
      }, orElse: { .request($0) })
    guard let source else { throw .request("an input has no source; expected 'file' or 'seed'") }
    return source
  }

  private static func string(_ reader: inout JSONReader, _ name: StaticString) throws(AgentError) -> [UInt8] {
    do throws(JSONReader.Fault) { return try reader.string() } catch {
      throw .member(name, "is not a string")
    }
  }

  /// A path as a C string: not empty, no NUL inside, at most 4095 bytes (PATH_MAX).
  private static func path(_ reader: inout JSONReader, _ name: StaticString) throws(AgentError) -> [UInt8] {
    var path = try string(&reader, name)
    guard !path.isEmpty, path.count < 4096 else { throw .member(name, "is not 1 to 4095 bytes long") }
    for byte in path where byte == 0 { throw .member(name, "contains a NUL") }
    path.append(0)
    return path
  }

  private static func integer(
    _ reader: inout JSONReader, _ name: StaticString, in range: ClosedRange<Int64>
  ) throws(AgentError) -> Int64 {
    let value: Int64
    do throws(JSONReader.Fault) { value = try reader.integer() } catch {
      throw .member(name, "is not an integer")
    }
    guard range.contains(value) else { throw .member(name, "is out of range; see 'edgebench-agent --help'") }
    return value
  }
}

extension [UInt8] {
  /// Byte by byte: comparing as `String` would bring in Unicode's tables.
  func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    for index in 0..<count where self[index] != text.utf8Start[index] { return false }
    return true
  }
}
