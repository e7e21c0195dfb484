import Graph

/// The range of a STRIDED_SLICE, as Python writes `x[1:, ::-2, ..., None, 3]`.
///
/// - Source: TensorFlow API, tf.strided_slice.
struct StridedRange {
  /// Bit `i` concerns entry `i`.
  struct Masks {
    /// The begin or the end is left out.
    var begin: Int32 = 0
    var end: Int32 = 0
    /// `...`: as many whole axes as the other entries leave.
    var ellipsis: Int32 = 0
    /// `None`: a new axis of extent 1.
    var newAxis: Int32 = 0
    /// An index in place of a range: the axis goes away.
    var shrink: Int32 = 0
    /// Whether ends count from the begins.
    var isOffset = false
  }

  struct Slice {
    var begin: [Int]
    var strides: [Int]
    var taken: Shape
    /// The shape after axes have gone away and new ones have come.
    var result: Shape
  }

  var begin: [Int]
  var end: [Int]
  var strides: [Int]
  var masks: Masks

  /// The slice of a tensor; `nil` where the range does not fit it or is empty.
  func slice(of shape: Shape) -> Slice? {
    let count = begin.count
    guard end.count == count, strides.count == count, count <= 2 * Shape.largestRank else { return nil }
    let isConsuming = { (entry: Int) in
      masks.ellipsis & (1 << entry) == 0 && masks.newAxis & (1 << entry) == 0
    }
    let consuming = (0..<count).filter(isConsuming).count
    guard consuming <= shape.rank else { return nil }
    var slice = Slice(begin: [], strides: [], taken: .scalar, result: .scalar)
    var seenEllipsis = false
    for entry in 0..<count {
      let bit = Int32(1) << entry
      if masks.ellipsis & bit != 0 {
        guard !seenEllipsis else { return nil }
        seenEllipsis = true
        takeWhole(shape.rank - consuming, of: shape, &slice)
      } else if masks.newAxis & bit != 0 {
        slice.result.dimensions.append(1)
      } else {
        guard take(entry, bit, of: shape, &slice) else { return nil }
      }
    }
    takeWhole(shape.rank - slice.begin.count, of: shape, &slice)
    return slice
  }

  private func takeWhole(_ count: Int, of shape: Shape, _ slice: inout Slice) {
    for _ in 0..<count {
      let extent = shape[slice.begin.count]
      slice.begin.append(0)
      slice.strides.append(1)
      slice.taken.dimensions.append(extent)
      slice.result.dimensions.append(extent)
    }
  }

  private func take(_ entry: Int, _ bit: Int32, of shape: Shape, _ slice: inout Slice) -> Bool {
    let extent = shape[slice.begin.count]
    let stride = strides[entry]
    let limit = Shape.largestExtent
    // Python's slices may reach far outside; what is beyond the limit is as far as it gets.
    let first = min(max(begin[entry], -limit), limit)
    let last =
      masks.isOffset ? first + min(max(end[entry], -limit), limit) : min(max(end[entry], -limit), limit)
    guard stride != 0, stride >= -limit, stride <= limit else { return false }
    func fromEnd(_ index: Int) -> Int { index < 0 ? index + extent : index }
    if masks.shrink & bit != 0 {
      let index = fromEnd(first)
      guard index >= 0, index < extent else { return false }
      slice.begin.append(index)
      slice.strides.append(1)
      slice.taken.dimensions.append(1)
      return true
    }
    let bounds = stride > 0 ? 0...extent : -1...(extent - 1)
    func clamped(_ index: Int) -> Int { min(max(fromEnd(index), bounds.lowerBound), bounds.upperBound) }
    let start = masks.begin & bit != 0 ? (stride > 0 ? 0 : extent - 1) : clamped(first)
    let stop = masks.end & bit != 0 ? (stride > 0 ? extent : -1) : clamped(last)
    let distance = stride > 0 ? stop - start : start - stop
    guard distance > 0 else { return false }
    let taken = (distance - 1) / abs(stride) + 1
    slice.begin.append(start)
    slice.strides.append(stride)
    slice.taken.dimensions.append(taken)
    slice.result.dimensions.append(taken)
    return true
  }
}

extension StridedRange.Masks {
  init(_ options: FlatTable?) throws(ModelFormatError) {
    guard let options else { return }
    begin = try options.scalar(0, default: 0)
    end = try options.scalar(1, default: 0)
    ellipsis = try options.scalar(2, default: 0)
    newAxis = try options.scalar(3, default: 0)
    shrink = try options.scalar(4, default: 0)
    isOffset = try options.bool(5)
  }
}
