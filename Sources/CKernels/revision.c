#include "eb_operators.h"
#include "eb_pack.h"
#include "eb_revision.h"

// FNV-1a, 32 bits.
static uint32_t add(uint32_t hash, uint64_t number) {
  for (int byte = 0; byte < 8; byte++) hash = (hash ^ (uint8_t)(number >> 8 * byte)) * 16777619u;
  return hash;
}

static uint32_t add_text(uint32_t hash, const char *text) {
  for (; *text != '\0'; text++) hash = (hash ^ (uint8_t)*text) * 16777619u;
  return hash;
}

// What does not fit in any memory is so on every processor.
static uint32_t add_needs(uint32_t hash, eb_requirements needed) {
  return add(add(hash, needed.algorithm), needed.packed_bytes == SIZE_MAX ? UINT64_MAX : needed.packed_bytes);
}

// Channels that no tile divides, so that a tile of another size packs into other bytes.
static uint32_t add_packing(uint32_t hash, uint32_t isa) {
  eb_conv2d_params image = {.batch = 1,
                            .in_height = 9,
                            .in_width = 9,
                            .in_channels = 37,
                            .out_height = 9,
                            .out_width = 9,
                            .out_channels = 37,
                            .kernel_height = 3,
                            .kernel_width = 3,
                            .stride_height = 1,
                            .stride_width = 1,
                            .dilation_height = 1,
                            .dilation_width = 1,
                            .pad_top = 1,
                            .pad_left = 1,
                            .groups = 1,
                            .isa = isa};
  for (uint32_t op = EB_OP_CONV2D_F32; op <= EB_OP_DECONV2D_QS8_QC8W; op++) {
    bool is_depthwise = op >= EB_OP_DWCONV2D_F32 && op <= EB_OP_DWCONV2D_QD8_F32_QC8W;
    image.groups = is_depthwise ? image.in_channels : 1;
    hash = add_needs(hash, eb_conv2d_requirements(op, &image));
  }
  eb_fully_connected_params rows = {.rows = 5, .out_channels = 37, .in_channels = 37, .isa = isa};
  for (uint32_t op = EB_OP_FULLY_CONNECTED_F32; op <= EB_OP_FULLY_CONNECTED_QD8_F32_QC8W; op++) {
    hash = add_needs(hash, eb_fully_connected_requirements(op, &rows));
  }
  return hash;
}

uint32_t eb_operators_revision(void) {
  uint32_t hash = 2166136261u;
  for (uint32_t op = 0; op < 1024; op++) {
    const eb_operator *entry = eb_operator_for(op);
    if (entry != NULL) hash = add_text(add(add(hash, op), entry->params_bytes), entry->name);
  }
  for (uint32_t isa = 0; isa < 64; isa++) {
    if (eb_isa_name((enum eb_isa)isa) != NULL) hash = add_packing(add(hash, isa), isa);
  }
  return hash;
}
