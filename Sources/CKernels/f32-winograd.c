#include "f32-winograd.h"

#include <math.h>
#include <string.h>

#include "eb_threads.h"
#include "f32-product.h"

enum {
  positions = 16,
  fewest_channels = 32,              // below, the transforms cost what the products save
  channel_multiple = 16,             // so that the transforms need no remainders
  weight_growth_limit = 512 * 1024,  // bytes that a layer's weights may grow by
  block_bytes = 128 * 1024,          // of transformed tiles and products: larger blocks are not faster
  fewest_tiles = 8,                  // that a block has: transformed weights come in once a block
};

bool eb_f32_winograd_applies(const eb_conv2d_params *params) {
  return params->groups == 1 && params->kernel_height == 3 && params->kernel_width == 3 && params->stride_height == 1 &&
         params->stride_width == 1 && params->dilation_height == 1 && params->dilation_width == 1 &&
         params->in_channels % channel_multiple == 0 && params->out_channels % channel_multiple == 0;
}

bool eb_f32_winograd_pays(const eb_conv2d_params *params) {
  uint64_t weights = (uint64_t)params->in_channels * params->out_channels;
  return params->isa != EB_ISA_SCALAR && params->in_channels >= fewest_channels &&
         weights <= weight_growth_limit / ((positions - 9) * sizeof(float)) &&
         (uint64_t)params->out_height * params->out_width >= 64;
}

static uint64_t position_bytes(const eb_f32_layout *layout, const eb_conv2d_params *params) {
  return eb_f32_padded_columns(layout, params->out_channels) * eb_f32_column_bytes(params->in_channels, false);
}

bool eb_f32_winograd_packed_bytes(const eb_conv2d_params *params, uint64_t *bytes) {
  const eb_f32_layout *layout = eb_f32_layout_for(params->isa);
  // Channels are below 2^32, so a position is below 2^32 * 2^35.
  if (layout == NULL || position_bytes(layout, params) > SIZE_MAX / (positions + 1)) return false;
  *bytes = positions * position_bytes(layout, params) + params->out_channels * sizeof(float);
  return true;
}

static size_t tiles_along(uint32_t outputs) { return ((size_t)outputs + 1) / 2; }

// Tiles that go through together. In 64 bits, as it also serves `accepts`.
static uint64_t block_tiles(const eb_conv2d_params *params) {
  uint64_t channels = (uint64_t)params->in_channels + params->out_channels;
  uint64_t fitting = block_bytes / (positions * channels * sizeof(float));
  uint64_t all = (((uint64_t)params->out_height + 1) / 2) * (((uint64_t)params->out_width + 1) / 2);
  uint64_t even = (all + 3) / 4;
  uint64_t tiles = fitting < even ? fitting : even;
  if (tiles < fewest_tiles) tiles = fewest_tiles;
  return tiles < all ? tiles : all;
}

bool eb_f32_winograd_scratch_bytes(const eb_conv2d_params *params, uint64_t *bytes) {
  // Transformed tiles and products, and one tile of input with its padding.
  uint64_t channels = (uint64_t)params->in_channels + params->out_channels;
  uint64_t floats = positions * (block_tiles(params) * channels + params->in_channels);
  *bytes = floats * sizeof(float);
  return *bytes <= SIZE_MAX;
}

// Element (i, j) of G g G^T.
static float transformed_weight(const float *weights, size_t tap_stride, size_t i, size_t j) {
  static const float g[4][3] = {{1, 0, 0}, {0.5f, 0.5f, 0.5f}, {0.5f, -0.5f, 0.5f}, {0, 0, 1}};
  float sum = 0;
  for (size_t y = 0; y < 3; y++) {
    for (size_t x = 0; x < 3; x++) sum += g[i][y] * g[j][x] * weights[(y * 3 + x) * tap_stride];
  }
  return sum;
}

static float *pack_panel(const eb_conv2d_params *params, const float *weights, size_t position, size_t first,
                         size_t width, float *at) {
  size_t channels = params->in_channels, columns = params->out_channels;
  for (size_t n = 0; n < width; n++) *at++ = 0;
  for (size_t c = 0; c < channels; c++) {
    for (size_t n = first; n < first + width; n++) {
      *at++ =
          n < columns ? transformed_weight(weights + n * 9 * channels + c, channels, position / 4, position % 4) : 0;
    }
  }
  return at;
}

void eb_f32_winograd_pack(const eb_conv2d_params *params, const float *weights, const float *bias, void *packed) {
  const eb_f32_layout *layout = eb_f32_layout_for(params->isa);
  float *at = packed;
  for (size_t position = 0; position < positions; position++) {
    for (size_t n = 0; n < params->out_channels;) {
      size_t width = layout->gemm[eb_f32_next_panel(layout, params->out_channels - n)];
      at = pack_panel(params, weights, position, n, width, at);
      n += width;
    }
  }
  for (size_t n = 0; n < params->out_channels; n++) at[n] = bias != NULL ? bias[n] : 0;
}

// The 4x4 inputs of a tile, zero outside of the image.
static void copy_padded(const eb_conv2d_params *params, const float *in, int64_t y, int64_t x, float *to) {
  size_t channels = params->in_channels;
  for (int64_t i = y; i < y + 4; i++) {
    for (int64_t j = x; j < x + 4; j++) {
      bool is_inside = i >= 0 && i < params->in_height && j >= 0 && j < params->in_width;
      if (is_inside) {
        memcpy(to, in + ((size_t)i * params->in_width + (size_t)j) * channels, channels * sizeof(float));
      } else {
        memset(to, 0, channels * sizeof(float));
      }
      to += channels;
    }
  }
}

typedef struct {
  const eb_conv2d_params *params;
  const eb_f32_kernels *kernels;
  size_t tiles;                     // of a block, at most
  float *inputs, *products, *tile;  // in the scratch
} block;

static void transform_input(const block *block, const float *in, size_t index, size_t tile) {
  const eb_conv2d_params *params = block->params;
  size_t across = tiles_along(params->out_width), channels = params->in_channels;
  int64_t y = (int64_t)(tile / across) * 2 - params->pad_top, x = (int64_t)(tile % across) * 2 - params->pad_left;
  float *to = block->inputs + index * channels;
  size_t row = params->in_width * channels;
  if (y >= 0 && x >= 0 && y + 4 <= params->in_height && x + 4 <= params->in_width) {
    block->kernels->winograd_input(channels, in + (size_t)y * row + (size_t)x * channels, row, channels, to,
                                   block->tiles * channels);
  } else {
    copy_padded(params, in, y, x, block->tile);
    block->kernels->winograd_input(channels, block->tile, 4 * channels, channels, to, block->tiles * channels);
  }
}

static void transform_output(const block *block, const float *bias, float *out, size_t index, size_t tile) {
  const eb_conv2d_params *params = block->params;
  size_t across = tiles_along(params->out_width), channels = params->out_channels;
  size_t y = tile / across * 2, x = tile % across * 2;
  block->kernels->winograd_output(channels, block->products + index * channels, block->tiles * channels, bias,
                                  params->out_height - y < 2 ? 1 : 2, params->out_width - x < 2 ? 1 : 2,
                                  out + (y * params->out_width + x) * channels, params->out_width * channels, channels,
                                  params->min, params->max);
}

static void multiply(const block *block, const void *packed, size_t count) {
  const eb_conv2d_params *params = block->params;
  const eb_f32_layout *layout = eb_f32_layout_for(params->isa);
  for (size_t position = 0; position < positions; position++) {
    eb_f32_product product = {
        .lines = 1,
        .pixels = count,
        .a = block->inputs + position * block->tiles * params->in_channels,
        .a_pixel = params->in_channels,
        .c = block->products + position * block->tiles * params->out_channels,
        .c_pixel = params->out_channels,
        .taps = {.outer = 1, .inner = 1, .length = params->in_channels},
        .packed = (const unsigned char *)packed + position * position_bytes(layout, params),
        .depth = params->in_channels,
        .columns = params->out_channels,
        .min = -INFINITY,
        .max = INFINITY,
    };
    eb_f32_multiply(block->kernels, layout, &product, eb_f32_whole);
  }
}

typedef struct {
  const eb_conv2d_params *params;
  void *const *operands;
  const eb_context *context;
  size_t blocks;  // of an image
  uint32_t shares;
} work;

// Whole blocks of one image, since a product's order of summation depends on its height.
static void run_blocks(const work *work, eb_span blocks, const float *in, float *out, float *scratch) {
  const eb_conv2d_params *params = work->params;
  const void *packed = work->operands[1];
  const eb_f32_layout *layout = eb_f32_layout_for(params->isa);
  const float *bias = (const float *)((const unsigned char *)packed + positions * position_bytes(layout, params));
  size_t all = tiles_along(params->out_height) * tiles_along(params->out_width);
  block block = {.params = params, .kernels = eb_f32_kernels_for(params->isa), .tiles = (size_t)block_tiles(params)};
  block.inputs = scratch;
  block.products = block.inputs + positions * block.tiles * params->in_channels;
  block.tile = block.products + positions * block.tiles * params->out_channels;
  for (uint64_t b = blocks.first; b < blocks.end; b++) {
    size_t first = b * block.tiles;
    size_t count = all - first < block.tiles ? all - first : block.tiles;
    for (size_t i = 0; i < count; i++) transform_input(&block, in, i, first + i);
    multiply(&block, packed, count);
    for (size_t i = 0; i < count; i++) transform_output(&block, bias, out, i, first + i);
  }
}

static void run_share(const void *untyped, uint32_t index, uint32_t worker) {
  const work *work = untyped;
  const eb_conv2d_params *params = work->params;
  float *scratch = eb_worker_scratch(work->context, worker, work->operands[3]);
  size_t in_image = (size_t)params->in_height * params->in_width * params->in_channels;
  size_t out_image = (size_t)params->out_height * params->out_width * params->out_channels;
  eb_span all = eb_span_of(params->batch * work->blocks, index, work->shares);
  for (uint64_t b = all.first; b < all.end;) {
    size_t image = b / work->blocks, first = b % work->blocks;
    eb_span blocks = {first, all.end - b < work->blocks - first ? first + (all.end - b) : work->blocks};
    run_blocks(work, blocks, (const float *)work->operands[0] + image * in_image,
               (float *)work->operands[2] + image * out_image, scratch);
    b += blocks.end - blocks.first;
  }
}

void eb_f32_winograd_run(const eb_conv2d_params *params, void *const *operands, const eb_context *context) {
  size_t tiles = tiles_along(params->out_height) * tiles_along(params->out_width);
  work work = {.params = params, .operands = operands, .context = context};
  work.blocks = (tiles + block_tiles(params) - 1) / block_tiles(params);
  uint64_t steps =
      positions * params->batch * tiles * params->in_channels / EB_F32_MACS_PER_STEP * params->out_channels;
  work.shares = eb_shares(context, params->batch * work.blocks, steps);
  eb_parallel(context, work.shares, run_share, &work);
}
