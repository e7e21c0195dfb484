/// What the agent is doing: where an error, or a kill, found it.
enum Phase {
  case start, load, firstInference, steadyState

  /// The word in events.
  var word: StaticString {
    switch self {
    case .start: "start"
    case .load: "load"
    case .firstInference: "first_inference"
    case .steadyState: "steady_state"
    }
  }
}
