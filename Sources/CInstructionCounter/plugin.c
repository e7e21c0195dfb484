#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../CLinux/include/eb_mark.h"

// What is used of qemu's interface for plugins, version 1; Debian has no header for it. The functions are qemu's own,
// found when it opens the plugin. Source: QEMU 7.2, docs/devel/tcg-plugins.rst, "API".
typedef uint64_t qemu_plugin_id_t;
struct qemu_info;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { inline_add = 0 };
typedef void (*translated_function)(qemu_plugin_id_t id, struct qemu_plugin_tb *block);
typedef void (*called_function)(qemu_plugin_id_t id, unsigned int cpu, int64_t number, uint64_t a1, uint64_t a2,
                                uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, translated_function function);
void qemu_plugin_register_vcpu_syscall_cb(qemu_plugin_id_t id, called_function function);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *instruction, int operation, void *number,
                                                uint64_t operand);

#define EXPORTED __attribute__((visibility("default")))
EXPORTED int qemu_plugin_version = 1;
EXPORTED int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int count, char **arguments);

static uint64_t executed;
static uint64_t at_start;
static int output = -1;

// Before each instruction, not before each block: a block may be left in its middle.
static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
  (void)id;
  size_t count = qemu_plugin_tb_n_insns(block);
  for (size_t index = 0; index < count; index++) {
    qemu_plugin_register_vcpu_insn_exec_inline(qemu_plugin_tb_get_insn(block, index), inline_add, &executed, 1);
  }
}

static void called(qemu_plugin_id_t id, unsigned int cpu, int64_t number, uint64_t a1, uint64_t a2, uint64_t a3,
                   uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8) {
  (void)id, (void)cpu, (void)number, (void)a3, (void)a4, (void)a5, (void)a6, (void)a7, (void)a8;
  if (a1 != EB_MARK) return;
  if (a2 == EB_MARK_START) at_start = executed;
  if (a2 != EB_MARK_END) return;
  char line[32];
  int length = snprintf(line, sizeof line, "%llu\n", (unsigned long long)(executed - at_start));
  // A count that cannot be written is missed by its reader.
  if (write(output, line, (size_t)length) != length) close(output);
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int count, char **arguments) {
  (void)info;
  for (int index = 0; index < count; index++) {
    if (strncmp(arguments[index], "out=", 4) == 0) {
      output = open(arguments[index] + 4, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    }
  }
  if (output < 0) {
    fprintf(stderr, "edgebench-instructions: expected out=FILE that can be written.\n");
    return 1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  qemu_plugin_register_vcpu_syscall_cb(id, called);
  return 0;
}
