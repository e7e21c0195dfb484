import Records
import Units

extension Outcome {
  /// "killed at 98.0 MiB of 64 MiB allowed, during load".
  var sentence: String {
    switch self {
    case .completed: "completed"
    case .outOfMemory(let limit, let peak, let phase):
      "does not fit in \(ByteCount(bytes: limit)): killed"
        + (peak.map { " at \(ByteCount(bytes: $0))" } ?? "") + " during \(phase.words)"
    case .outOfDisk(let limit, let needed):
      "does not fit on \(ByteCount(bytes: limit)) of disk: needs \(ByteCount(bytes: needed))"
    case .timedOut(let after, let phase):
      "stopped after \(Duration.nanoseconds(after).shortText) during \(phase.words)"
    case .failed(let message): "failed: \(message)"
    }
  }
}
