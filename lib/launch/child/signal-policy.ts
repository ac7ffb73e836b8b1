/** Signals that a server gets as if we weren't there. SIGCHLD, SIGKILL and SIGSTOP can't be passed on. */
export const FORWARDED = [
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGWINCH',
  'SIGCONT',
  'SIGTSTP',
] as const satisfies readonly NodeJS.Signals[];

/** One that arrived here. */
export interface Arrived {
  readonly name: NodeJS.Signals;
  /** A terminal sent it, and to its whole foreground group. */
  readonly fromKernel: boolean;
}

export interface SignalAnswer {
  readonly forward: boolean;
  /** We stop too, or the shell would wait for a job that it takes for running. */
  readonly stop: boolean;
}

/** What becomes of a signal. Pure. @param sameGroup whether the server is in our process group */
export function answerSignal({ name, fromKernel }: Arrived, sameGroup: boolean): SignalAnswer {
  // Twice is not the same: a second Ctrl-C makes most servers give up at once.
  return { forward: !(fromKernel && sameGroup), stop: name === 'SIGTSTP' };
}
