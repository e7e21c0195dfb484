import CPlanFormat
import Foundation
import Inference
import Testing

@Suite struct HostilePlanTests {
  @Test func everyTruncationIsRefused() throws {
    let bytes = try PlanFixtures.convolutional()
    for count in Array(0..<512) + Array(stride(from: 512, to: bytes.count, by: 97)) {
      #expect(throws: PlanError.self, "cut to \(count) bytes") { try Plan(bytes: Array(bytes.prefix(count))) }
    }
  }

  @Test func everyFlippedBitIsRefused() throws {
    let bytes = try PlanFixtures.streaming()
    for index in stride(from: 0, to: bytes.count, by: 3) {
      var flipped = bytes
      flipped[index] ^= 1 << UInt8(index % 8)
      #expect(throws: PlanError.self, "byte \(index) flipped") { try Plan(bytes: flipped) }
    }
  }

  /// With a checksum that fits, a changed plan is refused or runs inside its own memory: a run that left it would end
  /// this process.
  @Test(arguments: [1, 2, 3]) func changedMetadataNeverEscapes(seed: UInt64) throws {
    var generator = SplitMix(state: seed)
    for bytes in [try PlanFixtures.convolutional(), try PlanFixtures.streaming()] {
      let blob = PlanFixtures.header(of: bytes).blob
      let metadata = Int(blob.offset + blob.count)  // what follows is padding and weights
      var refused = 0
      let rounds = 1500
      for _ in 0..<rounds {
        var changed = bytes
        for _ in 0...generator.next(below: 3) {
          let index = generator.next(below: metadata)
          let interesting: [UInt8] = [0, 1, 0x7f, 0x80, 0xff, UInt8(generator.next(below: 256))]
          changed[index] = interesting[generator.next(below: interesting.count)]
        }
        do {
          let executor = try Executor(plan: Plan(bytes: changed.resealed()))
          for input in 0..<executor.plan.inputCount {
            executor.input(input).initializeMemory(as: UInt8.self, repeating: 0x3f)
          }
          executor.run()
          executor.resetStates()
          executor.run()
        } catch { refused += 1 }
      }
      #expect(refused > rounds / 4, "seed \(seed): only \(refused) of \(rounds) changes were refused")
    }
  }

  /// One change, and the error that must name it.
  struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var expected: PlanError
    var apply: @Sendable (inout [UInt8], inout eb_plan_header) -> Void
  }

  static let changes: [Change] = [
    Change(testDescription: "another version", expected: .version(found: 9, expected: 2)) { $1.version = 9 },
    Change(testDescription: "a huge arena", expected: .section(.arena, .tooLarge)) { $1.arena_bytes = .max },
    Change(testDescription: "huge states", expected: .section(.states, .tooLarge)) {
      $1.state_bytes = .max - 63
    },
    Change(testDescription: "a table that overflows", expected: .section(.tensors, .outOfBounds)) {
      $1.tensors.count = .max
    },
    Change(testDescription: "a table beyond the file", expected: .section(.steps, .outOfBounds)) {
      $1.steps.offset = .max - 7
    },
    Change(testDescription: "an unaligned table", expected: .section(.operands, .misaligned)) {
      $1.operands.offset += 4
    },
    Change(testDescription: "a table over the header", expected: .section(.inputs, .overlapping)) {
      $1.inputs.offset = 64
    },
    Change(testDescription: "constants beyond the file", expected: .section(.constants, .outOfBounds)) {
      $1.constants_bytes += 1
    },
    Change(testDescription: "an unknown space", expected: .tensor(index: 0, .unknownSpace)) { bytes, header in
      bytes.edit(header.tensors, 0, eb_plan_tensor.self) { $0.space = 7 }
    },
    Change(testDescription: "an unknown type", expected: .tensor(index: 0, .unknownType)) { bytes, header in
      bytes.edit(header.tensors, 0, eb_plan_tensor.self) { $0.element_type = 99 }
    },
    Change(testDescription: "nine axes", expected: .tensor(index: 0, .badRank)) { bytes, header in
      bytes.edit(header.tensors, 0, eb_plan_tensor.self) { $0.rank = 9 }
    },
    Change(testDescription: "a tensor beyond its space", expected: .tensor(index: 0, .outOfBounds)) {
      bytes, header in
      bytes.edit(header.tensors, 0, eb_plan_tensor.self) { $0.offset = 1 << 40 }
    },
    Change(testDescription: "a name beyond the blob", expected: .tensor(index: 0, .badName)) {
      bytes, header in
      bytes.edit(header.tensors, 0, eb_plan_tensor.self) { $0.name_offset = .max }
    },
    Change(testDescription: "an unknown operator", expected: .step(index: 0, .unknownOperator)) {
      bytes, header in
      bytes.edit(header.steps, 0, eb_plan_step.self) { $0.op = 4_000_000_000 }
    },
    Change(testDescription: "operands beyond their table", expected: .step(index: 0, .badOperands)) {
      bytes, header in
      bytes.edit(header.steps, 0, eb_plan_step.self) { $0.operand_first = .max }
    },
    Change(testDescription: "more operands than there are", expected: .step(index: 0, .badOperands)) {
      bytes, header in
      bytes.edit(header.steps, 0, eb_plan_step.self) { $0.operand_count = .max }
    },
    Change(testDescription: "parameters beyond the blob", expected: .step(index: 0, .badParameters)) {
      bytes, header in
      bytes.edit(header.steps, 0, eb_plan_step.self) { $0.params_offset = .max - 7 }
    },
    Change(testDescription: "short parameters", expected: .step(index: 0, .wrongParameterSize)) {
      bytes, header in
      bytes.edit(header.steps, 0, eb_plan_step.self) { $0.params_bytes -= 4 }
    },
    Change(testDescription: "an input without a tensor", expected: .boundary(.inputs, index: 0, .outOfBounds))
    {
      bytes, header in
      bytes.edit(header.inputs, 0, UInt32.self) { $0 = .max }
    },
  ]

  @Test(arguments: changes) func oneChangeIsRefusedByName(_ change: Change) throws {
    let bytes = try PlanFixtures.convolutional().edited(change.apply)
    #expect(throws: change.expected) { try Plan(bytes: bytes) }
  }

  /// Constants are mapped read-only: a step that wrote to one would end the process.
  @Test func writingToAConstantIsRefused() throws {
    let bytes = try PlanFixtures.convolutional()
    var header = PlanFixtures.header(of: bytes)
    let constant = try #require(
      (0..<Int(header.tensors.count)).first { index in
        var space: UInt32 = 0
        var copy = bytes
        copy.edit(header.tensors, index, eb_plan_tensor.self) { space = $0.space }
        return space == EB_PLAN_CONSTANT.rawValue
      })
    var changed = bytes
    changed.edit(header.operands, 2, UInt32.self) { $0 = UInt32(constant) }
    header = PlanFixtures.header(of: changed)
    #expect(throws: PlanError.step(index: 0, .writesConstant)) { try Plan(bytes: changed.resealed()) }
  }

  @Test(arguments: ["/", "/dev/null", "/nonexistent/plan.ebplan"]) func onlyRegularFilesAreMapped(
    path: String
  ) {
    let error = #expect(throws: PlanError.self) { try Plan(mapping: path) }
    guard case .cannotMap = error else {
      Issue.record("expected cannotMap, found \(String(describing: error))")
      return
    }
  }

  @Test func everyErrorSaysWhatToDoInOneLine() {
    for change in Self.changes {
      let text = change.expected.description
      #expect(text.hasPrefix("plan: ") && !text.contains("\n") && text.hasSuffix("."), "\(text)")
    }
  }
}

/// Steele, Lea and Flood (2014).
struct SplitMix {
  var state: UInt64

  mutating func next(below bound: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return Int((z ^ (z >> 31)) % UInt64(bound))
  }
}
