import Units

extension HeadRoom {
  /// "reference, 1 thread beside 'COMMAND': p90 latency 55.0 ms [54, 56], alone 40.0 ms [39, 41] (1.38 times); 45 % of the
  /// limit is left"
  public var sentence: String {
    let metric = Metric.latency(percentile)
    let times = (ratio * 100).rounded() / 100
    var text =
      "\(configuration.title) beside '\(printable(command, limit: 60))': \(metric.name) "
      + "\(metric.text(beside.value, in: beside.interval)), alone \(metric.text(alone.value, in: alone.interval)) (\(times) times)"
    if let share {
      let percent = Int((abs(share) * 100).rounded())
      text += share >= 0 ? "; \(percent) % of the limit is left" : "; \(percent) % over the limit"
    }
    return text
  }
}
