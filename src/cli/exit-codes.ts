/** The exit codes of all commands, as docs/command-line.md lists them. */

export const EXIT = {
  done: 0,
  /** A fault, told in words. */
  fault: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** What was asked for was found out, and the answer is no: it does not fit, the device computes wrong. */
  no: 3,
  /** Interrupted; a run kept a checkpoint. As shells number SIGINT. */
  interrupted: 130,
} as const;
