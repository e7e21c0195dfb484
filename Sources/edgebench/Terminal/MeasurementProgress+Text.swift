import Execution
import Units

extension MeasurementProgress {
  /// "loading", "26.0 us (120 samples)".
  var estimate: String {
    switch phase {
    case .starting: "starting"
    case .loading: "loading"
    case .firstInference: "first inference"
    case .profiling: "profiling"
    case .sustaining:
      "under load: " + (medianNanoseconds.map { Duration.nanoseconds($0).shortText } ?? "warming up")
    case .sampling:
      medianNanoseconds.map { "\(Duration.nanoseconds($0).shortText) (\(samples) samples)" } ?? "warming up"
    }
  }
}
