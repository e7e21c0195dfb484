// The start of a program that is linked against the symbols of an older glibc.
//
// crt1.o belongs to the glibc that it was built with: from 2.34 on it leaves constructors to the library, which an
// older library does not do for a program. This one names an init function, which every version calls.
extern int main(int count, char **arguments, char **environment);
extern int __libc_start_main(int (*program)(int, char **, char **), int count, char **arguments,
                             void (*init)(int, char **, char **), void (*fini)(void), void (*loader_fini)(void),
                             void *stack_end);

typedef void (*constructor)(int, char **, char **);
extern __attribute__((visibility("hidden"))) const constructor __init_array_start[], __init_array_end[];

static void construct(int count, char **arguments, char **environment) {
  for (const constructor *next = __init_array_start; next != __init_array_end; next++) {
    (*next)(count, arguments, environment);
  }
}

// The kernel enters at _start, with the argument count at the top of the stack, the arguments behind it, and what the
// loader wants to be called at exit in a register.
#if defined(__aarch64__)
__asm__(
    ".text\n.globl _start\n.type _start, %function\n_start:\n"
    "mov x29, xzr\nmov x30, xzr\nmov x1, x0\nmov x0, sp\nbl eb_start\n");
#elif defined(__arm__)
__asm__(
    ".text\n.arm\n.globl _start\n.type _start, %function\n_start:\n"
    "mov fp, #0\nmov lr, #0\nmov r1, r0\nmov r0, sp\nbl eb_start\n");
#elif defined(__x86_64__)
__asm__(
    ".text\n.globl _start\n.type _start, @function\n_start:\n"
    "xor %ebp, %ebp\nmov %rdx, %rsi\nmov %rsp, %rdi\ncall eb_start\n");
#else
#error "no start for this processor"
#endif

__attribute__((used, visibility("hidden"))) void eb_start(long *stack, void (*loader_fini)(void)) {
  __libc_start_main(main, (int)stack[0], (char **)(stack + 1), construct, 0, loader_fini, stack);
}
