"""Convolutions, plain, depthwise and transposed, and pools, in every pair of types."""

import itertools
import struct

import numpy as np

from .case import Case, Model, QUANTIZED, bias, constants, one, options, quantization, weights

# (activations, weights) and whether weights have a scale a channel.
FORMS = [("f32", "f32", False), ("f32", "i8", True), ("f32", "i8", False), ("f32", "i4", True), ("i8", "i8", True), ("i8", "i8", False),
         ("u8", "u8", False), ("i16", "i8", True), ("i8", "i4", True), ("i16", "i4", True)]
# LiteRT's depthwise kernels have no such form, or compute it from bytes that are none.
NO_DEPTHWISE = [("f32", "i8", False), ("f32", "i4", True), ("i16", "i4", True)]
OUT = {"i8": {"scale": 0.06, "zero": -9}, "u8": {"scale": 0.06, "zero": 120}, "i16": {"scale": 1 / 4096, "zero": 0}}
GEOMETRIES = [  # height, width, in, out, kernel, stride, dilation, padding (0 SAME)
    (8, 9, 3, 5, (3, 3), (1, 1), (1, 1), 0), (8, 9, 4, 8, (1, 1), (1, 1), (1, 1), 1), (9, 7, 5, 17, (3, 5), (2, 1), (1, 1), 0),
    (10, 10, 2, 3, (3, 3), (1, 1), (2, 2), 1), (11, 9, 4, 4, (2, 2), (2, 3), (1, 1), 1), (6, 6, 1, 16, (5, 5), (2, 2), (1, 1), 0),
    (4, 4, 40, 33, (1, 1), (2, 2), (1, 1), 0), (3, 3, 6, 2, (3, 3), (1, 1), (3, 2), 0),
]


def extent(size, kernel, stride, dilation, padding):
    reach = (kernel - 1) * dilation + 1
    return -(-size // stride) if padding == 0 else -(-(size - reach + 1) // stride)


def convolution(name, form, geometry, depthwise=False, groups=1, activation=0, batch=1, has_bias=True, multiplier=1, f16=False):
    kind, weight_kind, per_channel = form
    height, width, depth, out_depth, kernel, stride, dilation, padding = geometry
    model = Model()
    x = model.input(kind, [batch, height, width, depth], **quantization(kind))
    shape = [1, *kernel, depth * multiplier] if depthwise else [out_depth, *kernel, depth // groups]
    out_depth = depth * multiplier if depthwise else out_depth
    if f16:
        stored, _ = weights(model, shape, "f16")
        w, scales = model.tensor("f32", shape), None
        model.op("DEQUANTIZE", [stored], [w], options("Dequantize"))
    else:
        w, scales = weights(model, shape, weight_kind, axis=3 if depthwise else 0, per_channel=per_channel)
    inputs = [x, w]
    if has_bias:
        count = scales if scales is not None else [1]
        inputs.append(bias(model, out_depth, kind, np.broadcast_to(count, out_depth) if per_channel else count))
    out = [batch] + [extent(s, k, st, d, padding) for s, k, st, d in zip((height, width), kernel, stride, dilation)] + [out_depth]
    y = model.output(kind, out, **OUT.get(kind, {}))
    fields = dict(padding=padding, strideH=stride[0], strideW=stride[1], dilationHFactor=dilation[0], dilationWFactor=dilation[1],
                  fusedActivationFunction=activation)
    if depthwise:
        model.op("DEPTHWISE_CONV_2D", inputs, [y], options("DepthwiseConv2D", depthMultiplier=multiplier, **fields), version=6)
    else:
        model.op("CONV_2D", inputs, [y], options("Conv2D", **fields), version=6)
    return Case(name, model)


def label(form):
    return f"{form[0]}.{form[1]}{'c' if form[2] else ''}"


def transposed(name, form, geometry, padding, has_bias, activation=0, custom=False):
    kind, weight_kind, per_channel = form
    height, width, depth, out_depth, kernel, stride = geometry
    model = Model()
    sizes = [(s * st if padding == 0 else (s - 1) * st + k) for s, st, k in zip((height, width), stride, kernel)]
    w, scales = weights(model, [out_depth, *kernel, depth], weight_kind, per_channel=per_channel)
    x = model.input(kind, [1, height, width, depth], **quantization(kind))
    added = [bias(model, out_depth, kind, scales if scales is not None else [1])] if has_bias else []
    y = model.output(kind, [1, *sizes, out_depth], **OUT.get(kind, {}))
    if custom:
        model.op("CUSTOM:Convolution2DTransposeBias", [x, w] + added, [y], custom=struct.pack("<iii", 2 - (padding == 0), stride[1], stride[0]))
    else:
        target = model.tensor("i32", [4], [1, *sizes, out_depth])
        model.op("TRANSPOSE_CONV", [target, w, x] + added, [y],
                 options("TransposeConv", padding=padding, strideH=stride[0], strideW=stride[1], fusedActivationFunction=activation), version=3)
    return Case(name, model)


def volume(name, transpose=False, padding=0, strides=(1, 1, 1), dilations=(1, 1, 1), has_bias=True):
    model = Model()
    rng = constants(3)
    size, kernel, depth, out_depth = (5, 6, 4), (3, 2, 3), 3, 4
    fields = dict(padding=padding, strideD=strides[0], strideH=strides[1], strideW=strides[2], dilationDFactor=dilations[0],
                  dilationHFactor=dilations[1], dilationWFactor=dilations[2])
    if transpose:
        out = [(s * st if padding == 0 else (s - 1) * st + k) for s, st, k in zip(size, strides, kernel)]
        w = model.tensor("f32", [*kernel, out_depth, depth], rng.uniform(-1, 1, [*kernel, out_depth, depth]))
        inputs = [model.tensor("i32", [5], [1, *out, out_depth]), w, model.input("f32", [1, *size, depth])]
    else:
        out = [extent(s, k, st, d, padding) for s, k, st, d in zip(size, kernel, strides, dilations)]
        w = model.tensor("f32", [*kernel, depth, out_depth], rng.uniform(-1, 1, [*kernel, depth, out_depth]))
        inputs = [model.input("f32", [1, *size, depth]), w]
    if has_bias:
        inputs.append(model.tensor("f32", [out_depth], rng.uniform(-1, 1, out_depth)))
    y = model.output("f32", [1, *out, out_depth])
    model.op("CONV_3D_TRANSPOSE" if transpose else "CONV_3D", inputs, [y], options("Conv3D", **fields))
    return Case(name, model)


def pools():
    for code, kind in itertools.product(("MAX_POOL_2D", "AVERAGE_POOL_2D"), ("f32", "i8", "u8", "i16")):
        for position, (window, stride, padding, activation) in enumerate(
                [((2, 2), (2, 2), 1, 0), ((3, 3), (1, 1), 0, 0), ((3, 2), (2, 3), 0, 1), ((7, 8), (1, 1), 1, 0), ((3, 3), (2, 2), 0, 3)]):
            out = [2] + [extent(s, k, st, 1, padding) for s, k, st in zip((7, 8), window, stride)] + [9]
            yield one(f"{code}.{kind}.{position}", code, kind, [[2, 7, 8, 9]], out,
                      options("Pool2D", padding=padding, strideH=stride[0], strideW=stride[1], filterHeight=window[0], filterWidth=window[1],
                              fusedActivationFunction=activation))
    yield one("L2_POOL_2D.f32", "L2_POOL_2D", "f32", [[1, 6, 6, 4]], [1, 3, 3, 4],
              options("Pool2D", padding=1, strideH=2, strideW=2, filterHeight=2, filterWidth=2))


def cases():
    for form in FORMS:
        for position, geometry in enumerate(GEOMETRIES):
            if position >= 4 and form[1] == "i4":
                continue
            yield convolution(f"CONV_2D.{label(form)}.{position}", form, geometry, activation=(0, 1, 3)[position % 3], batch=1 + position % 2)
            if position < 6 and form not in NO_DEPTHWISE:
                yield convolution(f"DEPTHWISE_CONV_2D.{label(form)}.{position}", form, geometry, depthwise=True,
                                  activation=(3, 0, 1)[position % 3], multiplier=1 + position % 3)
    for form in FORMS:
        if form[1] != "i4":
            yield convolution(f"CONV_2D.{label(form)}.groups", form, (6, 6, 8, 12, (3, 3), (1, 1), (1, 1), 0), groups=4)
    yield convolution("CONV_2D.f16", FORMS[0], GEOMETRIES[0], f16=True)
    yield convolution("DEPTHWISE_CONV_2D.f16", FORMS[0], GEOMETRIES[0], depthwise=True, f16=True)
    shapes = [(4, 5, 3, 6, (3, 3), (2, 2)), (3, 3, 8, 4, (2, 2), (2, 2)), (5, 4, 2, 3, (4, 4), (1, 2)), (3, 4, 4, 4, (1, 3), (3, 1)), (2, 2, 4, 5, (2, 2), (3, 3))]
    for form in [("f32", "f32", False), ("f32", "i8", True), ("i8", "i8", True), ("i8", "i8", False), ("u8", "u8", False), ("i16", "i8", True)]:
        for position, geometry in enumerate(shapes):
            yield transposed(f"TRANSPOSE_CONV.{label(form)}.{position}", form, geometry, position % 2, position % 3 != 0,
                             activation=1 if position == 4 else 0)
    yield transposed("TRANSPOSE_CONV.f32.same3", FORMS[0], shapes[4], 0, True)
    for position, fields in enumerate([{}, {"padding": 1}, {"strides": (2, 1, 2)}, {"padding": 1, "dilations": (2, 1, 1), "has_bias": False}]):
        yield volume(f"CONV_3D.{position}", **fields)
        if "dilations" not in fields:
            yield volume(f"CONV_3D_TRANSPOSE.{position}", True, **fields)
    yield from pools()
