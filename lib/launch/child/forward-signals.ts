import { Socket } from 'node:net';
import { readProcessGroup } from '../../host/process-terminal.ts';
import { readSignalRecords, unwatchSignals, watchSignals } from '../../native/process.ts';
import { type Arrived, answerSignal, FORWARDED } from './signal-policy.ts';
import { descriptorOf } from './socket-descriptor.ts';
import type { Child } from './spawn-child.ts';

/** Signals of the whole process, taken from their usual handlers until {@link SignalForwarder.close}. */
export class SignalForwarder {
  /** The terminal said Ctrl-C. */
  interrupted = false;
  readonly #taken: Taken;
  #child: Pick<Child, 'pid' | 'kill'> | null = null;
  #early: Arrived[] = [];
  #onEarly: ((name: NodeJS.Signals) => void) | null = null;

  constructor() {
    this.#taken = takeSignals((arrived) => this.#onSignal(arrived));
  }

  /** Those that came before there was somebody to get them are passed on now. */
  to(child: Pick<Child, 'pid' | 'kill'>): void {
    this.#child = child;
    for (const arrived of this.#early.splice(0)) this.#pass(arrived, child);
  }

  /** Told of those that come before there is somebody to get them. */
  whileWaiting(listener: (name: NodeJS.Signals) => void): void {
    this.#onEarly = listener;
  }

  /** Back to those who had them before. */
  close(): void {
    this.#taken.close();
  }

  /** Records of those that arrived and weren't seen yet come from this descriptor; null where Node takes them. */
  get records(): number | null {
    return this.#taken.records();
  }

  #onSignal(arrived: Arrived): void {
    if (arrived.name === 'SIGINT' && arrived.fromKernel) this.interrupted = true;
    if (this.#child) this.#pass(arrived, this.#child);
    else {
      this.#early.push(arrived);
      this.#onEarly?.(arrived.name);
    }
  }

  #pass(arrived: Arrived, child: Pick<Child, 'pid' | 'kill'>): void {
    const own = readProcessGroup('self');
    const other = child.pid === null ? null : readProcessGroup(child.pid);
    const { forward, stop } = answerSignal(arrived, own !== null && own.group === other?.group);
    if (forward) child.kill(arrived.name);
    if (stop) process.kill(process.pid, 'SIGSTOP');
  }
}

interface Taken {
  readonly close: () => void;
  readonly records: () => number | null;
}

function takeSignals(onSignal: (arrived: Arrived) => void): Taken {
  try {
    const records = new Socket({ fd: watchSignals(FORWARDED), readable: true, writable: false });
    records.on('data', (chunk) => {
      for (const record of readSignalRecords(chunk)) onSignal(record);
    });
    // Waiting for signals keeps nobody alive.
    records.unref();
    return {
      close: () => {
        unwatchSignals();
        records.destroy();
      },
      records: () => descriptorOf(records),
    };
  } catch {
    return takeFromNode(onSignal);
  }
}

const OF_TERMINALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGTSTP', 'SIGWINCH'];

/** Without the addon nobody says who sent it: in the foreground of a terminal, it is taken to be the terminal. */
function takeFromNode(onSignal: (arrived: Arrived) => void): Taken {
  const listener = (name: NodeJS.Signals): void => {
    const own = readProcessGroup('self');
    const foreground = own !== null && own.foreground === own.group;
    onSignal({ name, fromKernel: foreground && OF_TERMINALS.includes(name) });
  };
  for (const name of FORWARDED) process.on(name, listener);
  return {
    close: () => {
      for (const name of FORWARDED) process.off(name, listener);
    },
    records: () => null,
  };
}
