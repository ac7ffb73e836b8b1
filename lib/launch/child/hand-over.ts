import { isSystemError } from '../../errors.ts';
import type { RawPath } from '../../native/addon-types.ts';
import { closeAll, handOver, holdBytes, signalDescriptor } from '../../native/hand-over.ts';
import type { SignalForwarder } from './forward-signals.ts';
import type { Carrying, Relay } from './relay.ts';
import { FORWARDED } from './signal-policy.ts';
import type { SpawnedChild } from './spawn-child.ts';

/** Why this process is still there. */
export type StillHere =
  /** Something is being written, or a thread can't be ended now. */
  'later' | 'never';

/** What a program that takes our place has to go on with. */
export interface Estate {
  readonly child: SpawnedChild;
  readonly signals: SignalForwarder;
  /** The file of that program. */
  readonly program: string;
  /** `NAME=value`, all of it. */
  readonly environment: readonly RawPath[];
  /** The server's, for lists of processes. */
  readonly command: readonly RawPath[];
  /** Whether nothing of our own is being written. */
  readonly isSilent: () => boolean;
}

/**
 * Leaves a server to a program that does nothing but wait for it, in this very process. Returns only when that isn't to
 * be had, with everything as it was. For use on top of an empty stack (`setImmediate`), with the relays held: what was
 * read of the server's output is then either in them or in their sockets, and nowhere between.
 */
export function leaveServer(estate: Estate): StillHere {
  const { child, signals } = estate;
  if (!child.isOurs()) return 'never';
  const running = child.relays.filter((relay) => !relay.over);
  if (running.some((relay) => relay.writing) || !estate.isSilent()) return 'later';
  const carried = running.map((relay) => relay.describe()).filter((one) => one !== null);
  const { records } = signals;
  if (records === null || carried.length < running.length) return 'never';
  const made: number[] = [];
  try {
    return failed(becomeWaiter(estate, records, carried, made));
  } catch (error) {
    return failed(error);
  } finally {
    closeAll(made);
  }
}

/** @param made what was opened for it @returns why it could not */
function becomeWaiter(
  estate: Estate,
  records: number,
  carried: readonly Carrying[],
  made: number[],
): unknown {
  const { child, program, environment, command, signals } = estate;
  const open = (fd: number): number => {
    made.push(fd);
    return fd;
  };
  const blocked = [...FORWARDED, 'SIGCHLD'] as const;
  const words = [
    'warmset-wait',
    `server=${child.pid}`,
    `signals=${open(signalDescriptor(blocked))}`,
    `records=${records}`,
    `interrupted=${signals.interrupted ? 1 : 0}`,
    ...carried.map(({ source, sink, held }) => {
      const before = held.length === 0 ? -1 : open(holdBytes(held));
      return `carry=${before}:${source}:${sink}`;
    }),
    '--',
    ...command,
  ];
  const descriptors = [...made, records, ...carried.map(({ source }) => source)];
  return handOver({ file: program, words, environment }, { signals: blocked, descriptors });
}

function failed(error: unknown): StillHere {
  return isSystemError(error) && error.code === 'EBUSY' ? 'later' : 'never';
}

/** Resolves when none of them writes; they write nothing more until they are resumed. */
export function holdAll(relays: readonly Relay[]): Promise<unknown> {
  return Promise.all(relays.map((relay) => relay.hold()));
}
