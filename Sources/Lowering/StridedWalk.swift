internal import Graph

/// A walk over a shape with strides, in elements, for each of several operands. Axes that can be walked as one are
/// merged, those of extent 1 left out; at least one axis stays.
struct StridedWalk {
  private(set) var shape: [Int] = []
  private(set) var strides: [[Int]]

  init(_ fullShape: [Int], _ fullStrides: [[Int]]) {
    strides = Array(repeating: [], count: fullStrides.count)
    for (axis, extent) in fullShape.enumerated() where extent != 1 {
      let last = shape.count - 1
      if last >= 0,
        fullStrides.indices.allSatisfy({ strides[$0][last] == fullStrides[$0][axis] * extent })
      {
        shape[last] *= extent
        for operand in strides.indices { strides[operand][last] = fullStrides[operand][axis] }
      } else {
        shape.append(extent)
        for operand in strides.indices { strides[operand].append(fullStrides[operand][axis]) }
      }
    }
    if shape.isEmpty {
      shape = [1]
      strides = strides.map { _ in [1] }
    }
  }
}

extension Shape {
  /// The strides of a dense tensor, in elements.
  var strides: [Int] {
    var strides = Array(repeating: 1, count: rank)
    for axis in dimensions.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * dimensions[axis + 1]
    }
    return strides
  }

  /// The strides that walk this shape as `whole`: 0 where an axis is repeated or missing.
  func strides(broadcastTo whole: Shape) -> [Int] {
    let own = strides
    let missing = whole.rank - rank
    return whole.dimensions.indices.map { axis in
      axis < missing || dimensions[axis - missing] == 1 ? 0 : own[axis - missing]
    }
  }
}

/// Copies `values` into a C array, which is a tuple in Swift; the rest of it stays.
func copy<Tuple, Element: BitwiseCopyable & FixedWidthInteger>(
  _ values: [Int], to tuple: inout Tuple, as type: Element.Type
) {
  withUnsafeMutableBytes(of: &tuple) { bytes in
    for (index, value) in values.enumerated() {
      bytes.storeBytes(
        of: Element(truncatingIfNeeded: value), toByteOffset: index * MemoryLayout<Element>.stride,
        as: Element.self)
    }
  }
}

typealias Extents = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)
typealias Steps = (Int64, Int64, Int64, Int64, Int64, Int64)

func copy(_ values: [Int], to tuple: inout Extents) { copy(values, to: &tuple, as: UInt64.self) }
func copy(_ values: [Int], to tuple: inout Steps) { copy(values, to: &tuple, as: Int64.self) }
