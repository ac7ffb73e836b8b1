import {
  type ChangeOptions,
  type ChangeRecord,
  kindOf,
  removeChange,
  type Step,
} from '../../change/index.ts';
import { isSystemError, WarmsetError } from '../../errors.ts';
import type { RolloutFile } from '../file/schema.ts';
import { changesDirectory, noteDecision, recordsOf, rolloutsIn, stageOf } from './state.ts';
import { bareStep, ROLLOUT_STEPS } from './steps.ts';

export interface RollbackOptions {
  /** Name of the rollout. */
  readonly name: string;
  readonly state: string;
  /** Where the journals can't be read its actions are undone as if nothing had been there before; `null` for none. */
  readonly file: RolloutFile | null;
  readonly onStep?: ChangeOptions['onStep'];
  /** @default Date.now */
  readonly now?: (() => number) | undefined;
}

export interface Undone {
  readonly stage: string;
  /** What had been done, in words. */
  readonly action: string;
  /** `left`: it was so before the rollout, and stays. */
  readonly outcome: 'undone' | 'left' | 'failed';
  readonly why: string | null;
}

export interface RollbackResult {
  readonly rollout: string;
  /** In the order in which it was undone: the last action first. */
  readonly actions: readonly Undone[];
  /** What else is to be known: journals that can't be read or written. */
  readonly warnings: readonly string[];
  readonly complete: boolean;
}

/**
 * Undoes all that was done of a rollout, the last action first. Asks no Prometheus, goes by the journal and not by the
 * file, and goes on where one action can't be undone: that one is told, and tried again at the next call.
 */
export async function rollback(options: RollbackOptions): Promise<RollbackResult> {
  const { name, state, file, onStep, now = Date.now } = options;
  const change: ChangeOptions = { kinds: ROLLOUT_STEPS, directory: changesDirectory(state), onStep };
  const warnings: string[] = [];
  const warn = (error: unknown): void => void warnings.push(messageOf(error));
  const decision = { rollout: name, did: 'rollback', stage: null, verdict: null, forced: null } as const;
  await noteDecision(state, decision, now()).catch(warn);
  let actions: readonly Undone[];
  const notes: string[] = [];
  try {
    actions = await undoRecords(await recordsOf(name, state), change, warnings);
    if (actions.length === 0) notes.push(...(await othersIn(state, name)));
  } catch (error) {
    if (file === null) throw error;
    // Nobody knows what was done. To switch all of it off is safe: a page cache is a copy.
    warn(error);
    actions = await undoFile(file, onStep);
  }
  const failed = actions.some(({ outcome }) => outcome === 'failed');
  return {
    rollout: name,
    actions,
    warnings: [...warnings, ...notes],
    complete: !failed && warnings.length === 0,
  };
}

/** Who mistyped a name in the night must not believe that all is undone. */
async function othersIn(state: string, name: string): Promise<readonly string[]> {
  const others = (await rolloutsIn(state)).filter((one) => one !== name);
  return others.length === 0
    ? []
    : [`the journal knows other rollouts that were not undone: ${others.join(', ')}`];
}

async function undoRecords(
  records: readonly ChangeRecord[],
  change: ChangeOptions,
  warnings: string[],
): Promise<readonly Undone[]> {
  const actions: Undone[] = [];
  for (const record of records.toReversed()) {
    const said = { stage: stageOf(record), action: describe(record.steps) };
    const nothing = record.state === 'applied' && record.begun.length === 0;
    try {
      await removeChange(record.id, change);
      actions.push({
        ...said,
        outcome: nothing ? 'left' : 'undone',
        why: nothing ? 'it was so before the rollout' : null,
      });
    } catch (error) {
      if (!isSystemError(error)) {
        actions.push({ ...said, outcome: 'failed', why: messageOf(error) });
        continue;
      }
      // A full disk must not keep the sidecars running.
      warnings.push(`the journal could not be written: ${messageOf(error)}`);
      actions.push(await undoDirectly(said, stepsToUndo(record), change.onStep));
    }
  }
  return actions;
}

function stepsToUndo({ steps, begun }: ChangeRecord): readonly Step[] {
  return begun.toReversed().flatMap((index) => steps[index] ?? []);
}

async function undoFile(file: RolloutFile, onStep: ChangeOptions['onStep']): Promise<readonly Undone[]> {
  const actions: Undone[] = [];
  for (const stage of file.stages.toReversed()) {
    for (const action of stage.actions.toReversed()) {
      const step = bareStep(action);
      actions.push(await undoDirectly({ stage: stage.name, action: describe([step]) }, [step], onStep));
    }
  }
  return actions;
}

async function undoDirectly(
  said: Pick<Undone, 'stage' | 'action'>,
  steps: readonly Step[],
  onStep: ChangeOptions['onStep'],
): Promise<Undone> {
  try {
    for (const step of steps) {
      onStep?.(step, 'undo');
      await kindOf(step, ROLLOUT_STEPS).undo(step, {});
    }
    return { ...said, outcome: 'undone', why: null };
  } catch (error) {
    return { ...said, outcome: 'failed', why: messageOf(error) };
  }
}

function describe(steps: readonly Step[]): string {
  return steps.map((step) => kindOf(step, ROLLOUT_STEPS).describe(step)).join(', ');
}

function messageOf(error: unknown): string {
  if (WarmsetError.is(error) && error.subject !== undefined && !error.message.includes(error.subject)) {
    return `${error.subject}: ${error.message}`;
  }
  return error instanceof Error ? error.message : String(error);
}
