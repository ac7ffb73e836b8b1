import type { Command } from 'commander';
import { closest } from '../closest.ts';
import { WarmsetError } from '../errors.ts';
import type { Session } from './session.ts';

/** Adds a verb's arguments and options, and its action, which hands the exit code to `exit`. */
export type Define = (command: Command, session: Session, exit: (code: number) => void) => void;

export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** Loaded only when the verb is called, so that every other verb and `--help` start without it. */
  readonly load: () => Promise<{ readonly define: Define }>;
}

export const VERBS: readonly Verb[] = [
  {
    name: 'status',
    summary: 'what of these files is in memory',
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'plan',
    summary: 'what warm would do, and which limit binds',
    load: () => import('./commands/plan.ts'),
  },
  {
    name: 'warm',
    summary: 'bring files into memory within a budget, and verify',
    load: () => import('./commands/warm.ts'),
  },
  {
    name: 'evict',
    summary: 'give memory back, and say what stayed and why',
    load: () => import('./commands/evict.ts'),
  },
  {
    name: 'lock',
    summary: 'hold files in memory for as long as it runs',
    load: () => import('./commands/lock.ts'),
  },
  {
    name: 'doctor',
    summary: "what this host can and can't do, and what to change",
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'config',
    summary: 'what is wrong with a configuration, or what it comes to',
    load: () => import('./commands/config.ts'),
  },
  {
    name: 'demo',
    summary: 'make a model, warm it, and show the difference',
    load: () => import('./commands/demo.ts'),
  },
];

/** @throws WarmsetError `WARMSET_BAD_ARGUMENT` for a word that is no verb. */
export function findVerb(word: string): Verb {
  const verb = VERBS.find(({ name }) => name === word);
  if (verb) return verb;
  if (word.startsWith('-')) {
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', `there is no option ${word} before the verb`, {
      remedy: 'put options behind the verb: warmset status --json /models/llama',
    });
  }
  const names = VERBS.map(({ name }) => name);
  const meant = closest(word, names);
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `there is no verb ${JSON.stringify(word)}`, {
    remedy:
      meant === undefined ? `use one of ${names.join(', ')}` : `did you mean ${meant}? --help lists all`,
  });
}
