extension Campaign {
  /// Sizes one model after the other, with a progress bar on a terminal, until the time that was given is over.
  func size(_ subjects: [Subject]) throws(CommandFailure) -> [Sized] {
    var progress = ProgressBar(total: subjects.count)
    defer { progress.clear() }
    var sized: [Sized] = []
    for subject in subjects {
      if isOver, !sized.isEmpty {
        progress.clear()
        Terminal.warning(
          "--max-time is over: \(subjects.count - sized.count) of \(subjects.count) models are not sized. The same command goes on from there."
        )
        break
      }
      sized.append(try size(subject) { progress.show($0, estimate: $1) })
      progress.advance()
    }
    return sized
  }
}
