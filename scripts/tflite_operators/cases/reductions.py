"""Reductions, softmax, normalisations, cumulative sums."""

import itertools

import numpy as np

from .case import Case, Model, QUANTIZED, one, options, quantization


def reduced(shape, axes, keep):
    axes = {a % len(shape) for a in axes}
    return [1 if i in axes else d for i, d in enumerate(shape) if keep or i not in axes]


def reductions():
    kinds = {"SUM": ["f32", "i8", "u8", "i16", "i32", "i64"], "MEAN": ["f32", "i8", "u8", "i16", "i32"], "REDUCE_MAX": ["f32", "i8", "u8", "i16", "i32", "i64"],
             "REDUCE_MIN": ["f32", "i8", "u8", "i16", "i32"], "REDUCE_PROD": ["f32", "i32", "i8", "i64"], "REDUCE_ANY": ["bool"], "REDUCE_ALL": ["bool"]}
    shape = [2, 5, 4, 3]
    for code, types in kinds.items():
        for kind in types:
            for position, (axes, keep) in enumerate([([1, 2], False), ([3], True), ([0, 1, 2, 3], False), ([-1, 1], True), ([2], False)]):
                if position > 2 and kind not in ("f32", "i8"):
                    continue
                out = quantization(kind) if code.startswith("REDUCE_M") else {"scale": {"SUM": 0.2, "MEAN": 0.02, "REDUCE_PROD": 0.01}.get(code, 1), "zero": {"i8": -7, "u8": 99}.get(kind, 0)} if kind in QUANTIZED else {}
                if code == "SUM" and kind == "i16":
                    out = {"scale": 1 / 1024, "zero": 0}
                yield one(f"{code}.{kind}.{position}", code, kind, [shape], reduced(shape, axes, keep), options("Reducer", keepDims=keep),
                          extra=[("i32", axes)], out_quantization=out, limits={0: (1, 2)} if code == "REDUCE_PROD" and kind != "i8" else None, version=1 if kind == "bool" else 2)
    yield one("MEAN.i8.same", "MEAN", "i8", [shape], [2, 3], options("Reducer"), extra=[("i32", [1, 2])])
    yield one("MEAN.u8.same", "MEAN", "u8", [shape], [2, 3], options("Reducer"), extra=[("i32", [1, 2])])
    yield one("SUM.f32.scalar-axis", "SUM", "f32", [[3, 4]], [3], options("Reducer"), extra=[("i32", 1)])
    for code, kind, target in itertools.product(("ARG_MAX", "ARG_MIN"), ("f32", "i8", "u8", "i32"), ("i32", "i64")):
        axis = 1 if target == "i32" else -1
        yield one(f"{code}.{kind}.{target}", code, kind, [[3, 7, 5]], reduced([3, 7, 5], [axis], False),
                  options("ArgMax" if code == "ARG_MAX" else "ArgMin", outputType=2 if target == "i32" else 4), out_kind=target, out_quantization={},
                  extra=[("i32", [axis])])


def softmax():
    for kind in ("f32", "i8", "u8", "i16"):
        out = {"i8": {"scale": 1 / 256, "zero": -128}, "u8": {"scale": 1 / 256, "zero": 0}, "i16": {"scale": 1 / 32768, "zero": 0}}.get(kind, {})
        for position, (shape, beta) in enumerate([([3, 10], 1.0), ([2, 3, 4, 1000], 1.0), ([4, 7], 0.3), ([5, 1], 2.0)]):
            yield one(f"SOFTMAX.{kind}.{position}", "SOFTMAX", kind, [shape], shape, options("Softmax", beta=beta), limits={"all": (-6, 6)} if kind == "f32" else None,
                      in_quantization=[{"scale": 0.1, "zero": quantization(kind)["zero"]} if kind in ("i8", "u8") else {"scale": 2 ** -11, "zero": 0} if kind == "i16" else {}],
                      out_quantization=out)
    yield one("SOFTMAX.i8.i16", "SOFTMAX", "i8", [[3, 20]], [3, 20], options("Softmax", beta=1.0), out_kind="i16", out_quantization={"scale": 1 / 32768, "zero": 0})
    for kind in ("f32", "i8", "u8"):
        out = {"i8": {"scale": 16 / 256, "zero": 127}, "u8": {"scale": 16 / 256, "zero": 255}}.get(kind, {})
        yield one(f"LOG_SOFTMAX.{kind}", "LOG_SOFTMAX", kind, [[3, 10]], [3, 10], options("LogSoftmax"), out_quantization=out)


def cases():
    yield from reductions()
    yield from softmax()
    for kind in ("f32", "i8", "u8"):
        out = {"i8": {"scale": 1 / 128, "zero": 0}, "u8": {"scale": 1 / 128, "zero": 128}}.get(kind, {})
        yield one(f"L2_NORMALIZATION.{kind}", "L2_NORMALIZATION", kind, [[2, 3, 8]], [2, 3, 8], options("L2Norm"), out_quantization=out)
    for position, fields in enumerate([{"radius": 2, "bias": 1.0, "alpha": 1e-1, "beta": 0.75}, {"radius": 5, "bias": 2.0, "alpha": 1.0, "beta": 0.5}]):
        yield one(f"LOCAL_RESPONSE_NORMALIZATION.{position}", "LOCAL_RESPONSE_NORMALIZATION", "f32", [[1, 3, 3, 12]], [1, 3, 3, 12],
                  options("LocalResponseNormalization", **fields), limits={"all": (-4, 4)})
    for kind in ("f32", "i32", "i64"):
        for exclusive, reverse in itertools.product((False, True), (False, True)):
            yield one(f"CUMSUM.{kind}.{int(exclusive)}{int(reverse)}", "CUMSUM", kind, [[3, 4, 5]], [3, 4, 5],
                      options("Cumsum", exclusive=exclusive, reverse=reverse), extra=[("i32", 1)])
    # REDUCE_WINDOW: input, initial value, window, strides, window dilations.
    for position, (window, stride, dilation) in enumerate([([2, 2], [1, 1], [1, 1]), ([2, 3], [2, 1], [1, 2])]):
        out = [(s - ((w - 1) * d + 1)) // st + 1 for s, w, st, d in zip([6, 8], window, stride, dilation)]
        for function, initial in ((1, 0.0), (2, 1.0), (3, 9.0), (4, -9.0)):
            yield one(f"REDUCE_WINDOW.{position}.{function}", "REDUCE_WINDOW", "f32", [[6, 8]], out, options("ReduceWindow", reduceFunction=function),
                      extra=[("f32", np.float32(initial))] + [("i64", v) for v in (window, stride, dilation)])
