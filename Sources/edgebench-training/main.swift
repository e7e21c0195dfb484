import Foundation

// Not part of the product: trains the reference models and measures every recipe on them (`make train-reference`,
// `make compression-table`).

let arguments = CommandLine.arguments
do {
  switch arguments.dropFirst().first {
  case "reference" where arguments.count == 4:
    try ReferenceTraining(digits: Digits(checkpoints: arguments[3]), folder: arguments[2]).run()
  case "distillation" where arguments.count == 3:
    print(try DistillationStudy(digits: Digits(checkpoints: arguments[2])).run().text)
  case "table" where arguments.count == 4:
    try TableCommand(page: arguments[2], checkpoints: arguments[3]).run()
  default:
    throw ToolError(
      "usage: edgebench-training reference FOLDER CHECKPOINTS | distillation CHECKPOINTS | table PAGE CHECKPOINTS"
    )
  }
} catch {
  FileHandle.standardError.write(Data("edgebench-training: \(error)\n".utf8))
  exit(2)
}
