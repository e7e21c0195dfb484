#include "fully-connected.h"

#include <stdio.h>

static void pack(const fully_connected *l, void *packed) {
  switch (l->op) {
    case EB_OP_FULLY_CONNECTED_QS8_QC8W:
      eb_fully_connected_pack_qs8(&l->params, l->weights, l->bias, l->scales, packed);
      break;
    case EB_OP_FULLY_CONNECTED_QD8_F32_QC8W:
      eb_fully_connected_pack_qd8(&l->params, l->weights, l->bias, l->scales, packed);
      break;
    default:
      eb_fully_connected_pack_f32(l->op, &l->params, l->weights, l->bias, packed);
  }
}

const void *fully_connected_run(fully_connected *l, enum eb_isa isa) {
  l->params.isa = isa;
  const eb_requirements needed = eb_fully_connected_requirements(l->op, &l->params);
  l->params.algorithm = needed.algorithm;
  const size_t element_bytes = l->op == EB_OP_FULLY_CONNECTED_QS8_QC8W ? 1 : sizeof(float);
  const size_t sizes[] = {(size_t)l->params.rows * l->params.in_channels * element_bytes, needed.packed_bytes,
                          (size_t)l->params.rows * l->params.out_channels * element_bytes, needed.scratch_bytes};
  void *operands[] = {(void *)(uintptr_t)l->input, guarded(sizes[1], 64), guarded(sizes[2], element_bytes),
                      guarded(sizes[3], 64)};
  pack(l, operands[1]);
  const eb_operator *operator= eb_operator_for(l->op);
  const eb_context context = {.threads = 1};
  const bool is_accepted = operator->accepts(&l->params, sizes, 4);
  if (is_accepted) {
    operator->run(&l->params, operands, &context);
  } else {
    expect(false, "%s is refused on %s", fully_connected_text(l), eb_isa_name(isa));
  }
  return operands[2];
}

const char *fully_connected_text(const fully_connected *l) {
  static char text[128];
  snprintf(text, sizeof text, "%s %ux%u to %u", eb_operator_for(l->op)->name, l->params.rows, l->params.in_channels,
           l->params.out_channels);
  return text;
}
