import { dirname, join, resolve } from 'node:path';
import type { MakeDirectory, MountStep, Rename, Step } from '../../change/index.ts';
import type { Content } from '../layers/content.ts';
import { type LocalPlan, planLocal } from '../layers/find-places.ts';
import type { LocalParts } from '../layers/local-parts.ts';
import type { DirectoryFacts } from '../layers/place-facts.ts';
import { missingDirectories, planPersist } from '../persist/plan-persist.ts';
import type { Placed } from '../placement/index.ts';
import type { ExpectUnused } from '../steps/expect-unused.ts';
import type { KeepTimes } from '../steps/keep-times.ts';
import type { LowerList } from '../steps/lower-list.ts';
import type { Request } from '../steps/request.ts';
import type { SeedDirectory } from '../steps/seed-directory.ts';
import type { SetAside } from '../steps/set-aside.ts';
import type { WorkDirectory } from '../steps/work-directory.ts';
import { DEFAULT_FEATURES, mountOptions, type OverlayFeatures } from './options.ts';
import type { OverlayOptions } from './plan.ts';

/** How mounts of ours are known in /proc/self/mountinfo. */
export const OVERLAY_SOURCE = 'warmset-overlay';
/** Smaller files aren't worth a comparison: they stay. */
export const LEAST_BYTES = 1 << 20;

export interface OverlayFacts {
  readonly target: DirectoryFacts;
  readonly base: DirectoryFacts;
  readonly parts: LocalParts;
  readonly content: Content;
  readonly features: OverlayFeatures;
  readonly options: OverlayOptions;
  readonly placed: readonly Placed[];
}

/** The steps, in an order in which each can be undone when all behind it are. */
export async function overlaySteps(facts: OverlayFacts): Promise<readonly Step[]> {
  const { target, base, parts, content, features, options } = facts;
  const { path } = target;
  const missing = new Set<string>();
  const locals: LocalPlan[] = [];
  const where = {
    own: path,
    layer: parts.upper,
    base: base.path,
    locals: parts.locals,
    owner: target,
    missing,
  };
  for (const one of facts.placed) locals.push(await planLocal(one, where));
  const layers = { lower: base.path, upper: parts.upper, work: parts.work };
  const mounts = mountsOf(path, locals, mountOptions(layers, features));
  return [
    step<Request>({ do: 'request', wish: wishOf(path, options), local: parts.local }),
    ...(await missingDirectories(dirname(parts.local))),
    directory(parts.local),
    directory(parts.aside),
    directory(parts.locals),
    step<WorkDirectory>({ do: 'work-directory', path: parts.work }),
    step<LowerList>({ do: 'lower-list', lower: base.path, list: parts.list }),
    step<Rename>({ do: 'rename', from: path, to: parts.upper, identity: target.identity }),
    // Closed: what is written while nothing is mounted there would be hidden by the mount.
    step<MakeDirectory>({ do: 'make-directory', path, mode: 0, uid: 0, gid: 0 }),
    step<KeepTimes>({
      ...{ do: 'keep-times', work: parts.work },
      directories: content.times.map((one) => ({
        path: join(parts.upper, one.path),
        mtimeNs: one.mtimeNs.toString(),
      })),
    }),
    ...locals.flatMap((one) => [one.step, ...seedOf(one, base.path, target)]),
    step<SetAside>({
      ...{ do: 'set-aside', upper: parts.upper, lower: base.path, aside: parts.aside, kept: parts.kept },
      files: content.candidates,
    }),
    step<ExpectUnused>({ do: 'expect-unused', path: parts.upper, before: 'apply' }),
    ...mounts,
    ...(await planPersist(
      options.persist ?? 'none',
      mounts.map((mount) => ({
        ...mount,
        needs: mount.type === 'bind' ? [parts.local, path] : [base.path, parts.local],
      })),
      options.places,
    )),
    step<ExpectUnused>({ do: 'expect-unused', path, before: 'undo' }),
  ];
}

function mountsOf(
  path: string,
  locals: readonly LocalPlan[],
  options: readonly string[],
): readonly MountStep[] {
  const overlay: MountStep = {
    ...{ do: 'mount', type: 'overlay', source: OVERLAY_SOURCE, at: path },
    options: [...options],
  };
  const binds = locals.map(
    ({ placed, step: { local } }): MountStep => ({
      ...{ do: 'mount', type: 'bind', source: local, at: join(path, placed.path), options: [] },
    }),
  );
  return [overlay, ...binds];
}

function seedOf({ placed, step: local, empty }: LocalPlan, base: string, owner: DirectoryFacts): Step[] {
  // What the backend has built here is newer than any seed.
  if (placed.placement !== 'seeded' || !empty) return [];
  const { uid, gid } = owner;
  return [
    step<SeedDirectory>({
      ...{ do: 'seed-directory', from: join(base, placed.path), to: local.local },
      ...{ list: `${local.local}.seeded.json`, uid, gid },
    }),
  ];
}

/** What was asked for, in a form in which equal wishes are equal. */
export function wishOf(path: string, options: OverlayOptions): string {
  const { policy, features, persist = 'none', least = LEAST_BYTES } = options;
  const rules = policy.map((rule) => `${rule.placement} ${rule.path}`).toSorted();
  const all = { ...DEFAULT_FEATURES, ...features };
  return JSON.stringify([path, resolve(options.lower), rules, all, persist, least]);
}

function directory(path: string): Step {
  return step<MakeDirectory>({ do: 'make-directory', path, mode: 0o700, uid: 0, gid: 0 });
}

/** A step as a value of its own kind, so that the compiler looks at all of it. */
function step<S extends Step>(one: S): S {
  return one;
}
