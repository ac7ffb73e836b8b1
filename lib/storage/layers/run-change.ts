import { readdir } from 'node:fs/promises';
import {
  applyChange,
  type ChangeOptions,
  type ChangePlan,
  type ChangeRecord,
  kindOf,
  listChanges,
  type MountStep,
  removeChange,
  type Step,
} from '../../change/index.ts';
import { WarmsetError } from '../../errors.ts';
import { findUse } from '../in-use.ts';
import { explainDenial, requireMountRights } from '../mount-rights.ts';
import type { Request } from '../steps/request.ts';
import { lookAtPlace } from './place-facts.ts';

/** The change of this kind that a path has, whatever its state; `null`: none. */
export async function findChange(
  kind: string,
  path: string,
  options: ChangeOptions,
): Promise<ChangeRecord | null> {
  const { path: subject } = await lookAtPlace(path);
  const records = await listChanges(options);
  return records.find((one) => one.kind === kind && one.subject === subject) ?? null;
}

export function isMount(step: Step): step is MountStep {
  return step.do === 'mount';
}

export function requestOf(steps: readonly Step[]): Request | null {
  const isRequest = (step: Step): step is Request => step.do === 'request';
  return steps.find(isRequest) ?? null;
}

/** A plan for what is applied already: the same steps, none of them to be done. */
export function appliedPlan({ id, kind, subject, steps }: ChangeRecord): ChangePlan {
  return {
    ...{ kind, subject, steps },
    checks: [
      {
        code: 'applied',
        verdict: 'ok',
        message: `it is applied already (${id}): none of this is done twice`,
      },
    ],
  };
}

/**
 * Applies a plan. Where the same is applied already, mounts that a boot has ended are made again, and that is all.
 *
 * @throws WarmsetError `WARMSET_STORAGE` without the right to mount, before anything else; as `applyChange` does
 */
export async function applyLayers(plan: ChangePlan, options: ChangeOptions): Promise<ChangeRecord> {
  await requireMountRights();
  try {
    const record = await applyChange(plan, options);
    await mountAgain(record, options);
    return record;
  } catch (error) {
    throw await explainDenial(error);
  }
}

/** Which mounts of a change are there. */
export async function mountStates(
  { steps }: Pick<ChangeRecord, 'steps'>,
  { kinds }: ChangeOptions,
): Promise<readonly { readonly at: string; readonly mounted: boolean }[]> {
  const states: { at: string; mounted: boolean }[] = [];
  for (const step of steps.filter(isMount)) {
    states.push({ at: step.at, mounted: await kindOf(step, kinds).isDone(step) });
  }
  return states;
}

/** @throws WarmsetError `WARMSET_STORAGE` where there is no such change of the path */
export async function readLayersStatus(kind: string, path: string, options: ChangeOptions) {
  const record = await findChange(kind, path, options);
  if (record === null) throw noneOf(kind, path);
  return { record, mounts: await mountStates(record, options) };
}

function noneOf(kind: string, path: string): WarmsetError {
  return new WarmsetError('WARMSET_STORAGE', `there is no ${kind} of ours`, {
    subject: path,
    remedy: 'warmset storage recover --list shows what there is; storage inspect shows mounts of others',
  });
}

async function mountAgain({ steps }: ChangeRecord, { kinds, signal, onStep }: ChangeOptions): Promise<void> {
  for (const [index, step] of steps.filter(isMount).entries()) {
    const kind = kindOf(step, kinds);
    if (await kind.isDone(step)) continue;
    const written = await readdir(step.at);
    // Only of the lowest mount: the others' mount points lie in it.
    if (index === 0 && written.length > 0) {
      throw new WarmsetError(
        'WARMSET_STORAGE',
        `${written.length} names were written to ${step.at} while nothing was mounted there: ${written.slice(0, 5).join(', ')}`,
        { subject: step.at, remedy: 'move them away, apply again, then move them back through the mount' },
      );
    }
    onStep?.(step, 'apply');
    await kind.apply(step, { signal });
  }
}

/**
 * Removes a change. What is in use is found out before anything is undone.
 *
 * @throws WarmsetError `WARMSET_STORAGE` where there is none, or without the right to unmount; `WARMSET_CHANGE` where
 * something is in use
 */
export async function removeLayers(
  kind: string,
  path: string,
  options: ChangeOptions,
): Promise<ChangeRecord> {
  await requireMountRights();
  const record = await findChange(kind, path, options);
  if (record === null) throw noneOf(kind, path);
  const mounted = (await mountStates(record, options)).some((one) => one.mounted);
  const use = mounted ? await findUse(record.subject) : { state: 'free' as const };
  if (use.state === 'used') {
    throw new WarmsetError('WARMSET_CHANGE', `${record.subject} is in use by ${use.by}`, {
      subject: record.subject,
      remedy: 'stop what uses it, then try again: nothing was changed',
    });
  }
  return removeChange(record.id, options);
}
