import { resolve } from 'node:path';
import type { ChangePlan, Check } from '../../change/index.ts';
import type { JobOptions } from '../../native/job.ts';
import { findUse } from '../in-use.ts';
import { readContent } from '../layers/content.ts';
import { findPlaces } from '../layers/find-places.ts';
import {
  judgeLocal,
  judgeMisfits,
  judgeNesting,
  judgeRightsCheck,
  judgeTarget,
  judgeTools,
  judgeUse,
  type Nesting,
} from '../layers/judge-places.ts';
import { type LocalParts, localDirectoryOf, partsOf } from '../layers/local-parts.ts';
import { liesWithin, lookAtPlace, nearestDirectory, xfsTellsTypes } from '../layers/place-facts.ts';
import { missingTools } from '../layers/tools.ts';
import { readMountRights } from '../mount-rights.ts';
import type { Persist, PersistPlaces } from '../persist/plan-persist.ts';
import type { PolicyRule } from '../placement/index.ts';
import { exists } from '../tree/exists.ts';
import { judgeContent, judgeLower, judgeOwners, judgeUpper, SEMANTICS } from './judge-layers.ts';
import { DEFAULT_FEATURES, judgeFeatures, type OverlayFeatures } from './options.ts';
import { LEAST_BYTES, overlaySteps } from './steps.ts';

export interface OverlayOptions extends JobOptions {
  /** The shared base: a directory of an NVMe-oF namespace or of any mount. */
  readonly lower: string;
  /** This node's own directory. @default `.NAME.warmset` beside the path */
  readonly local?: string | undefined;
  readonly policy: readonly PolicyRule[];
  /** @default {@link DEFAULT_FEATURES} */
  readonly features?: Partial<OverlayFeatures> | undefined;
  /** Nobody writes to the base, although its filesystem would let them. @default false */
  readonly writableLower?: boolean | undefined;
  /** Bytes: smaller files aren't compared with the base's, but kept. @default 1 MiB */
  readonly least?: number | undefined;
  /** @default 'none' */
  readonly persist?: Persist | undefined;
  readonly places?: PersistPlaces | undefined;
}

export const OVERLAY = 'overlay';
const TOOLS = ['mount', 'umount', 'getfattr', 'setfattr', 'cp', 'chown', 'chmod', 'touch'];

/** What laying an overlay over a directory takes, and what speaks against it. Changes nothing and needs no root. */
export async function planOverlay(path: string, options: OverlayOptions): Promise<ChangePlan> {
  const target = await lookAtPlace(path);
  const lower = await lookAtPlace(resolve(options.lower));
  const base = lower.state === 'link' && lower.leadsTo !== null ? await lookAtPlace(lower.leadsTo) : lower;
  const rights = await readMountRights();
  const missing = await missingTools(TOOLS);
  const first: Check[] = [
    judgeRightsCheck(rights),
    judgeTools(missing),
    judgeTarget(target),
    judgeLower(base, options.writableLower ?? false),
  ];
  const plan = { kind: OVERLAY, subject: target.path };
  if (target.state !== 'directory' || base.state !== 'directory')
    return { ...plan, checks: first, steps: [] };
  const local = resolve(options.local ?? localDirectoryOf(target.path));
  const nested = await findNested(target.path, base.path, local);
  if (nested.length > 0) return { ...plan, checks: [...first, judgeNesting(nested)], steps: [] };

  const nearest = await nearestDirectory(await lookAtPlace(local));
  const parts = partsOf(local);
  const taken = await takenOf(parts);
  const places = await findPlaces(target.path, base.path, options.policy);
  const content = await readContent(target.path, base.path, {
    ...{ signal: options.signal, least: options.least ?? LEAST_BYTES },
    locals: places.placed.map((one) => one.path),
    readMarks: rights.allowed && missing.length === 0,
  });
  const features = { ...DEFAULT_FEATURES, ...options.features };
  const xfs = nearest.mount?.fsType === 'xfs' ? await xfsTellsTypes(nearest.mount.mountPoint) : null;
  const steps = await overlaySteps({
    target,
    base,
    parts,
    content,
    features,
    options,
    placed: places.placed,
  });
  return {
    ...plan,
    checks: [
      ...first,
      judgeNesting(nested),
      judgeUse(target.path, await findUse(target.path)),
      judgeLocal(target, nearest, taken),
      judgeUpper(nearest, xfs),
      ...judgeContent(content),
      judgeOwners(target, base),
      ...judgeMisfits(places.misfits),
      ...judgeFeatures(features),
      ...SEMANTICS,
    ],
    steps,
  };
}

async function takenOf({ upper, work, aside, locals, list }: LocalParts): Promise<string[]> {
  const taken: string[] = [];
  for (const path of [upper, work, aside, locals, list]) if (await exists(path)) taken.push(path);
  return taken;
}

async function findNested(target: string, base: string, local: string): Promise<readonly Nesting[]> {
  const pairs = [
    [base, target],
    [target, base],
    [local, target],
    [local, base],
    [base, local],
  ] as const;
  const nested: Nesting[] = [];
  for (const [inner, outer] of pairs) if (await liesWithin(inner, outer)) nested.push({ inner, outer });
  return nested;
}
