import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { OutputChoice } from '../../launch/child/spawn-child.ts';
import type { LaunchOptions } from '../../launch/options.ts';
import type { RunRequest } from './run-request.ts';
import type { Voice } from './voice.ts';

/** Which of the server's streams are read on their way. At a terminal it must see the terminal itself. */
export function chooseStreams(
  log: RunRequest['log'],
  voice: Voice,
): Pick<LaunchOptions, 'stdout' | 'stderr' | 'joined'> {
  const tee = (fd: number): boolean => (log === 'auto' ? !isatty(fd) : log === 'tee');
  const [one, two] = [tee(1), tee(2)];
  // `2>&1`: what the server writes in an order stays in it only through one pipe.
  if (one && two && isSameFile(1, 2)) return { stdout: voice.sinkFor(2), joined: true };
  const choose = (fd: 1 | 2, carried: boolean): OutputChoice => (carried ? voice.sinkFor(fd) : 'inherit');
  return { stdout: choose(1, one), stderr: choose(2, two) };
}

function isSameFile(one: number, other: number): boolean {
  try {
    const [a, b] = [fstatSync(one, { bigint: true }), fstatSync(other, { bigint: true })];
    return a.dev === b.dev && a.ino === b.ino;
  } catch {
    // A closed descriptor is nobody's.
    return false;
  }
}
