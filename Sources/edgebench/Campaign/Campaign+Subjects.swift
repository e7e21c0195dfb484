extension Campaign {
  /// Sizes one model after the other, with a progress bar on a terminal.
  func size(_ subjects: [Subject]) throws(CommandFailure) -> [Sized] {
    var progress = ProgressBar(total: subjects.count)
    defer { progress.clear() }
    var sized: [Sized] = []
    for subject in subjects {
      sized.append(try size(subject) { progress.show($0, estimate: $1) })
      progress.advance()
    }
    return sized
  }
}
