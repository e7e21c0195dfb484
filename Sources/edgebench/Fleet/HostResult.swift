import Execution
import Foundation
import Records
import Units

/// What a run gave for one host: the worker's answer, in one line of JSON.
struct HostResult: Codable, Equatable {
  enum Outcome: String, Codable {
    case done
    /// An earlier run did it, and nothing has changed.
    case doneBefore = "done before"
    case failed
  }

  var host: String
  var outcome: Outcome
  /// Why it failed, in one line.
  var reason: String?
  var date: Date
  /// As the board calls itself.
  var board: String?
  var agentDigest: String?
  var models: [Model] = []
  /// Results of its sampler that were not known yet.
  var collected: Int?
  /// What should be known, though nothing failed.
  var warnings: [String] = []

  enum CodingKeys: String, CodingKey {
    case host, outcome, reason, date, board, models, collected, warnings
    case agentDigest = "agent_sha256"
  }

  struct Model: Codable, Equatable {
    var name: String
    var sha256: String
    var verdict: String
    /// Of the configuration that the verdict is about, else of the reference.
    var configuration: Configuration?
    var median: Double?
    var p90: Double?
    var isValid: Bool

    enum CodingKeys: String, CodingKey {
      case name, sha256, verdict, configuration
      case median = "median_ns"
      case p90 = "p90_ns"
      case isValid = "is_valid"
    }
  }

  static func failed(_ host: String, _ reason: String) -> HostResult {
    // The board runner begins with the host's name, which stands beside it already.
    let plain = reason.hasPrefix("\(host): ") ? String(reason.dropFirst(host.count + 2)) : reason
    return HostResult(host: host, outcome: .failed, reason: printable(plain, limit: 400), date: Date())
  }

  init?(line: String, of host: String) {
    guard let result = try? Self.decoder.decode(HostResult.self, from: Data(line.utf8)), result.host == host
    else { return nil }
    self = result
  }

  init(
    host: String, outcome: Outcome, reason: String? = nil, date: Date, board: String? = nil,
    agentDigest: String? = nil, models: [Model] = []
  ) {
    self.host = host
    self.outcome = outcome
    self.reason = reason
    self.date = date
    self.board = board
    self.agentDigest = agentDigest
    self.models = models
  }

  static let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return encoder
  }()
  static let decoder: JSONDecoder = {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return decoder
  }()
}

extension HostResult.Model {
  init(_ sized: Campaign.Sized) {
    name = sized.subject.identity.name
    sha256 = sized.subject.identity.sha256
    verdict = sized.decision.verdict.statement
    let told =
      switch sized.decision.verdict.kind {
      case .notRequired(let chosen), .required(let chosen): chosen as Configuration?
      case .insufficient, .inconclusive: sized.records.first?.configuration
      }
    configuration = told
    let record = sized.records.first { $0.configuration == told }
    median = record?.latency?.median
    p90 = record?.latency?.p90
    isValid = sized.records.allSatisfy(\.validity.isValid)
  }
}
