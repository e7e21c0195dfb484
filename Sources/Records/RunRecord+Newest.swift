extension Sequence where Element == RunRecord {
  /// The newest record of each configuration, in the order in which the configurations come first.
  ///
  /// A configuration has several records where it was run under several limits.
  public func newestOfEachConfiguration() -> [RunRecord] {
    var newest: [RunRecord] = []
    var places: [Configuration: Int] = [:]
    for record in self {
      if let place = places[record.configuration] {
        if record.date >= newest[place].date { newest[place] = record }
      } else {
        places[record.configuration] = newest.count
        newest.append(record)
      }
    }
    return newest
  }
}
