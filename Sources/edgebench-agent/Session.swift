internal import CKernels
internal import CLinux

/// The conversation on standard input and output: a greeting, then answers to requests, one after the other.
struct Session {
  static let protocolVersion = 1

  var output = JSONWriter(descriptor: 1)
  var phase = Phase.start
  private var input = LineReader()

  /// Serves until standard input ends. Returns the program's exit status.
  static func serve() -> Int32 {
    var session = Session()
    return session.run()
  }

  private mutating func run() -> Int32 {
    hello()
    while output.flush() {
      switch input.next() {
      case .end: return 0
      case .tooLong:
        // What follows cannot be told from the rest of the line.
        report(.request("a line longer than 262144 bytes; expected one request a line"))
        return output.flush() ? 0 : 3
      case .noMemory:
        report(AgentError(kind: .outOfMemory, message: "no memory to read a request into"))
        return output.flush() ? 0 : 3
      case .bytes(let line):
        do throws(AgentError) { try answer(line) } catch { report(error) }
      }
    }
    return 3
  }

  private mutating func answer(_ line: UnsafeRawBufferPointer) throws(AgentError) {
    phase = .start
    let request = try Request(parsing: line)
    switch request.task {
    case .measure: try measure(request)
    case .infer: try infer(request)
    case .count: try count(request)
    }
    guard output.flush() else {
      throw AgentError(kind: .outputFailed, message: "standard output cannot be written")
    }
  }

  private mutating func hello() {
    begin("hello")
    member("protocol", Self.protocolVersion)
    member("version", Arguments.version)
    member("build", Build.configuration)
    name("plans")
    output.byte(UInt8(ascii: "\""))
    output.planRevision()
    output.byte(UInt8(ascii: "\""))
    let isa = eb_isa_name(eb_isa_detect())
    name("isa")
    output.byte(UInt8(ascii: "\""))
    output.text(isa)  // a word of our own: nothing to escape
    output.byte(UInt8(ascii: "\""))
    end()
  }

  private mutating func report(_ error: AgentError) {
    begin("error")
    member("where", phase.word)
    member("kind", error.kind.word)
    name("message")
    var message = error.message
    message.withUTF8 { output.string(UnsafeRawBufferPointer($0)) }
    end()
  }

  // Events: begin, members, end.

  mutating func begin(_ event: StaticString) {
    output.text("{\"event\":\"")
    output.text(event)
    output.byte(UInt8(ascii: "\""))
  }

  mutating func name(_ name: StaticString) {
    output.text(",\"")
    output.text(name)
    output.text("\":")
  }

  mutating func member<Number: FixedWidthInteger>(_ name: StaticString, _ value: Number) {
    self.name(name)
    output.number(value)
  }

  /// `value` is a word of our own: nothing to escape.
  mutating func member(_ name: StaticString, _ value: StaticString) {
    self.name(name)
    output.byte(UInt8(ascii: "\""))
    output.text(value)
    output.byte(UInt8(ascii: "\""))
  }

  /// Ends the event and sends it.
  mutating func end() {
    output.text("}\n")
    _ = output.flush()
  }
}
