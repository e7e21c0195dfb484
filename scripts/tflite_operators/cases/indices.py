"""Operators that read or write at computed places, and results whose extents depend on values."""

import itertools

import numpy as np

from .case import Case, Model, constants, one, options, quantization


def at(*values, kind=np.int32):
    return np.array(values, kind)


def gathers():
    for kind in ("f32", "i8", "u8", "i16", "i32", "i64", "bool"):
        yield one(f"GATHER.{kind}", "GATHER", kind, [[3, 5, 4], [2, 3]], [3, 2, 3, 4], options("Gather", axis=1), kinds=[kind, "i32"], limits={1: (0, 5)})
    yield one("GATHER.batch", "GATHER", "f32", [[3, 5, 4], [3, 2]], [3, 2, 4], options("Gather", axis=1, batchDims=1), kinds=["f32", "i32"], limits={1: (0, 5)})
    yield one("GATHER.batch.axis", "GATHER", "f32", [[2, 3, 5, 4], [2, 3]], [2, 3, 3, 4], options("Gather", axis=2, batchDims=1), kinds=["f32", "i32"], limits={1: (0, 5)})
    yield one("GATHER.scalar", "GATHER", "f32", [[3, 5], []], [5], options("Gather"), kinds=["f32", "i64"], limits={1: (0, 3)})
    for kind in ("f32", "i8", "i32", "i64"):
        yield one(f"GATHER_ND.{kind}", "GATHER_ND", kind, [[3, 5, 4], [6, 2]], [6, 4], options("GatherNd"), kinds=[kind, "i32"], limits={1: (0, 3)})
    yield one("GATHER_ND.whole", "GATHER_ND", "f32", [[3, 3], [2, 4, 2]], [2, 4], options("GatherNd"), kinds=["f32", "i64"], limits={1: (0, 3)})
    yield one("GATHER_ND.i16", "GATHER_ND", "f32", [[3, 3], [2, 1]], [2, 3], options("GatherNd"), kinds=["f32", "i16"], in_quantization=[{}, {}], limits={1: (0, 3)})


def scatters():
    for kind in ("f32", "i8", "i32", "i64"):
        # Repeated places are summed.
        yield one(f"SCATTER_ND.{kind}", "SCATTER_ND", kind, [[4, 1], [4, 3]], [5, 3], options("ScatterNd"), kinds=["i32", kind], in_quantization=[{}, {}], out_quantization={},
                  extra=[("i32", [5, 3])], fed={0: at([2], [0], [2], [4])})
    yield one("SCATTER_ND.points", "SCATTER_ND", "f32", [[3, 2], [3]], [4, 4], options("ScatterNd"), kinds=["i32", "f32"], extra=[("i32", [4, 4])], fed={0: at([0, 1], [3, 3], [2, 0])})
    for kind in ("f32", "i32"):
        yield one(f"SEGMENT_SUM.{kind}", "SEGMENT_SUM", kind, [[6, 2]], [4, 2], options("SegmentSum"), extra=[("i32", [0, 0, 1, 2, 3, 3])])
        for code in ("SUM", "MAX", "MIN", "PROD"):
            yield one(f"UNSORTED_SEGMENT_{code}.{kind}", f"UNSORTED_SEGMENT_{code}", kind, [[6, 2]], [4, 2], options(f"UnsortedSegment{code.capitalize()}"),
                      extra=[("i32", [0, 2, 1, 0, 3, 3]), ("i32", 4)])
    for kind in ("f32", "i8", "i32"):
        yield one(f"DYNAMIC_UPDATE_SLICE.{kind}", "DYNAMIC_UPDATE_SLICE", kind, [[4, 5], [2, 3], [2]], [4, 5], options("DynamicUpdateSlice"), kinds=[kind, kind, "i32"],
                  fed={2: at(1, 3)})
    for kind in ("f32", "i32", "i64"):
        yield one(f"SPARSE_TO_DENSE.{kind}", "SPARSE_TO_DENSE", kind, [], [4, 5], options("SparseToDense"),
                  extra=[("i32", [[0, 1], [2, 3], [3, 0]]), ("i32", [4, 5]), (kind, [5, 6, 7]), (kind, -1 if kind != "f32" else -1.0)], version=3)


def orders():
    for kind in ("f32", "i8", "u8", "i32", "i64"):
        model = Model()
        x = model.input(kind, [3, 9], **quantization(kind))
        k = model.tensor("i32", [], 4)
        outputs = [model.output(kind, [3, 4], **quantization(kind)), model.output("i32", [3, 4])]
        model.op("TOPK_V2", [x, k], outputs, options("TopKV2"))
        yield Case(f"TOPK_V2.{kind}", model)
    for kind in ("f32", "i8", "i32"):
        yield one(f"REVERSE_SEQUENCE.{kind}", "REVERSE_SEQUENCE", kind, [[3, 5, 2], [3]], [3, 5, 2], options("ReverseSequence", seqDim=1, batchDim=0), kinds=[kind, "i32"], fed={1: at(2, 5, 0 + 1)})
    yield one("REVERSE_SEQUENCE.time-major", "REVERSE_SEQUENCE", "f32", [[5, 3, 2], [3]], [5, 3, 2], options("ReverseSequence", seqDim=0, batchDim=1), kinds=["f32", "i64"], fed={1: at(2, 5, 1, kind=np.int64)})
    for kind, (on, off) in (("f32", (2.5, -1.0)), ("i32", (7, 1)), ("i64", (7, 1)), ("bool", (True, False)), ("i8", (7, 1))):
        yield one(f"ONE_HOT.{kind}", "ONE_HOT", kind, [[2, 3]], [2, 3, 5], options("OneHot", axis=-1), kinds=["i32"], in_quantization=[{}],
                  extra=[("i32", 5), (kind, on), (kind, off)], out_quantization={}, fed={0: at([0, 4, 2], [5, -1, 1])})
    yield one("ONE_HOT.axis", "ONE_HOT", "f32", [[2, 3]], [2, 5, 3], options("OneHot", axis=1), kinds=["i32"], extra=[("i32", 5), ("f32", 1.0), ("f32", 0.0)], limits={0: (0, 5)})
    yield one("BUCKETIZE", "BUCKETIZE", "f32", [[3, 4]], [3, 4], options("Bucketize", boundaries=[-0.5, 0.0, 0.4]), out_kind="i32")


def computed():
    """Extents that only values determine."""
    yield one("RANGE.f32", "RANGE", "f32", [], [5], options("Range"), extra=[("f32", 0.5), ("f32", 3.0), ("f32", 0.5)])
    yield one("RANGE.computed", "RANGE", "i32", [[], [], []], [4], options("Range"), fed={0: np.array(1, np.int32), 1: np.array(9, np.int32), 2: np.array(2, np.int32)})
    yield one("FILL.computed", "FILL", "f32", [[2], []], [2, 3], options("Fill"), kinds=["i32", "f32"], fed={0: at(2, 3)})
    yield one("RESHAPE.computed", "RESHAPE", "f32", [[2, 3, 4], [2]], [8, 3], options("Reshape"), kinds=["f32", "i32"], fed={1: at(8, -1)})
    yield one("BROADCAST_TO.computed", "BROADCAST_TO", "f32", [[3, 1], [2]], [3, 4], options("BroadcastTo"), kinds=["f32", "i32"], fed={1: at(3, 4)}, version=2)
    yield one("TILE.computed", "TILE", "f32", [[3, 1], [2]], [3, 4], options("Tile"), kinds=["f32", "i32"], fed={1: at(1, 4)})
    yield one("SLICE.computed", "SLICE", "f32", [[5, 4], [2], [2]], [2, 3], options("Slice"), kinds=["f32", "i32", "i32"], fed={1: at(2, 1), 2: at(2, 3)})
    yield one("WHERE.bool", "WHERE", "bool", [[3, 4]], [6, 2], options("Where"), out_kind="i64", fed={0: np.eye(3, 4, dtype=bool)})
    yield one("WHERE.f32", "WHERE", "f32", [[3, 4]], [6, 2], options("Where"), out_kind="i64", fed={0: np.eye(3, 4, dtype=np.float32)})
    for kind in ("f32", "i32", "i64"):
        model = Model()
        x = model.input(kind, [8])
        outputs = [model.output(kind, [4]), model.output("i32", [8])]
        model.op("UNIQUE", [x], outputs, options("Unique", idxOutType=2))
        yield Case(f"UNIQUE.{kind}", model, fed={0: np.array([3, 1, 3, 2, 9, 1, 9, 3]).astype({"f32": np.float32, "i32": np.int32, "i64": np.int64}[kind])})


def cases():
    yield from gathers()
    yield from scatters()
    yield from orders()
    yield from computed()
