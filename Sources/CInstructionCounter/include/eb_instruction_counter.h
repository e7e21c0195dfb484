// libedgebench-instructions.so: a plugin for qemu's user-mode emulator, which counts the instructions of marked
// stretches of a program (eb_mark.h).
//
// It writes a line with the count for each stretch to the file that its argument `out=FILE` names. The count is that of
// all threads together, and exact where there is one. Nothing here is called but by qemu.
#ifndef EB_INSTRUCTION_COUNTER_H
#define EB_INSTRUCTION_COUNTER_H
#endif
