import type { ChangeOptions, ChangePlan, ChangeRecord } from '../../change/index.ts';
import { WarmsetError } from '../../errors.ts';
import { localDirectoryOf, partsOf } from '../layers/local-parts.ts';
import {
  appliedPlan,
  applyLayers,
  findChange,
  readLayersStatus,
  removeLayers,
  requestOf,
} from '../layers/run-change.ts';
import type { SetAside } from '../steps/set-aside.ts';
import { exists } from '../tree/exists.ts';
import { walkTree } from '../tree/walk-tree.ts';
import { type LayerEntry, readLayer } from './diff.ts';
import { type Drift, readDrift } from './drift.ts';
import { OVERLAY, type OverlayOptions, planOverlay } from './plan.ts';
import { wishOf } from './steps.ts';

/**
 * Plans an overlay, or tells that the same is applied already.
 *
 * @throws WarmsetError `WARMSET_STORAGE` for layers whose paths can't be mount options
 */
export async function prepareOverlay(
  path: string,
  options: OverlayOptions,
  change: ChangeOptions,
): Promise<ChangePlan> {
  // Who may not read the journals may plan all the same.
  const record = await findChange(OVERLAY, path, change).catch(() => null);
  if (record?.state !== 'applied') return planOverlay(path, options);
  const local = options.local ?? requestOf(record.steps)?.local ?? localDirectoryOf(record.subject);
  return sameWish(record, options, local) ? appliedPlan(record) : planOverlay(path, options);
}

function sameWish({ steps, subject }: ChangeRecord, options: OverlayOptions, local: string): boolean {
  const made = requestOf(steps);
  return made !== null && made.local === local && made.wish === wishOf(subject, options);
}

/** Lays the overlay. Applying the same twice is once; after a boot its mounts are made again. */
export async function applyOverlay(
  path: string,
  options: OverlayOptions,
  change: ChangeOptions,
): Promise<ChangeRecord> {
  return applyLayers(await prepareOverlay(path, options, change), change);
}

export interface RemovedOverlay {
  readonly record: ChangeRecord;
  /** Where files are kept that were there before and have been deleted or replaced since; `null`: there are none. */
  readonly kept: string | null;
}

/** Takes the overlay away: the directory is what it was, with what was written since. */
export async function removeOverlay(path: string, change: ChangeOptions): Promise<RemovedOverlay> {
  const record = await removeLayers(OVERLAY, path, change);
  const local = requestOf(record.steps)?.local;
  const kept = local === undefined ? null : partsOf(local).kept;
  return { record, kept: kept !== null && (await exists(kept)) ? kept : null };
}

export interface OverlayStatus {
  readonly record: ChangeRecord;
  readonly mounts: readonly { readonly at: string; readonly mounted: boolean }[];
  readonly lower: string;
  readonly upper: string;
  /** What the upper layer holds, file by file. */
  readonly layer: readonly LayerEntry[];
  /** What of the lower layer has changed since; `null`: what it held isn't known any more. */
  readonly drift: readonly Drift[] | null;
  /** Files that were set aside, because the base has them. */
  readonly aside: { readonly files: number; readonly bytes: number; readonly at: string };
}

/** @throws WarmsetError `WARMSET_STORAGE` where there is no overlay of ours */
export async function readOverlayStatus(path: string, change: ChangeOptions): Promise<OverlayStatus> {
  const { record, mounts } = await readLayersStatus(OVERLAY, path, change);
  const setAside = record.steps.find((one): one is SetAside => one.do === 'set-aside');
  const local = requestOf(record.steps)?.local;
  if (setAside === undefined || local === undefined) {
    throw new WarmsetError('WARMSET_STORAGE', 'its journal names no layers', {
      subject: record.id,
      remedy: 'it was written by another version: use that one',
    });
  }
  const { upper, lower, aside } = setAside;
  const { signal } = change;
  let [files, bytes] = [0, 0];
  if (await exists(aside)) {
    for await (const { kind, size } of walkTree(aside, { signal })) {
      if (kind !== 'file') continue;
      files += 1;
      bytes += size;
    }
  }
  return {
    ...{ record, mounts, lower, upper },
    layer: (await exists(upper)) ? await readLayer(upper, lower, { signal }) : [],
    drift: (await exists(lower)) ? await readDrift(lower, partsOf(local).list, { signal }) : null,
    aside: { files, bytes, at: aside },
  };
}
