import type { z } from 'zod';

/**
 * One step of a change of the system, as data: a plan can be printed and a journal written from it, and what was there
 * before stands in it, so that it can be undone by whoever reads the journal.
 */
export interface Step {
  /** The kind of step; see {@link StepKind}. */
  readonly do: string;
}

export interface StepContext {
  readonly signal?: AbortSignal | undefined;
}

/** What steps of one kind mean. Every function may be called again, also on what a crash left half done. */
export interface StepKind<S extends Step> {
  readonly do: S['do'];
  /** How a step is read from a journal: what it names is done as root, so it must be strict. */
  readonly schema: z.ZodType<S>;
  /** One line in words, for plans and logs. */
  describe(step: S): string;
  /** The same as a command line that an operator could type; `null` where there is none. */
  command(step: S): readonly string[] | null;
  /** Whether the system is now as it is after the step. */
  isDone(step: S): Promise<boolean>;
  apply(step: S, context: StepContext): Promise<void>;
  /**
   * Brings the system back to before the step, whether it was done, half done, or not begun.
   *
   * @throws where something uses what would go away: nothing in use is ever pulled away.
   */
  undo(step: S, context: StepContext): Promise<void>;
}

/** The kinds that a journal may name. */
export type StepKinds = readonly StepKind<Step>[];

/** What was looked at before a change was planned. `refuse` makes it impossible, `warn` is for the operator to weigh. */
export interface Check {
  /** Stable; one word or several with hyphens. */
  readonly code: string;
  readonly verdict: 'ok' | 'warn' | 'refuse';
  readonly message: string;
  /** What to do about it, where it isn't `ok`. */
  readonly remedy?: string | undefined;
}

/** Exactly what will be done, in this order. */
export interface ChangePlan {
  /** Such as `overlay` or `nvmeof-tune`. */
  readonly kind: string;
  /** What is changed: a path, a device, a name. With the kind it names the change: there is one of them at a time. */
  readonly subject: string;
  readonly checks: readonly Check[];
  readonly steps: readonly Step[];
}

/**
 * - `applying`: begun and not ended; a crash left it so, or it is under way.
 * - `applied`: every step was done.
 * - `removing`: being undone, by wish or because a step failed.
 * - `removed`: every step that was begun is undone.
 */
export type ChangeState = 'applying' | 'applied' | 'removing' | 'removed';

/** A change as its journal has it. */
export interface ChangeRecord {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  /** When it was begun, milliseconds since the epoch. */
  readonly beganAtMs: number;
  readonly state: ChangeState;
  readonly steps: readonly Step[];
  /** Numbers of steps that were begun and not undone since, in the order they were begun. */
  readonly begun: readonly number[];
  /** What the last attempt ended with, where it failed. */
  readonly failure: string | null;
}

export interface ChangeOptions extends StepContext {
  readonly kinds: StepKinds;
  /** Where the journals lie; made (0700) where it is missing. @default {@link CHANGES_DIRECTORY} */
  readonly directory?: string | undefined;
  /** What undoes changes that were left half done, for whoever reads an error. @default 'warmset storage recover' */
  readonly recovery?: string | undefined;
  /** Called before each step, and before it is undone. */
  readonly onStep?: ((step: Step, doing: 'apply' | 'undo') => void) | undefined;
}
