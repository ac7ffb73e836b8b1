import { dirname, join, resolve } from 'node:path';
import type {
  ChangeOptions,
  ChangePlan,
  ChangeRecord,
  Check,
  MakeDirectory,
  MountStep,
  Rename,
  Step,
} from '../../change/index.ts';
import type { JobOptions } from '../../native/job.ts';
import { findUse } from '../in-use.ts';
import { findPlaces, localName } from '../layers/find-places.ts';
import {
  judgeLocal,
  judgeMisfits,
  judgeNesting,
  judgeRightsCheck,
  judgeTarget,
  judgeTools,
  judgeUse,
} from '../layers/judge-places.ts';
import { localDirectoryOf, partsOf } from '../layers/local-parts.ts';
import { type DirectoryFacts, liesWithin, lookAtPlace, nearestDirectory } from '../layers/place-facts.ts';
import { appliedPlan, applyLayers, findChange, removeLayers, requestOf } from '../layers/run-change.ts';
import { missingTools } from '../layers/tools.ts';
import { readMountRights } from '../mount-rights.ts';
import {
  missingDirectories,
  type Persist,
  type PersistPlaces,
  planPersist,
} from '../persist/plan-persist.ts';
import type { Placed, PolicyRule } from '../placement/index.ts';
import type { ExpectUnused } from '../steps/expect-unused.ts';
import type { LocalDirectory } from '../steps/local-directory.ts';
import type { Request } from '../steps/request.ts';
import type { SeedDirectory } from '../steps/seed-directory.ts';
import { exists } from '../tree/exists.ts';

export interface BindOptions extends JobOptions {
  /** The directory that all share. */
  readonly shared: string;
  /** This node's own directory. @default `.NAME.warmset` beside the path */
  readonly local?: string | undefined;
  readonly policy: readonly PolicyRule[];
  /** @default false */
  readonly readOnly?: boolean | undefined;
  /** @default 'none' */
  readonly persist?: Persist | undefined;
  readonly places?: PersistPlaces | undefined;
}

export const BIND = 'bind';

/** What showing a shared directory at a path takes, with local directories over it. Changes nothing, needs no root. */
export async function planBind(path: string, options: BindOptions): Promise<ChangePlan> {
  const target = await lookAtPlace(path);
  const named = await lookAtPlace(resolve(options.shared));
  const base = named.state === 'link' && named.leadsTo !== null ? await lookAtPlace(named.leadsTo) : named;
  const first: Check[] = [
    judgeRightsCheck(await readMountRights()),
    judgeTools(await missingTools(['mount', 'umount', 'cp', 'chown', 'chmod'])),
    judgeTarget(target),
    base.state === 'directory'
      ? { code: 'shared', verdict: 'ok', message: `${base.path} is shown as it is` }
      : {
          ...{ code: 'shared', verdict: 'refuse', message: `${base.path} is no directory` },
          remedy: 'mount it first, then name its directory',
        },
  ];
  const plan = { kind: BIND, subject: target.path };
  if (target.state !== 'directory' || base.state !== 'directory')
    return { ...plan, checks: first, steps: [] };
  const local = resolve(options.local ?? localDirectoryOf(target.path));
  for (const [inner, outer] of [
    [base.path, target.path],
    [target.path, base.path],
    [local, target.path],
    [local, base.path],
    [base.path, local],
  ] as const) {
    if (await liesWithin(inner, outer)) {
      return { ...plan, checks: [...first, judgeNesting([{ inner, outer }])], steps: [] };
    }
  }
  const nearest = await nearestDirectory(await lookAtPlace(local));
  const { locals } = partsOf(local);
  const before = join(local, 'before');
  const taken: string[] = [];
  for (const one of [locals, before]) if (await exists(one)) taken.push(one);
  const places = await findPlaces(target.path, base.path, options.policy);
  const fitting = await withPlaces(base.path, places.placed);
  return {
    ...plan,
    checks: [
      ...first,
      judgeNesting([]),
      judgeUse(target.path, await findUse(target.path)),
      judgeLocal(target, nearest, taken),
      ...judgeMisfits(places.misfits),
      ...placeChecks(fitting.missing),
      writesCheck(base.path, options.readOnly ?? false),
    ],
    steps: await stepsOf(target, base, local, fitting.there, options),
  };
}

/** A bind mount has no layer of its own: a local directory needs its place in the shared one. */
async function withPlaces(base: string, placed: readonly Placed[]) {
  const [there, missing]: [Placed[], Placed[]] = [[], []];
  for (const one of placed) ((await exists(join(base, one.path))) ? there : missing).push(one);
  return { there, missing };
}

function placeChecks(missing: readonly Placed[]): readonly Check[] {
  return missing.map(({ path }) => ({
    code: 'placement',
    verdict: 'warn',
    message: `${path} can’t be kept local: the shared directory has no place of that name to mount it on`,
    remedy: `make an empty directory ${path} in the shared one, or use storage overlay, which needs none`,
  }));
}

function writesCheck(base: string, readOnly: boolean): Check {
  return readOnly
    ? { code: 'writes', verdict: 'ok', message: 'read-only: a backend that writes there gets EROFS' }
    : {
        code: 'writes',
        verdict: 'warn',
        message: `what the backend writes goes to ${base}, for everybody: its locks exclude nobody on other nodes unless the filesystem says so`,
        remedy: 'add --read-only, or use storage overlay, which keeps writes on this node',
      };
}

async function stepsOf(
  target: DirectoryFacts,
  base: DirectoryFacts,
  local: string,
  placed: readonly Placed[],
  options: BindOptions,
): Promise<readonly Step[]> {
  const { path, mode, uid, gid, identity } = target;
  const before = join(local, 'before');
  const { locals } = partsOf(local);
  const own: Step[] = [];
  const binds: MountStep[] = [bind(base.path, path, options.readOnly ? ['ro'] : [])];
  for (const one of placed) {
    const here = await lookAtPlace(join(path, one.path));
    const moved = here.state === 'directory' ? here : null;
    const at = join(locals, localName(one.path));
    const make: LocalDirectory = {
      ...{ do: 'local-directory', at: join(before, one.path), local: at },
      ...{
        identity: moved?.identity ?? null,
        parents: await parentsOf(path, before, one.path, { mode, uid, gid }),
      },
      ...(moved === null ? { mode, uid, gid } : { mode: moved.mode, uid: moved.uid, gid: moved.gid }),
    };
    const seed: SeedDirectory = {
      ...{
        do: 'seed-directory',
        from: join(base.path, one.path),
        to: at,
        list: `${at}.seeded.json`,
        uid,
        gid,
      },
    };
    own.push(make, ...(one.placement === 'seeded' && moved === null ? [seed] : []));
    binds.push(bind(at, join(path, one.path), []));
  }
  const steps: (Step | Request | Rename | MakeDirectory | ExpectUnused)[] = [
    { do: 'request', wish: wishOf(path, options), local },
    ...(await missingDirectories(dirname(local))),
    { do: 'make-directory', path: local, mode: 0o700, uid: 0, gid: 0 },
    { do: 'make-directory', path: locals, mode: 0o700, uid: 0, gid: 0 },
    { do: 'rename', from: path, to: before, identity },
    // Closed: what is written while nothing is mounted there would be hidden by the mount.
    { do: 'make-directory', path, mode: 0, uid: 0, gid: 0 },
    ...own,
    { do: 'expect-unused', path: before, before: 'apply' },
    ...binds,
    ...(await planPersist(
      options.persist ?? 'none',
      binds.map((mount, index) => ({ ...mount, needs: [mount.source, ...(index === 0 ? [] : [path])] })),
      options.places,
    )),
    { do: 'expect-unused', path, before: 'undo' },
  ];
  return steps;
}

function bind(source: string, at: string, options: string[]): MountStep {
  return { do: 'mount', type: 'bind', source, at, options };
}

/** Directories above a place that the kept content hasn't. */
async function parentsOf(
  path: string,
  before: string,
  place: string,
  owner: Pick<DirectoryFacts, 'mode' | 'uid' | 'gid'>,
): Promise<LocalDirectory['parents']> {
  const parents: LocalDirectory['parents'][number][] = [];
  for (let at = dirname(place); at !== '.' && !(await exists(join(path, at))); at = dirname(at)) {
    parents.unshift({ path: join(before, at), ...owner });
  }
  return parents;
}

function wishOf(path: string, { shared, policy, readOnly = false, persist = 'none' }: BindOptions): string {
  const rules = policy.map((rule) => `${rule.placement} ${rule.path}`).toSorted();
  return JSON.stringify([path, resolve(shared), rules, readOnly, persist]);
}

/** Plans it, or tells that the same is applied already. */
export async function prepareBind(
  path: string,
  options: BindOptions,
  change: ChangeOptions,
): Promise<ChangePlan> {
  const record = await findChange(BIND, path, change).catch(() => null);
  const made = record?.state === 'applied' ? requestOf(record.steps) : null;
  const same = record !== null && made !== null && made.wish === wishOf(record.subject, options);
  return same ? appliedPlan(record) : planBind(path, options);
}

export async function applyBind(
  path: string,
  options: BindOptions,
  change: ChangeOptions,
): Promise<ChangeRecord> {
  return applyLayers(await prepareBind(path, options, change), change);
}

/** The directory is again what it was; what was written went to the shared one, and of local ones comes back. */
export async function removeBind(path: string, change: ChangeOptions): Promise<ChangeRecord> {
  return removeLayers(BIND, path, change);
}
