// The file format of a plan (.ebplan): a model lowered for one instruction set, ready to be mapped and run.
//
// Little-endian, no pointers: every reference is an offset from the file's first byte or an index into
// a table. A reader checks every offset, count and index against the file's size before it uses them.
// Layout: header, tables (tensors, steps, operands, inputs, outputs), strings and parameters, and, from
// `constants_offset` (a multiple of 4096) to the end, the constants, each aligned to 64 bytes. These parts are
// disjoint. Tables and blob start at multiples of 8; so do parameters inside the blob. In the arena a tensor
// without element type (scratch) is aligned to 64 bytes, any other at least to its elements; in the state memory all
// tensors are aligned to 64 bytes, disjoint, and come in the order of their offsets.
#ifndef EB_PLAN_H
#define EB_PLAN_H

#include <stddef.h>
#include <stdint.h>

#define EB_PLAN_MAGIC "EBPLAN\r\n"  // 8 bytes; the line end shows a transfer in text mode
#define EB_PLAN_VERSION 2u
#define EB_PLAN_MAX_RANK 8u
#define EB_PLAN_ALIGNMENT 64u
#define EB_PLAN_PAGE 4096u

// A table inside the file: `count` entries from `offset`.
typedef struct {
  uint64_t offset;
  uint64_t count;
} eb_plan_table;

typedef struct {
  char magic[8];
  uint32_t version;
  uint32_t isa;  // enum eb_isa the weights are packed for
  uint64_t file_bytes;
  uint64_t arena_bytes;    // activations and scratch, reused; alignment EB_PLAN_ALIGNMENT
  uint64_t state_bytes;    // what outlives an inference: states, prepared workspaces
  uint64_t checksum;       // see eb_plan_checksum
  eb_plan_table tensors;   // eb_plan_tensor
  eb_plan_table steps;     // eb_plan_step
  eb_plan_table operands;  // uint32_t: indices into tensors
  eb_plan_table inputs;    // uint32_t: indices into tensors
  eb_plan_table outputs;   // uint32_t: indices into tensors
  eb_plan_table blob;      // bytes: names (UTF-8, not terminated) and operator parameters
  uint64_t constants_offset;
  uint64_t constants_bytes;
} eb_plan_header;

enum eb_plan_space {
  EB_PLAN_ARENA = 1,     // `offset` into the arena
  EB_PLAN_CONSTANT = 2,  // `offset` into the constants
  EB_PLAN_STATE = 3,     // `offset` into the state memory; starts as the constant `initial`, or as zeros
};

#define EB_PLAN_NO_INITIAL 0xffffffffffffffffull  // spelled out, so that Swift sees it

typedef struct {
  uint32_t space;         // enum eb_plan_space
  uint32_t element_type;  // Graph.ElementType's raw value; 0 for bytes without a type (packed weights, scratch)
  uint32_t rank;
  uint32_t name_bytes;
  uint64_t name_offset;  // from the blob's start
  uint64_t offset;
  uint64_t bytes;
  uint64_t initial;  // offset into the constants, or EB_PLAN_NO_INITIAL
  int64_t dimensions[EB_PLAN_MAX_RANK];
  float scale;  // per-tensor quantization of inputs and outputs; 0 where there is none
  int32_t zero_point;
} eb_plan_tensor;

typedef struct {
  uint32_t op;  // enum eb_op
  uint32_t operand_count;
  uint64_t operand_first;  // index into operands
  uint64_t params_offset;  // from the blob's start; aligned to 8
  uint32_t params_bytes;
  uint32_t name_bytes;
  uint64_t name_offset;  // from the blob's start: the node, for errors and profiles
} eb_plan_step;

// FNV-1a 64 over the file's 64-bit little-endian words, the header's `checksum` taken as zero: four hashes, the word
// at index i in hash i % 4, and the hash of those four. A file is a multiple of EB_PLAN_ALIGNMENT long, so no byte is
// left out. Each step is a bijection: a change that stays inside one word is always seen. 0 for less than a header.
uint64_t eb_plan_checksum(const void *bytes, size_t count);

#endif
