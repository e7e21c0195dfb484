/// Why a request was not carried out. It becomes an `error` event.
struct AgentError: Error {
  enum Kind { case badRequest, badPlan, badInput, noTimer, outOfMemory, outputFailed, internalFailure }

  var kind: Kind
  var message: String

  static func request(_ message: String) -> AgentError { AgentError(kind: .badRequest, message: message) }

  static func member(_ name: StaticString, _ fault: StaticString) -> AgentError {
    request("'\(name)' \(fault)")
  }

  static func request(_ fault: JSONReader.Fault) -> AgentError {
    switch fault {
    case .syntax: request("the request is not JSON; expected one object a line")
    case .tooDeep: request("the request is nested more than 16 levels deep")
    case .notAString: request("a value is not a string where one is expected")
    case .notAnInteger: request("a value is not an integer where one is expected")
    case .notAnObject: request("a value is not an object where one is expected")
    case .notAnArray: request("a value is not an array where one is expected")
    }
  }

  init(kind: Kind, message: String) {
    self.kind = kind
    self.message = message
  }

  init(_ error: PlanError) {
    switch error {
    case .outOfMemory, .noThreads, .cannotMap(errno: 12): kind = .outOfMemory  // ENOMEM
    default: kind = .badPlan
    }
    message = error.description
  }
}

extension AgentError.Kind {
  /// The word in the event.
  var word: StaticString {
    switch self {
    case .badRequest: "bad_request"
    case .badPlan: "bad_plan"
    case .badInput: "bad_input"
    case .noTimer: "no_timer"
    case .outOfMemory: "out_of_memory"
    case .outputFailed: "output_failed"
    case .internalFailure: "internal"
    }
  }
}
