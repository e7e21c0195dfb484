internal import CKernels
internal import Graph

extension PlanBuilder {
  mutating func lowerDetection(_ node: Node, _ detection: Detection) throws(LoweringError) {
    let scores = try inputTensor(1, of: node)
    var parameters = eb_detection_params()
    parameters.boxes = try u32(scores.shape[0], "boxes")
    parameters.score_columns = try u32(scores.shape[1], "columns of scores")
    parameters.classes = try u32(detection.classes, "classes")
    parameters.detections = try u32(detection.detections, "detections")
    parameters.classes_per_detection = try u32(detection.classesPerDetection, "classes of a detection")
    parameters.detections_per_class = try u32(detection.detectionsPerClass ?? 1, "detections of a class")
    parameters.is_by_class = detection.detectionsPerClass == nil ? 0 : 1
    parameters.score_threshold = detection.scoreThreshold
    parameters.overlap_threshold = detection.overlapThreshold
    parameters.y_scale = detection.scales[0]
    parameters.x_scale = detection.scales[1]
    parameters.height_scale = detection.scales[2]
    parameters.width_scale = detection.scales[3]
    var operands: [Int] = []
    for position in 0..<4 { operands.append(try input(position, of: node)) }
    addStep(EB_OP_DETECTION_F32, parameters, operands + [try define(node.outputs[0])])
  }
}
