import type { Command } from 'commander';
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
    name: 'demo',
    summary: 'make a model, warm it, and show the difference',
    load: () => import('./commands/demo.ts'),
  },
];
