import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChangeRecord, listChanges } from '../../change/index.ts';
import type { RolloutFile } from '../file/schema.ts';
import type { Stage } from '../file/stages.ts';
import { ROLLOUT_STEPS } from './steps.ts';

/** Where a rollout's journals lie unless told otherwise. */
export const ROLLOUT_STATE = '/var/lib/warmset/rollout';
export const KIND = 'rollout';

export function changesDirectory(state: string): string {
  return join(state, 'changes');
}

export function subjectOf(rollout: string, stage: string, action: number): string {
  return `${rollout}/${stage}/${action}`;
}

/** Which stage a record belongs to. */
export function stageOf({ subject }: ChangeRecord): string {
  return subject.split('/')[1] ?? '';
}

/** What was done of a rollout and not undone since, oldest first. */
export async function recordsOf(rollout: string, state: string): Promise<readonly ChangeRecord[]> {
  const records = await listChanges({ kinds: ROLLOUT_STEPS, directory: changesDirectory(state) });
  return records.filter(({ kind, subject }) => kind === KIND && subject.startsWith(`${rollout}/`));
}

/** Names of all rollouts of which something was done and not undone since. */
export async function rolloutsIn(state: string): Promise<readonly string[]> {
  const records = await listChanges({ kinds: ROLLOUT_STEPS, directory: changesDirectory(state) });
  return [
    ...new Set(records.filter(({ kind }) => kind === KIND).map(({ subject }) => subject.split('/')[0] ?? '')),
  ];
}

export interface StageProgress {
  readonly stage: Stage;
  /** `part`: some of its actions, after a crash or a rollback that failed. */
  readonly state: 'done' | 'part' | 'none';
  /** When its last action was begun, milliseconds since the epoch. */
  readonly beganAtMs: number | null;
}

export function progressOf(file: RolloutFile, records: readonly ChangeRecord[]): readonly StageProgress[] {
  return file.stages.map((stage) => {
    const own = records.filter(({ subject }) => subject.startsWith(`${file.name}/${stage.name}/`));
    const done = stage.actions.every((_, at) =>
      own.some((one) => one.state === 'applied' && one.subject === subjectOf(file.name, stage.name, at)),
    );
    const state = own.length === 0 ? 'none' : done ? 'done' : 'part';
    return {
      stage,
      state,
      beganAtMs: own.length === 0 ? null : Math.max(...own.map((one) => one.beganAtMs)),
    };
  });
}

/** The stage that was reached: the last one in the order of the file of which anything was done. */
export function currentStage(progress: readonly StageProgress[]): StageProgress | null {
  return progress.findLast(({ state }) => state !== 'none') ?? null;
}

export interface Decision {
  readonly rollout: string;
  readonly did: 'promote' | 'rollback';
  readonly stage: string | null;
  /** What the check of the stage before came to; `null` where there was none. */
  readonly verdict: string | null;
  /** Why it was done all the same. */
  readonly forced: string | null;
}

/** Who decided what and why, beside the journals of what was done; on the disk before anything is. */
export async function noteDecision(state: string, decision: Decision, atMs: number): Promise<void> {
  await mkdir(state, { recursive: true, mode: 0o700 });
  const file = await open(join(state, 'decisions.jsonl'), 'a', 0o600);
  try {
    await file.appendFile(`${JSON.stringify({ atMs, ...decision })}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
}
