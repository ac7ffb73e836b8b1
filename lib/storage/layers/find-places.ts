import { lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { decide, type Found, outermost, type Placed, type PolicyRule } from '../placement/index.ts';
import type { LocalDirectory } from '../steps/local-directory.ts';
import { type Owner, ownerOf } from './place-facts.ts';

/** What the policy comes to for a directory and a base. */
export interface Places {
  readonly placed: readonly Placed[];
  readonly misfits: readonly { readonly path: string; readonly why: string }[];
}

export async function findPlaces(own: string, base: string, policy: readonly PolicyRule[]): Promise<Places> {
  const placed: Placed[] = [];
  const misfits: { path: string; why: string }[] = [];
  for (const rule of policy) {
    const decision = decide(rule, await find(own, base, rule));
    if (decision.state === 'placed') placed.push(decision.placed);
    if (decision.state === 'misfit') misfits.push({ path: decision.path, why: decision.why });
  }
  return { placed: outermost(placed), misfits };
}

async function find(own: string, base: string, { path, beside }: PolicyRule): Promise<Found> {
  const above = dirname(path);
  const names =
    beside === undefined
      ? []
      : (await Promise.all([own, base].map((root) => readdir(join(root, above)).catch(() => [])))).flat();
  return {
    own: await kindAt(join(own, path)),
    base: await kindAt(join(base, path)),
    parent:
      (await kindAt(join(own, above))) === 'directory' || (await kindAt(join(base, above))) === 'directory',
    beside: beside !== undefined && names.some((name) => name.startsWith(beside)),
  };
}

async function kindAt(path: string): Promise<Found['own']> {
  const facts = await lstat(path).catch(() => null);
  return facts === null ? 'nothing' : facts.isDirectory() ? 'directory' : 'other';
}

export interface LocalPlan {
  readonly placed: Placed;
  readonly step: LocalDirectory;
  /** Whether it will begin empty: then a seed may be put into it. */
  readonly empty: boolean;
}

/**
 * The step that makes one of these directories local.
 *
 * @param own where its layer is now; `layer` where it will be then
 * @param missing directories that earlier ones of these steps make; added to
 */
export async function planLocal(
  placed: Placed,
  where: {
    readonly own: string;
    readonly layer: string;
    readonly base: string;
    readonly locals: string;
    readonly owner: Owner;
    readonly missing: Set<string>;
  },
): Promise<LocalPlan> {
  const { own, layer, base, locals, missing } = where;
  // Only what a step holds: the caller's facts have more in them.
  const { mode: ownMode, uid, gid } = where.owner;
  const owner: Owner = { mode: ownMode, uid, gid };
  const here = await lstat(join(own, placed.path), { bigint: true }).catch(() => null);
  const there = await lstat(join(base, placed.path), { bigint: true }).catch(() => null);
  const parents: LocalDirectory['parents'][number][] = [];
  for (let at = dirname(placed.path); at !== '.' && !missing.has(at); at = dirname(at)) {
    if ((await lstat(join(own, at)).catch(() => null)) !== null) break;
    missing.add(at);
    const model = await lstat(join(base, at), { bigint: true }).catch(() => null);
    // What the base has there shows through, so the directory must look as that does.
    parents.unshift({ path: join(layer, at), ...(model === null ? owner : ownerOf(model)) });
  }
  // The backend writes here, whoever owns the shared one.
  const mode = here === null ? (there === null ? owner.mode : Number(there.mode & 0o7777n) | 0o700) : 0;
  return {
    placed,
    empty: here === null || (await readdir(join(own, placed.path))).length === 0,
    step: {
      do: 'local-directory',
      at: join(layer, placed.path),
      local: join(locals, localName(placed.path)),
      identity: here === null ? null : `${here.dev}:${here.ino}`,
      ...(here === null ? { ...owner, mode } : ownerOf(here)),
      parents,
    },
  };
}

/** One name for a path: `hub/.locks` becomes `hub@.locks`. Pure. */
export function localName(path: string): string {
  return path.replaceAll('@', '@@').replaceAll('/', '@');
}
