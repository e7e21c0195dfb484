internal import CLinux

// The program that holds the only timed loop: it runs plans and says how long each inference took.
// See `edgebench-agent --help` for how it is spoken to.

if let argument = Arguments.first { eb_exit(Arguments.answer(argument)) }
eb_exit(Session.serve())
