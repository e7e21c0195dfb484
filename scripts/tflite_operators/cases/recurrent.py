"""Recurrent layers, with states that start at zero."""

import itertools

import numpy as np

from .case import Case, Model, constants, options


class Layer:
    """Adds an LSTM's operands to a model."""

    def __init__(self, model, kind, inputs, cells, outputs=None, seed=1):
        self.model, self.kind, self.inputs, self.cells = model, kind, inputs, cells
        self.outputs, self.rng = outputs or cells, constants(seed)

    def matrix(self, rows, columns):
        values = self.rng.uniform(-0.6, 0.6, [rows, columns])
        if self.kind == "f32":
            return self.model.tensor("f32", [rows, columns], values)
        scale = 0.6 / 127
        return self.model.tensor("i8", [rows, columns], np.round(values / scale), scale=scale)

    def vector(self, count, low=-0.5, high=0.5, quantized=False):
        values = self.rng.uniform(low, high, count)
        if quantized and self.kind != "f32":
            scale = 0.5 / 127
            return self.model.tensor("i8", [count], np.round(values / scale), scale=scale)
        return self.model.tensor("f32", [count], values)

    def operands(self, cifg=False, peephole=False, projection=False):
        """Inputs 1 to 17."""
        n, gates = self.cells, range(4)
        first = lambda gate, made: -1 if gate == 0 and cifg else made()
        weights = [first(g, lambda: self.matrix(n, self.inputs)) for g in gates]
        recurrent = [first(g, lambda: self.matrix(n, self.outputs)) for g in gates]
        peep = [first(g, lambda: self.vector(n, quantized=True)) for g in range(3)] if peephole else [-1] * 3
        biases = [first(g, lambda: self.vector(n)) for g in gates]
        project = [self.matrix(self.outputs, n), self.vector(self.outputs)] if projection else [-1, -1]
        return weights + recurrent + peep + biases + project


def lstm(name, kind="f32", code="UNIDIRECTIONAL_SEQUENCE_LSTM", time_major=False, batch=2, steps=5, cifg=False, peephole=False,
         projection=False, norm=False, clip=0.0, project_clip=0.0, asymmetric=False, inputs=3, cells=4):
    model = Model()
    layer = Layer(model, kind, inputs, cells, 3 if projection else None)
    shape = [batch, inputs] if code == "LSTM" else [steps, batch, inputs] if time_major else [batch, steps, inputs]
    x = model.input("f32", shape)
    operands = [x] + layer.operands(cifg, peephole, projection)
    operands += [model.tensor("f32", [batch, layer.outputs], variable=True), model.tensor("f32", [batch, cells], variable=True)]
    if norm:
        operands += [-1 if g == 0 and cifg else layer.vector(cells, 0.5, 1.5) for g in range(4)]
    y = model.output("f32", shape[:-1] + [layer.outputs])
    fields = dict(fusedActivationFunction=4, cellClip=clip, projClip=project_clip, asymmetricQuantizeInputs=asymmetric)
    if code != "LSTM":
        fields["timeMajor"] = time_major
    model.op(code, operands, [y], options("LSTM" if code == "LSTM" else "UnidirectionalSequenceLSTM", **fields), version=3)
    return Case(name, model)


def bidirectional(name, merge, kind="f32", time_major=False):
    model = Model()
    layers = [Layer(model, kind, 3, 4, seed=1), Layer(model, kind, 3, 4, seed=2)]
    x = model.input("f32", [4, 2, 3] if time_major else [2, 4, 3])
    operands = [x] + layers[0].operands() + layers[1].operands()
    for layer in layers:
        operands += [model.tensor("f32", [2, layer.cells], variable=True), model.tensor("f32", [2, layer.cells], variable=True)]
    operands += [-1] * 9
    lead = [4, 2] if time_major else [2, 4]
    outputs = [model.output("f32", lead + [8])] if merge else [model.output("f32", lead + [4]), model.output("f32", lead + [4])]
    model.op("BIDIRECTIONAL_SEQUENCE_LSTM", operands, outputs,
             options("BidirectionalSequenceLSTM", fusedActivationFunction=4, mergeOutputs=merge, timeMajor=time_major), version=3)
    return Case(name, model)


def integer_lstm(name, projection=False, norm=False, peephole=False, cifg=False):
    """Activations of 8 bits, a cell of 16."""
    model, rng = Model(), constants(4)
    batch, steps, inputs, cells, outputs = 2, 4, 5, 6, 3 if projection else 6
    scale_x, scale_h, scale_w = 1 / 64, 1 / 128, 0.6 / 127
    x = model.input("i8", [batch, steps, inputs], scale=scale_x, zero=3)

    def matrix(rows, columns):
        return model.tensor("i8", [rows, columns], rng.integers(-127, 128, [rows, columns]), scale=scale_w)

    def each(made, count=4):
        return [-1 if cifg and g == 0 else made() for g in range(count)]

    operands = [x] + each(lambda: matrix(cells, inputs)) + each(lambda: matrix(cells, outputs))
    operands += each(lambda: model.tensor("i16", [cells], rng.integers(-16000, 16000, cells), scale=1 / 32768), 3) if peephole else [-1] * 3
    bias_scale = 2.0 ** -10 / 32768 if norm else scale_x * scale_w
    operands += each(lambda: model.tensor("i32", [cells], np.round(rng.uniform(-0.5, 0.5, cells) / bias_scale), scale=bias_scale))
    hidden = 1 / 128
    operands += [matrix(outputs, cells), model.tensor("i32", [outputs], rng.integers(-500, 500, outputs), scale=hidden * scale_w)] if projection else [-1, -1]
    operands += [model.tensor("i8", [batch, outputs], scale=scale_h, zero=-2, variable=True), model.tensor("i16", [batch, cells], scale=2.0 ** -12, variable=True)]
    if norm:
        operands += each(lambda: model.tensor("i16", [cells], rng.integers(16000, 32000, cells), scale=1 / 32768))
    middle = [model.tensor("i16", [], scale=2.0 ** -11 if norm else 2.0 ** -12) for _ in range(4)] + [model.tensor("i8", [], scale=hidden if projection else scale_h, zero=1 if projection else -2)]
    y = model.output("i8", [batch, steps, outputs], scale=scale_h, zero=-2)
    model.op("UNIDIRECTIONAL_SEQUENCE_LSTM", operands, [y], options("UnidirectionalSequenceLSTM", fusedActivationFunction=4), intermediates=middle, version=3)
    return Case(name, model, steps=2)


def rnn(name, kind="f32", code="UNIDIRECTIONAL_SEQUENCE_RNN", time_major=False, activation=4, asymmetric=False):
    model = Model()
    layer = Layer(model, kind, 3, 4)
    shape = [2, 3] if code == "RNN" else [5, 2, 3] if time_major else [2, 5, 3]
    x = model.input("f32", shape)
    operands = [x, layer.matrix(4, 3), layer.matrix(4, 4), layer.vector(4), model.tensor("f32", [2, 4], variable=True)]
    y = model.output("f32", shape[:-1] + [4])
    fields = dict(fusedActivationFunction=activation, asymmetricQuantizeInputs=asymmetric)
    if code != "RNN":
        fields["timeMajor"] = time_major
    model.op(code, operands, [y], options("RNN" if code == "RNN" else "SequenceRNN", **fields), version=3)
    return Case(name, model)


def bidirectional_rnn(name, merge):
    model = Model()
    layers = [Layer(model, "f32", 3, 4, seed=1), Layer(model, "f32", 3, 5, seed=2)]
    x = model.input("f32", [2, 4, 3])
    operands = [x]
    for layer in layers:
        operands += [layer.matrix(layer.cells, 3), layer.matrix(layer.cells, layer.cells), layer.vector(layer.cells), model.tensor("f32", [2, layer.cells], variable=True)]
    operands += [-1] * 3
    outputs = [model.output("f32", [2, 4, 9])] if merge else [model.output("f32", [2, 4, 4]), model.output("f32", [2, 4, 5])]
    model.op("BIDIRECTIONAL_SEQUENCE_RNN", operands, outputs, options("BidirectionalSequenceRNN", fusedActivationFunction=4, mergeOutputs=merge), version=3)
    return Case(name, model)


def svdf(name, kind="f32", rank=1, activation=1, has_bias=True, asymmetric=False):
    model, rng = Model(), constants(2)
    batch, inputs, units, memory = 2, 6, 4, 5
    filters = units * rank
    if kind == "integer":
        scales = {"x": 1 / 64, "w": 0.01, "t": 1 / 32768, "state": 1 / 4096, "y": 0.02}
        operands = [model.input("i8", [batch, inputs], scale=scales["x"], zero=4),
                    model.tensor("i8", [filters, inputs], rng.integers(-127, 128, [filters, inputs]), scale=scales["w"]),
                    model.tensor("i16", [filters, memory], rng.integers(-32000, 32000, [filters, memory]), scale=scales["t"]),
                    model.tensor("i32", [units], rng.integers(-9000000, 9000000, units), scale=scales["t"] * scales["state"]),
                    model.tensor("i16", [batch, filters * memory], scale=scales["state"], variable=True)]
        y = model.output("i8", [batch, units], scale=scales["y"], zero=-5)
        version = 3
    else:
        layer = Layer(model, kind, inputs, units)
        operands = [model.input("f32", [batch, inputs]), layer.matrix(filters, inputs), layer.matrix(filters, memory),
                    layer.vector(units) if has_bias else -1, model.tensor("f32", [batch, filters * memory], variable=True)]
        y = model.output("f32", [batch, units])
        version = 4 if asymmetric else 2
    model.op("SVDF", operands, [y], options("SVDF", rank=rank, fusedActivationFunction=activation, asymmetricQuantizeInputs=asymmetric), version=version)
    return Case(name, model)


def cases():
    for kind in ("f32", "i8"):
        for time_major in (False, True):
            yield lstm(f"LSTM.sequence.{kind}.{'time' if time_major else 'batch'}", kind, time_major=time_major)
        for feature in ({"cifg": True}, {"peephole": True}, {"projection": True}, {"norm": True}, {"clip": 0.3}, {"projection": True, "project_clip": 0.1},
                        {"cifg": True, "peephole": True, "projection": True, "norm": True}, {"steps": 1}, {"asymmetric": True}):
            if kind == "i8" or "asymmetric" not in feature:
                yield lstm(f"LSTM.sequence.{kind}.{'-'.join(feature)}", kind, **feature)
        yield lstm(f"LSTM.step.{kind}", kind, code="LSTM")
        yield rnn(f"RNN.step.{kind}", kind, code="RNN")
        yield rnn(f"RNN.sequence.{kind}", kind)
        yield bidirectional(f"LSTM.bidirectional.{kind}", True, kind)
        for rank in (1, 2):
            yield svdf(f"SVDF.{kind}.{rank}", kind, rank)
    yield rnn("RNN.sequence.time", time_major=True, activation=1)
    yield rnn("RNN.sequence.i8.asymmetric", "i8", asymmetric=True)
    yield lstm("LSTM.sequence.larger", inputs=20, cells=33, steps=12)
    yield bidirectional("LSTM.bidirectional.apart", False)
    yield bidirectional("LSTM.bidirectional.time", True, time_major=True)
    yield bidirectional_rnn("RNN.bidirectional", True)
    yield bidirectional_rnn("RNN.bidirectional.apart", False)
    yield svdf("SVDF.i8.asymmetric", "i8", asymmetric=True)
    yield svdf("SVDF.f32.bare", has_bias=False, activation=0)
    yield svdf("SVDF.integer", "integer")
    yield svdf("SVDF.integer.2", "integer", rank=2)
    for feature in ({}, {"projection": True}, {"norm": True}, {"peephole": True}, {"cifg": True}):
        yield integer_lstm(f"LSTM.integer.{'-'.join(feature) or 'plain'}", **feature)
