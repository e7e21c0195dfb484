import CKernels
import Testing

/// Operators on sequences and on images in three dimensions take no operand that is too short and no parameters that make no
/// sense, as a plan's file may hold any.
@Suite struct SequenceOperatorTests {
  private static var window: eb_window {
    var window = eb_window()
    window.batch = 2
    window.channels = 3
    (window.in, window.out) = ((1, 4, 5), (1, 3, 4))
    (window.window, window.stride, window.dilation) = ((1, 2, 2), (1, 1, 1), (1, 1, 1))
    return window
  }

  @Test func attentionChecksItsOperands() throws {
    var params = eb_attention_params()
    (params.batch, params.heads, params.kv_heads, params.queries, params.keys) = (1, 2, 1, 40, 5)
    (params.depth, params.value_depth, params.isa) = (3, 4, EB_ISA_SCALAR.rawValue)
    params.q = eb_attention_strides(batch: 240, head: 120, row: 3)
    params.k = eb_attention_strides(batch: 15, head: 15, row: 3)
    params.v = eb_attention_strides(batch: 20, head: 20, row: 4)
    params.out = eb_attention_strides(batch: 320, head: 160, row: 4)
    (params.mask_type, params.has_lengths) = (EB_F32.rawValue, 1)
    params.mask_strides = (0, 0, 5, 1)
    (params.left, params.right, params.scale) = (-1, -1, 1)
    let operands = [240, 15, 20, 200, 1, 320].map { Operand(room: $0, of: Float.self) }
    let scratch = Operand(byteCount: eb_attention_scratch_bytes(&params))
    try expectRefusalOfShortOperands(EB_OP_ATTENTION_F32, params, operands + [scratch])
    let sizes = (operands + [scratch]).map(\.byteCount)
    #expect(try accepts(EB_OP_ATTENTION_F32, params, sizes))
    for size in [\.heads, \.kv_heads, \.queries, \.keys, \.depth, \.value_depth, \.mask_type]
      as [WritableKeyPath<eb_attention_params, UInt32>]
    {
      var changed = params
      changed[keyPath: size] = .max
      #expect(try !accepts(EB_OP_ATTENTION_F32, changed, sizes))
      changed[keyPath: size] = 0
      if size != \.mask_type { #expect(try !accepts(EB_OP_ATTENTION_F32, changed, sizes)) }
    }
    params.q.batch = .max
    params.batch = 2
    #expect(try !accepts(EB_OP_ATTENTION_F32, params, sizes))
  }

  @Test func recurrentLayersCheckTheirOperands() throws {
    var params = eb_recurrent_params()
    (params.kind, params.isa) = (EB_RECURRENCE_LSTM.rawValue, EB_ISA_SCALAR.rawValue)
    (params.steps, params.batch, params.inputs, params.hidden, params.directions) = (4, 2, 3, 5, 2)
    (params.has_lengths, params.has_initial_hidden, params.has_initial_cell, params.has_peepholes) = (
      1, 1, 1, 1
    )
    params.clip = .infinity
    let sizes = eb_recurrent_sizes(&params)
    let operands =
      [
        Operand(room: 24, of: Float.self), Operand(byteCount: sizes.input_bytes),
        Operand(byteCount: sizes.recurrent_bytes),
      ] + [2, 20, 20, 30, 120].map { Operand(room: $0, of: Float.self) } + [
        Operand(byteCount: sizes.scratch_bytes)
      ]
    let bytes = operands.map(\.byteCount)
    #expect(try accepts(EB_OP_RECURRENT_F32, params, bytes))
    try expectRefusalOfShortOperands(EB_OP_RECURRENT_F32, params, operands)
    for size in [
      \.kind, \.steps, \.batch, \.inputs, \.hidden, \.directions, \.isa, \.has_peepholes, \.is_reverse,
    ] as [WritableKeyPath<eb_recurrent_params, UInt32>] {
      var changed = params
      changed[keyPath: size] = .max
      #expect(try !accepts(EB_OP_RECURRENT_F32, changed, bytes))
    }
    params.functions.0.1.kind = 99
    #expect(try !accepts(EB_OP_RECURRENT_F32, params, bytes))
  }

  @Test func windowsCheckTheirOperands() throws {
    var reduce = eb_window_reduce_params()
    reduce.window = Self.window
    let operands = [Operand(room: 120, of: Float.self), Operand(room: 72, of: Float.self)]
    #expect(try accepts(EB_OP_WINDOW_REDUCE_F32, reduce, operands.map(\.byteCount)))
    try expectRefusalOfShortOperands(EB_OP_WINDOW_REDUCE_F32, reduce, operands)
    reduce.window.stride.1 = .max
    #expect(try !accepts(EB_OP_WINDOW_REDUCE_F32, reduce, operands.map(\.byteCount)))

    var col2im = eb_col2im_params(window: Self.window)
    let blocks = [Operand(room: 2 * 3 * 4 * 12, of: Float.self), Operand(room: 120, of: Float.self)]
    #expect(try accepts(EB_OP_COL2IM_F32, col2im, blocks.map(\.byteCount)))
    try expectRefusalOfShortOperands(EB_OP_COL2IM_F32, col2im, blocks)
    col2im.window.window.2 = 0
    #expect(try !accepts(EB_OP_COL2IM_F32, col2im, blocks.map(\.byteCount)))
  }

  @Test(arguments: [UInt32(0), 1]) func convolutionsCheckTheirOperands(isTransposed: UInt32) throws {
    var params = eb_conv_nd_params()
    params.window = Self.window
    (params.in_channels, params.out_channels, params.groups) = (4, 6, 2)
    (params.is_transposed, params.isa, params.min, params.max) = (isTransposed, EB_ISA_SCALAR.rawValue, -1, 1)
    let (image, windows) = (40, 24)
    let operands = [
      Operand(room: (isTransposed == 1 ? windows : image) * 4, of: Float.self),
      Operand(byteCount: 2 * eb_conv_nd_group_bytes(&params)), Operand(room: 6, of: Float.self),
      Operand(room: (isTransposed == 1 ? image : windows) * 6, of: Float.self),
      Operand(byteCount: eb_conv_nd_scratch_bytes(&params)),
    ]
    #expect(try accepts(EB_OP_CONV_ND_F32, params, operands.map(\.byteCount)))
    try expectRefusalOfShortOperands(EB_OP_CONV_ND_F32, params, operands)
    for size in [\.in_channels, \.out_channels, \.groups, \.isa, \.is_transposed]
      as [WritableKeyPath<eb_conv_nd_params, UInt32>]
    {
      var changed = params
      changed[keyPath: size] = .max
      #expect(try !accepts(EB_OP_CONV_ND_F32, changed, operands.map(\.byteCount)))
    }
  }

  @Test func samplingChecksItsOperands() throws {
    let grid = eb_grid_sample_params(
      batch: 2, channels: 3, dimensions: 2, in: (1, 4, 5), points: 6, method: 0, padding: 0, aligns_corners: 0
    )
    let gridOperands = [120, 24, 36].map { Operand(room: $0, of: Float.self) }
    #expect(try accepts(EB_OP_GRID_SAMPLE_F32, grid, gridOperands.map(\.byteCount)))
    try expectRefusalOfShortOperands(EB_OP_GRID_SAMPLE_F32, grid, gridOperands)

    let regions = eb_roi_align_params(
      batch: 1, height: 4, width: 5, channels: 2, count: 3, out_height: 2, out_width: 2, samples: 0,
      is_maximum: 0,
      has_half_pixel: 0, scale: 1)
    let regionOperands = [40, 12, 3, 24].map { Operand(room: $0, of: Float.self) }
    #expect(try accepts(EB_OP_ROI_ALIGN_F32, regions, regionOperands.map(\.byteCount)))
    try expectRefusalOfShortOperands(EB_OP_ROI_ALIGN_F32, regions, regionOperands)

    let resample = eb_resample_params(outer: 2, in_count: 3, out_count: 4, inner: 5, taps: 2, has_offsets: 1)
    let resampleOperands = [30, 8, 8, 4, 40].map { Operand(room: $0, of: Float.self) }
    #expect(try accepts(EB_OP_RESAMPLE_F32, resample, resampleOperands.map(\.byteCount)))
    try expectRefusalOfShortOperands(EB_OP_RESAMPLE_F32, resample, resampleOperands)

    var fourier = eb_fourier_params()
    (fourier.outer, fourier.inner, fourier.in_count, fourier.out_count) = (2, 3, 8, 5)
    (fourier.length, fourier.in_parts, fourier.out_parts, fourier.scale) = (8, 1, 2, 1)
    let fourierOperands = [
      Operand(room: 48, of: Float.self), Operand(room: 60, of: Float.self),
      Operand(byteCount: eb_fourier_scratch_bytes(&fourier)),
    ]
    #expect(try accepts(EB_OP_FOURIER_F32, fourier, fourierOperands.map(\.byteCount)))
    try expectRefusalOfShortOperands(EB_OP_FOURIER_F32, fourier, fourierOperands)
    fourier.out_count = 9
    #expect(try !accepts(EB_OP_FOURIER_F32, fourier, [48, 60, 1 << 20]))
  }

  @Test func placesThatAreNoNumbersAreOutside() throws {
    let grid = eb_grid_sample_params(
      batch: 1, channels: 1, dimensions: 2, in: (1, 2, 2), points: 4, method: 0,
      padding: EB_GRID_BORDER.rawValue,
      aligns_corners: 0)
    let places: [Float] = [.nan, 0, .infinity, 0, -.infinity, 1e30, 0, .nan]
    let operands = [Operand([Float(1), 2, 3, 4]), Operand(places), Operand(room: 4, of: Float.self)]
    for method in [EB_GRID_LINEAR, EB_GRID_NEAREST, EB_GRID_CUBIC] {
      var params = grid
      params.method = method.rawValue
      try run(EB_OP_GRID_SAMPLE_F32, params, operands)
    }
    let regions = eb_roi_align_params(
      batch: 1, height: 2, width: 2, channels: 1, count: 2, out_height: 1, out_width: 1, samples: 0,
      is_maximum: 0,
      has_half_pixel: 1, scale: 1)
    let boxes: [Float] = [.nan, 0, 1, 1, -.infinity, 0, .infinity, 1e30]
    try run(
      EB_OP_ROI_ALIGN_F32, regions,
      [
        Operand([Float(1), 2, 3, 4]), Operand(boxes), Operand([Int32.max, .min]),
        Operand(room: 2, of: Float.self),
      ])
  }

  @Test func offsetsAndScoresMayBeAnyNumbers() throws {
    let suppression = eb_non_max_suppression_params(
      batch: 1, classes: 1, boxes: 4, capacity: 2, most_a_class: 9, is_centered: 0, has_score_threshold: 0,
      overlap_threshold: .nan, score_threshold: 0)
    let boxes = [Float](repeating: .nan, count: 16)
    let operands = [
      Operand(boxes), Operand([Float.nan, .infinity, -.infinity, 1]), Operand(room: 7, of: Int64.self),
      Operand(room: 4, of: UInt32.self),
    ]
    try run(EB_OP_NON_MAX_SUPPRESSION, suppression, operands)
    try expectRefusalOfShortOperands(EB_OP_NON_MAX_SUPPRESSION, suppression, operands)
    #expect(operands[2].elements(Int64.self)[6] <= 2)
  }
}
