import Units

/// A time limit such as "10m".
func parsedTime(_ text: String, option: String) throws(CommandFailure) -> Duration {
  guard let time = try? Duration(parsing: text), time > .zero else {
    throw .badInput("\(option) is '\(printable(text, limit: 60))'; expected a time such as '10m'.")
  }
  return time
}
