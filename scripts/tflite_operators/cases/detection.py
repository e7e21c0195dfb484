"""What ends object detectors."""

import numpy as np
from flatbuffers import flexbuffers

from .case import Case, Model, constants


def post_process(name, regular, classes=5, boxes=40, per_detection=1, detections=7, background=1, kind="f32", threshold=0.3):
    model, rng = Model(), constants(5)
    columns = classes + background
    quantized = {"scale": 0.02, "zero": 3} if kind == "i8" else {"scale": 0.02, "zero": 128} if kind == "u8" else {}
    encodings = model.input(kind, [1, boxes, 4], **quantized)
    scores = model.input(kind, [1, boxes, columns], **({"scale": 1 / 256, "zero": -128 if kind == "i8" else 0} if quantized else {}))
    centers = rng.uniform(0.2, 0.8, [boxes, 2])
    places = np.concatenate([centers, rng.uniform(0.1, 0.4, [boxes, 2])], 1)
    if quantized:
        anchors = model.tensor(kind, [boxes, 4], np.round(places * 255) - (128 if kind == "i8" else 0), scale=1 / 255, zero=-128 if kind == "i8" else 0)
    else:
        anchors = model.tensor("f32", [boxes, 4], places)
    builder = flexbuffers.Builder()
    with builder.Map():
        for key, value in (("max_detections", detections), ("max_classes_per_detection", per_detection), ("detections_per_class", 6),
                           ("num_classes", classes)):
            builder.Int(key, value)
        builder.Bool("use_regular_nms", regular)
        for key, value in (("nms_score_threshold", threshold), ("nms_iou_threshold", 0.5), ("y_scale", 10.0), ("x_scale", 10.0), ("h_scale", 5.0), ("w_scale", 5.0)):
            builder.Float(key, value)
    rows = detections * per_detection
    outputs = [model.output("f32", [1, rows, 4]), model.output("f32", [1, rows]), model.output("f32", [1, rows]), model.output("f32", [1])]
    model.op("CUSTOM:TFLite_Detection_PostProcess", [encodings, scores, anchors], outputs, custom=bytes(builder.Finish()))
    return Case(name, model, limits={1: (0, 1)} if kind == "f32" else {})


def cases():
    for kind in ("f32", "u8", "i8"):
        for regular in (False, True):
            yield post_process(f"DETECTION.{kind}.{'regular' if regular else 'fast'}", regular, kind=kind)
    yield post_process("DETECTION.f32.classes", False, per_detection=3)
    yield post_process("DETECTION.f32.no-background", False, background=0)
    yield post_process("DETECTION.f32.one-class", False, classes=1)
    yield post_process("DETECTION.f32.many", False, boxes=1000, detections=100, classes=20)
