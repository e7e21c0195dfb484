/// The work of models by name, as a table of CSV: what published rows are calibrated with, without the models themselves.
public struct WorkTable: Sendable {
  public var models: [String: Work] = [:]

  public init() {}

  /// Columns: model, class (or `traffic`), bucket, amount.
  public init(_ text: String, path: String) throws(TableError) {
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      if index == 0 || line.isEmpty { continue }
      guard let fields = CSVLine.fields(line), fields.count == 4, let amount = Double(fields[3]),
        amount.isFinite,
        amount >= 0
      else {
        throw TableError(
          path: path, line: index + 1, found: "'\(line.prefix(60))'", expected: "model,class,bucket,amount")
      }
      if fields[1] == "traffic", let bucket = Int(fields[2]), (0..<Work.buckets).contains(bucket) {
        models[fields[0], default: Work()].addTraffic(amount, bucket: bucket)
      } else if let workClass = WorkClass(rawValue: fields[1]) {
        models[fields[0], default: Work()].add(workClass, amount)
      } else {
        throw TableError(
          path: path, line: index + 1, found: "class '\(fields[1].prefix(40))'", expected: "a class of work")
      }
    }
  }

  public var csv: String {
    var lines = ["model,class,bucket,amount"]
    for (model, work) in models.sorted(by: { $0.key < $1.key }) {
      for workClass in WorkClass.allCases where work[workClass] > 0 {
        lines.append(CSVLine.text([model, workClass.rawValue, "", "\(work[workClass])"]))
      }
      for (bucket, elements) in work.traffic.enumerated() where elements > 0 {
        lines.append(CSVLine.text([model, "traffic", "\(bucket)", "\(elements)"]))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
