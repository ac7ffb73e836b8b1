import { WarmsetError } from '../errors.ts';
import { type Random, seededRandom } from '../probe/random.ts';
import { BUILT_IN_CONDITIONS, type Condition, type Design, type PlannedTrial } from './types.ts';

/** Fewer can't be told from chance by any test, however far apart they are. */
export const LEAST_ROUNDS = 3;
/** With five of each, samples that don't overlap have p = 0.008; with three it is 0.1. */
export const USUAL_ROUNDS = 5;
const MOST_ROUNDS = 1000;

/** @throws WarmsetError `WARMSET_BAD_ARGUMENT` for a design that couldn't show anything */
export function checkDesign(design: Design): Design {
  const { conditions, rounds, seed, schedulers } = design;
  if (!Number.isInteger(rounds) || rounds < LEAST_ROUNDS || rounds > MOST_ROUNDS) {
    throw refusal('rounds', `${rounds} rounds`, `give a whole number from ${LEAST_ROUNDS} to ${MOST_ROUNDS}`);
  }
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw refusal('seed', `the seed ${seed}`, 'give a whole number from 0 to 4294967295');
  }
  const names = conditions.map(({ name }) => name);
  const twice = firstTwice(names) ?? firstTwice(schedulers);
  if (twice !== undefined) throw refusal('conditions', `${twice} is named twice`, 'name it once');
  for (const needed of ['cold', 'warm']) {
    if (names.includes(needed)) continue;
    throw refusal(
      'conditions',
      `${needed} is missing`,
      'cold and warm are what the others are compared with',
    );
  }
  for (const { kind, name } of conditions) {
    if (kind !== 'command' || /^[a-z][a-z0-9_-]{0,31}$/.test(name)) continue;
    throw refusal(
      'condition',
      `${JSON.stringify(name)} can't be a condition's name`,
      'use small letters, digits, - and _',
    );
  }
  return design;
}

function firstTwice(names: readonly string[]): string | undefined {
  return names.find((name, at) => names.indexOf(name) !== at);
}

function refusal(subject: string, what: string, remedy: string): WarmsetError {
  return new WarmsetError('WARMSET_BAD_ARGUMENT', `this isn't an experiment: ${what}`, { subject, remedy });
}

/** Conditions from words such as `cold` and `NAME=COMMAND`. */
export function parseCondition(word: string): Condition {
  const builtIn = BUILT_IN_CONDITIONS.find((name) => name === word);
  if (builtIn !== undefined) return { kind: builtIn, name: builtIn };
  const [name = '', ...command] = word.split('=');
  if (command.length > 0 && command.join('=').trim() !== '' && !isBuiltIn(name)) {
    return { kind: 'command', name, command: command.join('=') };
  }
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `there is no condition ${JSON.stringify(word)}`, {
    subject: word,
    remedy: `use ${BUILT_IN_CONDITIONS.join(', ')}, or NAME=COMMAND with another name`,
  });
}

function isBuiltIn(name: string): boolean {
  return BUILT_IN_CONDITIONS.some((known) => known === name);
}

/**
 * All trials in their order: a round has each condition once (and with each scheduler), shuffled anew, so that what
 * drifts with time (a warming disk, a neighbour) falls on all of them alike. The seed alone decides.
 */
export function planTrials(design: Design): readonly PlannedTrial[] {
  const random = seededRandom(design.seed);
  const schedulers: readonly (string | null)[] = design.schedulers.length > 0 ? design.schedulers : [null];
  const trials = Array.from({ length: design.rounds }, (_, round) =>
    // Schedulers as blocks inside the round: each switch drains the device's queue.
    shuffled(schedulers, random).flatMap((scheduler) =>
      shuffled(design.conditions, random).map(({ name }) => ({ round, condition: name, scheduler })),
    ),
  ).flat();
  return trials.map((trial, index) => ({ index, ...trial }));
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(random.below(left.length), 1));
}
