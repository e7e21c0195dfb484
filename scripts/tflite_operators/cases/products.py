"""Fully connected layers, products of activations, embeddings."""

import numpy as np

from .case import Case, Model, QUANTIZED, bias, constants, one, options, quantization, weights
from .convolutions import FORMS, OUT, label


def fully_connected(name, form, shape, units, keep=False, activation=0, has_bias=True, asymmetric=False, computed=False, depth=None):
    kind, weight_kind, per_channel = form
    depth = depth or shape[-1]
    model = Model()
    x = model.input(kind, shape, **quantization(kind))
    if computed:
        w, scales = model.input(weight_kind, [units, depth], **({"scale": 0.01} if weight_kind == "i8" else {})), [0.01]
    else:
        w, scales = weights(model, [units, depth], weight_kind, per_channel=per_channel)
    inputs = [x, w]
    if has_bias:
        inputs.append(bias(model, units, kind, scales if scales is not None else [1]))
    rows = int(np.prod(shape)) // depth
    y = model.output(kind, (shape[:-1] if keep else [rows]) + [units], **OUT.get(kind, {}))
    model.op("FULLY_CONNECTED", inputs, [y], options("FullyConnected", fusedActivationFunction=activation, keepNumDims=keep,
                                                     asymmetricQuantizeInputs=asymmetric), version=9)
    return Case(name, model)


def batch_matmul():
    shapes = [([2, 3, 4], [2, 4, 5]), ([3, 7], [7, 2]), ([2, 1, 3, 4], [1, 5, 4, 6]), ([6, 3, 33], [33, 9])]
    for kind in ("f32", "i8", "i16"):
        for position, (a, b) in enumerate(shapes):
            for adjoint in ((False, False), (True, False), (False, True)):
                left = a[:-2] + [a[-1], a[-2]] if adjoint[0] else a
                right = b[:-2] + [b[-1], b[-2]] if adjoint[1] else b
                out = list(np.broadcast_shapes(tuple(a[:-2]), tuple(b[:-2]))) + [a[-2], b[-1]]
                yield one(f"BATCH_MATMUL.{kind}.{position}.{'xy'[adjoint[1]] if any(adjoint) else 'n'}", "BATCH_MATMUL", kind, [left, right], out,
                          options("BatchMatMul", adjX=adjoint[0], adjY=adjoint[1]), out_quantization=OUT.get(kind, {}), version=2)
    model = Model()
    x = model.input("f32", [2, 5, 16])
    rng = constants(1)
    w = model.tensor("i8", [16, 8], rng.integers(-127, 128, [16, 8]), scale=0.01)
    y = model.output("f32", [2, 5, 8])
    model.op("BATCH_MATMUL", [x, w], [y], options("BatchMatMul", asymmetricQuantizeInputs=True), version=4)
    yield Case("BATCH_MATMUL.hybrid", model)


def embeddings():
    rng = constants(1)
    ids = np.array([2, 0, 6, 2], np.int32)
    for kind, quantized in (("f32", {}), ("i8", {"scale": 0.02}), ("u8", {"scale": 0.02}), ("i4", {"scale": 0.1})):
        model = Model()
        x = model.input("i32", [4])
        low, high = {"f32": (-1, 1), "i8": (-127, 128), "u8": (0, 256), "i4": (-7, 8)}[kind]
        values = rng.uniform(low, high, [7, 6]) if kind == "f32" else rng.integers(low, high, [7, 6])
        table = model.tensor(kind, [7, 6], values, **quantized)
        y = model.output("f32", [4, 6])
        model.op("EMBEDDING_LOOKUP", [x, table], [y], version=4)
        yield Case(f"EMBEDDING_LOOKUP.{kind}", model, fed={0: ids})
    for kind in ("i8", "i4"):
        model = Model()
        x = model.input("i32", [4])
        top = 127 if kind == "i8" else 7
        table = model.tensor(kind, [7, 6], rng.integers(-top, top + 1, [7, 6]), scale=rng.uniform(0.01, 0.02, 7), axis=0)
        y = model.output("f32", [4, 6])
        model.op("EMBEDDING_LOOKUP", [x, table], [y], version=4)
        yield Case(f"EMBEDDING_LOOKUP.{kind}c", model, fed={0: ids})


def cases():
    for form in FORMS:
        for position, (shape, units) in enumerate([([1, 20], 7), ([3, 33], 16), ([2, 3, 5], 4), ([1, 2, 2, 8], 3), ([4, 64], 1)]):
            if position in (0, 1, 3) or form[1] != "i4":
                yield fully_connected(f"FULLY_CONNECTED.{label(form)}.{position}", form, shape, units, keep=position == 2, activation=(0, 1, 3)[position % 3],
                                      has_bias=position != 4)
    for form in (("f32", "i8", False), ("f32", "i8", True), ("f32", "i4", True)):
        yield fully_connected(f"FULLY_CONNECTED.{label(form)}.asymmetric", form, [3, 40], 9, asymmetric=True)
    yield fully_connected("FULLY_CONNECTED.f32.flatten", FORMS[0], [2, 3, 4], 5, depth=12)
    yield fully_connected("FULLY_CONNECTED.f32.computed", FORMS[0], [3, 12], 5, computed=True)
    yield fully_connected("FULLY_CONNECTED.f32.computed.keep", FORMS[0], [2, 3, 12], 5, computed=True, keep=True, has_bias=False, activation=1)
    yield fully_connected("FULLY_CONNECTED.i8.computed", FORMS[5], [3, 12], 5, computed=True)
    yield from batch_matmul()
    yield from embeddings()
