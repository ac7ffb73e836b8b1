import { formatCount } from '../../units.ts';
import { beside } from './pairs.ts';
import { bad } from './style.ts';
import { systemText } from './system-text.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './width.ts';

/** At most a few by name: a dead mount may fail by the thousand. */
export const MOST_NAMED = 20;

export interface Failed {
  readonly file: { readonly path: string };
  readonly failure: { readonly code: string; readonly message: string };
}

/** A line a file that wasn't done, with the reason. */
export function renderFailures(terminal: Terminal, failed: readonly Failed[]): string[] {
  return [
    ...failed.slice(0, MOST_NAMED).flatMap((one) => renderFailure(terminal, one)),
    ...describeUnnamed(failed.length),
  ];
}

/** Why one file wasn't done. */
export function renderFailure(terminal: Terminal, { file, failure }: Failed): string[] {
  const { code, message } = failure;
  // An error of Node's own kind names the code, the call and the path once more.
  const why = message.startsWith(`${code}: `) ? (systemText(code) ?? message) : message;
  return beside(terminal, 'not done', `${printable(file.path)}: ${printable(why)} (${code})`, {
    keyStyle: bad,
  });
}

/** What is said instead of naming the rest; nothing where all were named. */
export function describeUnnamed(files: number): string[] {
  const rest = files - MOST_NAMED;
  return rest > 0 ? [`and ${formatCount(rest)} more; --json lists all`] : [];
}
