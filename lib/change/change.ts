import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { WarmsetError } from '../errors.ts';
import { lockFile } from '../native/file-lock.ts';
import { CHANGES_DIRECTORY, forgetOld, Journal, listJournals, makeDirectory } from './journal.ts';
import { kindOf } from './kind-of.ts';
import type { ChangeOptions, ChangePlan, ChangeRecord } from './types.ts';

/**
 * Does a plan's steps in order, each written down before it is begun. Where one fails, those that were begun are undone
 * in reverse. Applying the same plan twice is once.
 *
 * @returns the change as its journal has it now
 * @throws WarmsetError `WARMSET_CHANGE` where a check refuses, another change of the same subject is there, or another
 * process is at work; what a step failed with, after all was undone (its message says if that failed, too).
 */
export async function applyChange(plan: ChangePlan, options: ChangeOptions): Promise<ChangeRecord> {
  refuseUnsound(plan);
  return locked(options, async (directory) => {
    const records = await listJournals(directory, options.kinds);
    const there = records.find((one) => isSame(one, plan) && one.state !== 'removed');
    if (there !== undefined) {
      if (there.state === 'applied' && isDeepStrictEqual(there.steps, plan.steps)) return there;
      throw alreadyThere(there, recoveryOf(options));
    }
    await forgetOld(directory, records);
    await using journal = await Journal.create(directory, plan);
    try {
      for (const [index, step] of plan.steps.entries()) {
        options.signal?.throwIfAborted();
        const kind = kindOf(step, options.kinds);
        // Somebody else's work is neither done again nor, later, undone.
        if (await kind.isDone(step)) continue;
        await journal.append({ event: 'begin', step: index });
        options.onStep?.(step, 'apply');
        await kind.apply(step, { signal: options.signal });
        await journal.append({ event: 'end', step: index });
      }
    } catch (error) {
      await journal.append({ event: 'failed', message: messageOf(error) });
      await undoAfter(error, await find(directory, journal.id, options), journal, options);
    }
    await journal.append({ event: 'applied' });
    return await find(directory, journal.id, options);
  });
}

/**
 * Undoes a change, last step first. What fails because something is in use leaves the rest as it is; call it again when
 * that is over.
 *
 * @throws WarmsetError `WARMSET_CHANGE` where there is no such change; what a step's undoing failed with.
 */
export async function removeChange(id: string, options: ChangeOptions): Promise<ChangeRecord> {
  return locked(options, async (directory) => {
    const record = await find(directory, id, options);
    if (record.state === 'removed') return record;
    await using journal = await Journal.reopen(directory, id);
    await undoAll(record, journal, options);
    return await find(directory, id, options);
  });
}

/** What a crash left half applied or half removed is undone; what is applied or removed stays so. Newest first. */
export async function recoverChanges(options: ChangeOptions): Promise<readonly ChangeRecord[]> {
  return locked(options, async (directory) => {
    const left = (await listJournals(directory, options.kinds)).filter(
      ({ state }) => state === 'applying' || state === 'removing',
    );
    const recovered: ChangeRecord[] = [];
    for (const record of left.toReversed()) {
      await using journal = await Journal.reopen(directory, record.id);
      await undoAll(record, journal, options);
      recovered.push(await find(directory, record.id, options));
    }
    return recovered;
  });
}

/** Every change that isn't removed, oldest first. */
export async function listChanges(options: ChangeOptions): Promise<readonly ChangeRecord[]> {
  const { directory = CHANGES_DIRECTORY, kinds } = options;
  return (await listJournals(directory, kinds)).filter(({ state }) => state !== 'removed');
}

async function undoAll(record: ChangeRecord, journal: Journal, options: ChangeOptions): Promise<void> {
  if (record.state !== 'removing') await journal.append({ event: 'removing' });
  try {
    for (const index of record.begun.toReversed()) {
      const step = record.steps[index];
      if (step === undefined) continue;
      await journal.append({ event: 'undo', step: index });
      options.onStep?.(step, 'undo');
      await kindOf(step, options.kinds).undo(step, { signal: options.signal });
      await journal.append({ event: 'undone', step: index });
    }
  } catch (error) {
    await journal.append({ event: 'failed', message: messageOf(error) });
    throw error;
  }
  await journal.append({ event: 'removed' });
}

/** The signal that ended the steps must not end their undoing. */
async function undoAfter(
  error: unknown,
  record: ChangeRecord,
  journal: Journal,
  options: ChangeOptions,
): Promise<never> {
  try {
    await undoAll(record, journal, { ...options, signal: undefined });
  } catch (second) {
    throw new WarmsetError(
      'WARMSET_CHANGE',
      `a step failed (${messageOf(error)}), and so did undoing what was done before it: ${messageOf(second)}`,
      { subject: record.subject, remedy: `see to that, then run: ${recoveryOf(options)}`, cause: error },
    );
  }
  throw error;
}

async function find(directory: string, id: string, { kinds }: ChangeOptions): Promise<ChangeRecord> {
  const record = (await listJournals(directory, kinds)).find((one) => one.id === id);
  if (record !== undefined) return record;
  throw new WarmsetError('WARMSET_CHANGE', `there is no change ${id}`, {
    subject: directory,
    remedy: 'it may have been removed; the journals in this directory say what was done',
  });
}

/** One process at a time changes the system: two that plan from the same facts would both be wrong. */
async function locked<T>(options: ChangeOptions, body: (directory: string) => Promise<T>): Promise<T> {
  const { directory = CHANGES_DIRECTORY } = options;
  await makeDirectory(directory);
  await using lock = await lockFile(join(directory, 'changes.lock'), {
    holder: `${process.pid}\n`,
    priority: 'normal',
  });
  // Awaited here: the lock is let go when this block is left.
  if (lock !== null) return await body(directory);
  throw new WarmsetError('WARMSET_CHANGE', 'another process is changing the system', {
    subject: directory,
    remedy: 'wait until it has ended; its process ID is in changes.lock',
  });
}

function refuseUnsound({ checks, subject }: ChangePlan): void {
  const refused = checks.filter(({ verdict }) => verdict === 'refuse');
  const [first] = refused;
  if (first === undefined) return;
  throw new WarmsetError('WARMSET_CHANGE', refused.map(({ message }) => message).join('; '), {
    subject,
    ...(first.remedy === undefined ? {} : { remedy: first.remedy }),
  });
}

function isSame(a: ChangePlan | ChangeRecord, b: ChangePlan): boolean {
  return a.kind === b.kind && a.subject === b.subject;
}

function recoveryOf({ recovery = 'warmset storage recover' }: ChangeOptions): string {
  return recovery;
}

function alreadyThere({ id, kind, state, subject }: ChangeRecord, recovery: string): WarmsetError {
  const half = state !== 'applied';
  return new WarmsetError(
    'WARMSET_CHANGE',
    half
      ? `an earlier ${kind} of it was left half ${state === 'applying' ? 'applied' : 'removed'} (${id})`
      : `there is another ${kind} of it, with other steps (${id})`,
    { subject, remedy: half ? `${recovery} undoes it` : 'remove that one first' },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
