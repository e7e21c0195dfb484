"""Operators that move elements: shapes, slices, joins, resizing."""

import itertools

import numpy as np

from .case import Case, Model, QUANTIZED, constants, one, options, quantization

KINDS = ("f32", "i8", "u8", "i16", "i32", "i64", "bool")


def several(name, code, kind, shape, outputs, opts, before=(), after=(), limits=None):
    """One input, several outputs; constants `before` and `after` the input."""
    model = Model()
    inputs = [model.tensor(k, np.shape(v), v) for k, v in before] + [model.input(kind, shape, **quantization(kind))]
    inputs += [model.tensor(k, np.shape(v), v) for k, v in after]
    model.op(code, inputs, [model.output(kind, s, **quantization(kind)) for s in outputs], opts)
    return Case(name, model, limits)


def resizes():
    for code, kind in itertools.product(("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"), ("f32", "i8", "u8", "i16")):
        for size, (aligned, half) in itertools.product(([7, 9], [3, 2], [10, 5], [1, 1], [5, 4]), ((False, False), (True, False), (False, True))):
            kind_of = "ResizeBilinear" if code == "RESIZE_BILINEAR" else "ResizeNearestNeighbor"
            yield one(f"{code}.{kind}.{size[0]}x{size[1]}.{'a' if aligned else 'h' if half else 'n'}", code, kind, [[2, 5, 4, 3]], [2, *size, 3],
                      options(kind_of, alignCorners=aligned, halfPixelCenters=half), extra=[("i32", size)], version=3)


def slices():
    for kind in KINDS:
        yield one(f"SLICE.{kind}", "SLICE", kind, [[4, 5, 6]], [2, 3, 5], options("Slice"), extra=[("i32", [1, 2, 1]), ("i32", [2, 3, -1])])
        yield one(f"STRIDED_SLICE.{kind}", "STRIDED_SLICE", kind, [[4, 5, 6]], [2, 2, 6], options("StridedSlice"),
                  extra=[("i32", [0, -1, 0]), ("i32", [4, 0, 6]), ("i32", [2, -2, 1])])
        yield one(f"REVERSE_V2.{kind}", "REVERSE_V2", kind, [[4, 5, 6]], [4, 5, 6], options("ReverseV2"), extra=[("i32", [1])], out_quantization=quantization(kind))
    yield one("STRIDED_SLICE.masks", "STRIDED_SLICE", "f32", [[4, 5, 6]], [5, 1, 3], options("StridedSlice", beginMask=2, endMask=2, shrinkAxisMask=1, newAxisMask=4),
              extra=[("i32", [2, 1, 0, 0]), ("i32", [3, 2, 0, 6]), ("i32", [1, 1, 1, 2])])
    yield one("STRIDED_SLICE.ellipsis", "STRIDED_SLICE", "f32", [[4, 5, 6]], [4, 5, 2], options("StridedSlice", ellipsisMask=1),
              extra=[("i32", [0, 2]), ("i32", [0, 4]), ("i32", [1, 1])])
    yield one("SLICE.wide", "SLICE", "f32", [[4, 5]], [2, 3], options("Slice"), extra=[("i64", [1, 2]), ("i64", [2, 3])])
    for kind in ("f32", "i8"):
        yield several(f"SPLIT.{kind}", "SPLIT", kind, [4, 6], [[4, 2]] * 3, options("Split", numSplits=3), before=[("i32", 1)])
        yield several(f"SPLIT_V.{kind}", "SPLIT_V", kind, [4, 6], [[4, 1], [4, 3], [4, 2]], options("SplitV", numSplits=3), after=[("i32", [1, -1, 2]), ("i32", 1)])
        yield several(f"UNPACK.{kind}", "UNPACK", kind, [2, 3, 4], [[2, 4]] * 3, options("Unpack", num=3, axis=1))


def joins():
    for kind in KINDS:
        yield one(f"CONCATENATION.{kind}", "CONCATENATION", kind, [[2, 3], [2, 1], [2, 4]], [2, 8], options("Concatenation", axis=-1))
        yield one(f"PACK.{kind}", "PACK", kind, [[2, 3]] * 2, [2, 2, 3], options("Pack", axis=1, valuesCount=2))
    yield one("CONCATENATION.u8.scales", "CONCATENATION", "u8", [[2, 3], [2, 4]], [2, 7], options("Concatenation", axis=1),
              in_quantization=[{"scale": 0.02, "zero": 100}, {"scale": 0.05, "zero": 140}], out_quantization={"scale": 0.06, "zero": 110})
    yield one("CONCATENATION.relu", "CONCATENATION", "f32", [[2, 3], [2, 4]], [2, 7], options("Concatenation", axis=1, fusedActivationFunction=1))
    for code, kind in itertools.product(("PAD", "PADV2"), ("f32", "i8", "u8", "i16", "i32", "i64")):
        extra = [("i32", [[0, 1], [2, 0], [1, 3]])]
        if code == "PADV2":
            extra.append((kind, np.array(7).astype(np.int64) if kind != "f32" else 1.5, quantization(kind)))
        yield one(f"{code}.{kind}", code, kind, [[2, 3, 4]], [3, 5, 8], options("Pad" if code == "PAD" else "PadV2"), extra=extra)
    for kind, mode in itertools.product(("f32", "i8", "i32"), (0, 1)):
        yield one(f"MIRROR_PAD.{kind}.{mode}", "MIRROR_PAD", kind, [[4, 5, 3]], [7, 9, 4], options("MirrorPad", mode=mode), extra=[("i32", [[2, 1], [1, 3], [0, 1]])])


def shapes():
    for kind in KINDS:
        yield one(f"RESHAPE.{kind}", "RESHAPE", kind, [[2, 3, 4]], [6, 4], options("Reshape", newShape=[6, 4]), extra=[("i32", [6, -1])])
        yield one(f"TRANSPOSE.{kind}", "TRANSPOSE", kind, [[2, 3, 4, 5]], [5, 3, 2, 4], options("Transpose"), extra=[("i32", [3, 1, 0, 2])])
        yield one(f"TILE.{kind}", "TILE", kind, [[2, 3]], [4, 9], options("Tile"), extra=[("i32", [2, 3])])
        yield one(f"BROADCAST_TO.{kind}", "BROADCAST_TO", kind, [[3, 1]], [2, 3, 4], options("BroadcastTo"), extra=[("i32", [2, 3, 4])], version=2)
    yield one("RESHAPE.option", "RESHAPE", "f32", [[2, 3, 4]], [6, 4], options("Reshape", newShape=[6, 4]))
    yield one("RESHAPE.scalar", "RESHAPE", "f32", [[1, 1]], [], options("Reshape"), extra=[("i32", np.zeros(0, np.int32))])
    yield one("TRANSPOSE.6d", "TRANSPOSE", "f32", [[2, 1, 3, 2, 2, 3]], [2, 3, 1, 2, 2, 3], options("Transpose"), extra=[("i32", [3, 2, 1, 4, 0, 5])])
    yield one("SQUEEZE.f32", "SQUEEZE", "f32", [[1, 3, 1, 4]], [3, 1, 4], options("Squeeze", squeezeDims=[0]))
    yield one("SQUEEZE.all", "SQUEEZE", "i8", [[1, 3, 1, 4]], [3, 4], options("Squeeze", squeezeDims=[]))
    yield one("EXPAND_DIMS.f32", "EXPAND_DIMS", "f32", [[3, 4]], [3, 1, 4], options("ExpandDims"), extra=[("i32", -2)])
    yield one("SHAPE", "SHAPE", "f32", [[3, 4]], [2], options("Shape", outType=2), out_kind="i32")
    yield one("SHAPE.i64", "SHAPE", "f32", [[3, 4]], [2], options("Shape", outType=4), out_kind="i64")
    yield one("RANK", "RANK", "f32", [[3, 4]], [], options("Rank"), out_kind="i32")
    yield one("BROADCAST_ARGS", "BROADCAST_ARGS", "i32", [[3], [2]], [3], fed={0: np.array([2, 1, 3], np.int32), 1: np.array([4, 1], np.int32)})
    for kind in ("f32", "i8", "i32"):
        yield one(f"FILL.{kind}", "FILL", kind, [], [2, 3], options("Fill"), extra=[("i32", [2, 3]), (kind, 7, quantization(kind))])
    for code, kind in itertools.product(("DEPTH_TO_SPACE", "SPACE_TO_DEPTH"), ("f32", "i8", "u8", "i32")):
        deep, flat = [2, 3, 4, 12], [2, 6, 8, 3]
        yield one(f"{code}.{kind}", code, kind, [deep if code == "DEPTH_TO_SPACE" else flat], flat if code == "DEPTH_TO_SPACE" else deep,
                  options("DepthToSpace" if code == "DEPTH_TO_SPACE" else "SpaceToDepth", blockSize=2))
    for kind in ("f32", "i8", "u8"):
        yield one(f"SPACE_TO_BATCH_ND.{kind}", "SPACE_TO_BATCH_ND", kind, [[1, 5, 6, 2]], [6, 3, 2, 2], options("SpaceToBatchND"), extra=[("i32", [2, 3]), ("i32", [[1, 0], [0, 0]])])
        yield one(f"BATCH_TO_SPACE_ND.{kind}", "BATCH_TO_SPACE_ND", kind, [[6, 3, 2, 2]], [1, 5, 6, 2], options("BatchToSpaceND"), extra=[("i32", [2, 3]), ("i32", [[1, 0], [0, 0]])])
    yield one("SPACE_TO_BATCH_ND.3d", "SPACE_TO_BATCH_ND", "f32", [[1, 7, 2]], [2, 4, 2], options("SpaceToBatchND"), extra=[("i32", [2]), ("i32", [[1, 0]])])
    yield one("BATCH_TO_SPACE_ND.3d", "BATCH_TO_SPACE_ND", "f32", [[2, 4, 2]], [1, 7, 2], options("BatchToSpaceND"), extra=[("i32", [2]), ("i32", [[1, 0]])])
    # DILATE: input, dilations, padding value.
    yield one("DILATE", "DILATE", "f32", [[3, 4]], [5, 10], extra=[("i32", [2, 3]), ("f32", np.float32(-1))])
    yield one("MATRIX_DIAG", "MATRIX_DIAG", "f32", [[2, 3]], [2, 3, 3])
    yield one("MATRIX_SET_DIAG", "MATRIX_SET_DIAG", "f32", [[2, 3, 4], [2, 3]], [2, 3, 4])


def cases():
    yield from shapes()
    yield from slices()
    yield from joins()
    yield from resizes()
