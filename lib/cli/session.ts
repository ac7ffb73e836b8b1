import { constants } from 'node:os';
import { bestEffort, createOutput, type Output } from './render/output.ts';
import { describeTerminal, type Terminal } from './render/terminal.ts';

/** What a command works with instead of the process: the only place that knows streams, signals and the exit code. */
export interface Session {
  readonly out: Output;
  readonly err: Output;
  /** What stdout and stderr are. */
  readonly terminal: Terminal;
  readonly errTerminal: Terminal;
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP; the second ends the process at once. */
  readonly signal: AbortSignal;
  /**
   * From now on SIGHUP calls this instead of stopping anything, and SIGTERM is the ordinary end: the exit code is what
   * the command says. A second signal to stop still ends the process at once.
   */
  beService(onHangup: () => void): void;
}

export interface SessionEnd {
  /** 128 + number of the signal that arrived; undefined without one. */
  readonly signalExit: number | undefined;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function openSession(): { readonly session: Session; readonly end: () => SessionEnd } {
  const controller = new AbortController();
  let signalExit: number | undefined;
  let stopping = false;
  let onHangup: (() => void) | undefined;
  const onSignal = (name: NodeJS.Signals): void => {
    if (name === 'SIGHUP' && onHangup) {
      if (!stopping) onHangup();
      return;
    }
    const code = 128 + constants.signals[name];
    if (stopping) process.exit(code);
    stopping = true;
    if (name !== 'SIGTERM' || !onHangup) signalExit = code;
    controller.abort(new Error(`stopped by ${name}`));
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  const out = createOutput(process.stdout, 'standard output');
  // Nobody reads on: what is left to do would be done for nobody.
  void out.whenClosed.then(() => controller.abort(new Error('the output was closed')));
  return {
    session: {
      out,
      // A full log must not end the work that it would have told of.
      err: bestEffort(createOutput(process.stderr)),
      terminal: describeTerminal(process.stdout, process.env),
      errTerminal: describeTerminal(process.stderr, process.env),
      signal: controller.signal,
      beService: (listener) => {
        onHangup = listener;
      },
    },
    end: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
      return { signalExit };
    },
  };
}
