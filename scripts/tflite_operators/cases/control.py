"""Calls of subgraphs, branches, loops, variables, spectra."""

import numpy as np
from flatbuffers import flexbuffers

from .case import Case, Model, constants, options


def function(model, name, shape, build, kinds=("f32",)):
    """A subgraph with inputs of `shape`, whose outputs `build(subgraph, inputs)` makes."""
    part, index = model.subgraph(name)
    inputs = [part.input(kind, shape if kind == "f32" else []) for kind in kinds]
    part.table.outputs = build(part, inputs)
    return index


def scaled(factor):
    def build(part, inputs):
        y = part.tensor("f32", [2, 3])
        part.op("MUL", [inputs[0], part.tensor("f32", [], factor)], [y], options("Mul"))
        return [y]
    return build


def branch(taken):
    model = Model()
    condition, x = model.input("bool", []), model.input("f32", [2, 3])
    first = function(model, "then", [2, 3], scaled(2.0))
    second = function(model, "else", [2, 3], scaled(-3.0))
    model.op("IF", [condition, x], [model.output("f32", [2, 3])], options("If", thenSubgraphIndex=first, elseSubgraphIndex=second))
    return Case(f"IF.{taken}", model, fed={0: np.array(taken)})


def loop(rounds):
    model = Model()
    count, x = model.input("i32", []), model.input("f32", [2, 3])

    def condition(part, inputs):
        y = part.tensor("bool", [])
        part.op("LESS", [inputs[0], part.tensor("i32", [], rounds)], [y], options("Less"))
        return [y]

    def body(part, inputs):
        next_count, y = part.tensor("i32", []), part.tensor("f32", [2, 3])
        part.op("ADD", [inputs[0], part.tensor("i32", [], 1)], [next_count], options("Add"))
        part.op("MUL", [inputs[1], part.tensor("f32", [], 1.5)], [y], options("Mul"))
        return [next_count, y]

    first = function(model, "cond", [2, 3], condition, ("i32", "f32"))
    second = function(model, "body", [2, 3], body, ("i32", "f32"))
    model.op("WHILE", [count, x], [model.output("i32", []), model.output("f32", [2, 3])],
             options("While", condSubgraphIndex=first, bodySubgraphIndex=second))
    return Case(f"WHILE.{rounds}", model, fed={0: np.array(0, np.int32)})


def composite():
    model = Model()
    x = model.input("f32", [2, 3])
    index = function(model, "odml.scaled.impl", [2, 3], scaled(0.25))
    table = options("StableHLOComposite", name="odml.scaled", decompositionSubgraphIndex=index, compositeAttributes=list(bytes(flexbuffers.Dumps({"scale": 1}))))
    model.op("STABLEHLO_COMPOSITE", [x], [model.output("f32", [2, 3])], table)
    return Case("STABLEHLO_COMPOSITE", model)


def variables():
    model = Model()
    x = model.input("f32", [1, 4])
    part, index = model.subgraph("init")
    handle = part.tensor("resource", [])
    part.op("VAR_HANDLE", [], [handle], options("VarHandle", container="", sharedName="v"))
    part.op("ASSIGN_VARIABLE", [handle, part.tensor("f32", [1, 4], [[1, 2, 3, 4]])], [], options("AssignVariable"))
    model.op("CALL_ONCE", [], [], options("CallOnce", initSubgraphIndex=index))
    own, value, y = model.tensor("resource", []), model.tensor("f32", [1, 4]), model.output("f32", [1, 4])
    model.op("VAR_HANDLE", [], [own], options("VarHandle", container="", sharedName="v"))
    model.op("READ_VARIABLE", [own], [value], options("ReadVariable"))
    model.op("ADD", [value, x], [y], options("Add"))
    model.op("ASSIGN_VARIABLE", [own, y], [], options("AssignVariable"))
    return Case("CALL_ONCE", model)


def spectrum(length, frame, code):
    model = Model()
    x = model.input("f32", [3, frame])
    spectrum, y = model.tensor("c64", [3, length // 2 + 1]), model.output("f32", [3, length // 2 + 1])
    image = model.tensor("f32", [3, 1, frame])
    complex_image = model.tensor("c64", [3, 1, length // 2 + 1])
    model.op("RESHAPE", [x, model.tensor("i32", [3], [3, 1, frame])], [image], options("Reshape", newShape=[3, 1, frame]))
    model.op("RFFT2D", [image, model.tensor("i32", [2], [1, length])], [complex_image], options("Rfft2d"))
    model.op("RESHAPE", [complex_image, model.tensor("i32", [2], [3, length // 2 + 1])], [spectrum], options("Reshape", newShape=[3, length // 2 + 1]))
    model.op(code, [spectrum], [y])
    return Case(f"RFFT2D.{length}.{frame}.{code}", model)


def plane():
    model = Model()
    x = model.input("f32", [2, 8, 16])
    spectrum, y = model.tensor("c64", [2, 8, 9]), model.output("f32", [2, 8, 9])
    model.op("RFFT2D", [x, model.tensor("i32", [2], [8, 16])], [spectrum], options("Rfft2d"))
    model.op("COMPLEX_ABS", [spectrum], [y])
    return Case("RFFT2D.plane", model)


def cases():
    yield branch(True)
    yield branch(False)
    yield loop(0)
    yield loop(3)
    yield composite()
    yield variables()
    for length, frame in ((16, 16), (32, 20), (512, 400)):
        yield spectrum(length, frame, "COMPLEX_ABS")
    yield spectrum(16, 16, "REAL")
    yield spectrum(16, 16, "IMAG")
    yield plane()
