import Graph

extension DatasetSource {
  /// A `.csv` file: as many numbers a line as a sample has, and one integer more where there are labels. A first line
  /// that is no numbers is a heading.
  func readTable(_ file: String) throws(DatasetError) -> Dataset {
    let path = "\(folder)/\(file)"
    let text = String(decoding: try bytes(path, noun: "a table of numbers"), as: UTF8.self)
    var values: [Float] = []
    var labels: [Int] = []
    var hasLabels: Bool?
    for (index, line) in text.split(whereSeparator: \.isNewline).enumerated() {
      let place = "\(path): line \(index + 1)"
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = fields.map { Float(String($0).trimmed) }
      if index == 0, numbers.allSatisfy({ $0 == nil }) { continue }
      let isLabelled = fields.count == sampleSize + 1
      guard fields.count == sampleSize || isLabelled, hasLabels ?? isLabelled == isLabelled else {
        throw DatasetError(
          place, "\(fields.count) numbers",
          expected:
            "\(sampleSize) (a sample of \(sample)), or \(sampleSize + 1) with the label, on every line")
      }
      hasLabels = isLabelled
      for (column, number) in numbers.prefix(sampleSize).enumerated() {
        guard let number, number.isFinite else {
          throw DatasetError(
            place, "'\(String(fields[column].prefix(24)))' in column \(column + 1)",
            expected: "a finite number")
        }
        values.append(number)
      }
      if isLabelled {
        guard let label = Int(String(fields[sampleSize]).trimmed) else {
          throw DatasetError(
            place, "label '\(String(fields[sampleSize].prefix(24)))'", expected: "an integer from 0")
        }
        labels.append(label)
      }
    }
    return try Dataset(
      name: name, sampleShape: sample, values: values, labels: hasLabels == true ? labels : nil,
      classNames: hasLabels == true ? classNames : [])
  }
}

extension String {
  fileprivate var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
