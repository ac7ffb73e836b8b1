import { WarmsetError } from '../errors.ts';

import {
  applyTensorSelection,
  type ResolveOptions,
  resolveTargets,
  type TargetFailure,
  type WarmSet,
} from '../targets/index.ts';

import type { TargetFlags } from './commands/options.ts';
import { rawArguments } from './raw-arguments.ts';
import { readList } from './read-list.ts';
import { beside } from './render/pairs.ts';
import { renderError } from './render/report-error.ts';
import { warn } from './render/style.ts';
import { printable } from './render/width.ts';
import type { Session } from './session.ts';
import { describeFailure } from './target-failure.ts';

/** Resolves the targets of a command line; what can't be used is reported on stderr and left in `failures`. */
export async function readTargets(
  words: readonly string[],
  flags: TargetFlags,
  session: Session,
): Promise<WarmSet> {
  const targets = await nameTargets(words, flags, session);
  const found = await resolveTargets(targets, resolveOptions(flags, session));
  const set = await narrow(found, flags, session);
  await reportFailures(set.failures, session);
  return set;
}

/** The targets that words stand for: those of standard input are paths in bytes. */
export async function nameTargets(
  words: readonly string[],
  flags: TargetFlags,
  session: Session,
): Promise<readonly (string | Buffer)[]> {
  if (flags.null && !words.includes('-')) {
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', '-0 is for a list on standard input, and none is read', {
      remedy: 'name - as a target: find /models -type f -print0 | warmset status -0 -',
    });
  }
  const targets: (string | Buffer)[] = [];
  for (const word of rawArguments(words)) {
    if (word !== '-') targets.push(word);
    // Appended one by one: a call takes fewer arguments than a list may have names.
    else for (const name of await readList(flags.null ? 'zero' : 'line', session)) targets.push(name);
  }
  return targets;
}

export function resolveOptions({ order, rules }: TargetFlags, { signal }: Session): ResolveOptions {
  return { order, server: rules, signal };
}

export async function reportFailures(failures: readonly TargetFailure[], session: Session): Promise<void> {
  for (const failure of failures) {
    await session.err.writeLines(renderError(session.errTerminal, describeFailure(failure)));
  }
}

/** Only the tensors that are meant, where some are; what there is to say of them goes to stderr. */
async function narrow(set: WarmSet, flags: TargetFlags, session: Session): Promise<WarmSet> {
  const { tensors, rank, damaged } = flags;
  if (tensors === undefined && rank === undefined) {
    if (damaged === undefined) return set;
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', '--damaged is for parts of models, and none are chosen', {
      remedy: 'give it with --tensors or --rank, or leave it out: whole files need no header',
    });
  }
  const { notes, ...narrowed } = await applyTensorSelection(set, {
    tensors,
    rank,
    damaged,
    signal: session.signal,
  });
  for (const note of notes) {
    await session.err.writeLines(beside(session.errTerminal, 'note:', printable(note), { keyStyle: warn }));
  }
  return narrowed;
}

/** One line about what was left out on purpose; nothing when nothing was. */
export function describeSkipped({ skipped }: WarmSet): string | undefined {
  const { sockets, fifos, devices, danglingLinks, duplicates } = skipped;
  const parts = [
    count(sockets, 'socket'),
    count(fifos, 'FIFO'),
    count(devices, 'device'),
    count(danglingLinks, 'dangling link'),
    count(duplicates, 'second name', 'second names'),
  ].filter((part) => part !== undefined);
  return parts.length > 0 ? `left out: ${parts.join(', ')}` : undefined;
}

function count(number: number, one: string, many = `${one}s`): string | undefined {
  return number === 0 ? undefined : `${number} ${number === 1 ? one : many}`;
}
