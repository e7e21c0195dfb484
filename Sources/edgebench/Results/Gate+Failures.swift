import Reporting
import Sizing
import Units

extension Gate {
  /// One line a requirement that the nearest configuration of a model is not known to meet.
  var failures: [String] { failureTexts.map { printable($0, limit: 1000) } }

  private var failureTexts: [String] {
    results.filter { !$0.isPassed }.flatMap { result in
      let place = "\(result.model.name) on \(result.profile.id)"
      if result.decision.requirements.isEmpty { return ["\(place): no requirement is given for it"] }
      guard let nearest = result.nearest else { return ["\(place): no record of an allowed variant"] }
      let title = "\(place), \(nearest.candidate.configuration.title)"
      let open = nearest.assessments.filter { $0.finding != .met }
      guard !open.isEmpty else {
        return ["\(title): no better than uncompressed (\(nearest.gain?.text ?? "refused"))"]
      }
      return open.map { "\(title): \($0.text)" }
    }
  }
}
