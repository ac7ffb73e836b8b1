import { lstat, mkdir, rename, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { look, PATH, type StepKind } from '../../change/index.ts';
import { syncDirectory } from '../../write-atomically.ts';
import { isInside } from '../placement/policy.ts';
import { exists } from '../tree/exists.ts';
import { keepMtime } from '../tree/keep-mtime.ts';
import { sameContent } from '../tree/same-content.ts';
import { plainUpper } from './plain-upper.ts';

const schema = z.strictObject({
  do: z.literal('set-aside'),
  upper: PATH,
  lower: PATH,
  /** Where files wait that the lower layer has as well. */
  aside: PATH,
  /** Where those go at the end that were deleted or replaced meanwhile. */
  kept: PATH,
  files: z
    .array(
      z.strictObject({
        path: z.string().max(4095).refine(isInside),
        /** `dev:ino` */
        identity: z.string().regex(/^\d+:\d+$/),
        size: z.number().int().nonnegative(),
        mtimeNs: z.string().regex(/^-?\d{1,20}$/),
      }),
    )
    .max(200_000),
});

export type SetAside = z.infer<typeof schema>;
type AsideFile = SetAside['files'][number];

/**
 * Files of the upper layer that the lower one has byte for byte are moved out, so that the shared ones show. They are
 * kept until the overlay is removed; what nobody has deleted or replaced by then comes back to its place.
 *
 * Undoing it makes a plain directory of an upper layer, and so it must stand right before the mount.
 */
export const setAsideStep: StepKind<SetAside> = {
  do: 'set-aside',
  schema,
  describe: ({ files, lower, aside }) =>
    files.length === 0
      ? 'nothing to set aside: no large file looks like one of the shared base'
      : `compare ${files.length} files with those of ${lower}, and move equal ones to ${aside}`,
  command: () => null,
  isDone: async () => false,
  async apply({ upper, lower, aside, files }, { signal }) {
    const changed = new Set<string>();
    for (const file of files) {
      signal?.throwIfAborted();
      const [from, to] = [join(upper, file.path), join(aside, file.path)];
      if (!(await isSame(from, file)) || (await exists(to))) continue;
      if (!(await equalsLower(from, join(lower, file.path), signal))) continue;
      // What it was while it was read it must still be.
      if (!(await isSame(from, file))) continue;
      await mkdir(dirname(to), { recursive: true, mode: 0o700 });
      await keepMtime([dirname(from)], () => rename(from, to));
      changed.add(dirname(from)).add(dirname(to));
    }
    for (const directory of changed) await syncDirectory(directory);
  },
  async undo({ upper, aside, kept, files }, { signal }) {
    await plainUpper(upper, {
      signal,
      // While the layer still tells what was deleted.
      before: async (isHidden) => {
        for (const { path } of files) {
          const [from, to] = [join(aside, path), join(upper, path)];
          if (!(await exists(from))) continue;
          const back = !isHidden(path) && !(await exists(to)) && (await exists(dirname(to)));
          if (back) await keepMtime([dirname(to)], () => rename(from, to));
          else await keep(from, join(kept, path));
        }
      },
    });
    await removeEmptied(
      aside,
      files.map(({ path }) => path),
    );
  },
};

async function isSame(path: string, { identity, size, mtimeNs }: AsideFile): Promise<boolean> {
  const now = await look(path);
  if (now?.kind !== 'file' || now.identity !== identity) return false;
  const facts = await lstat(path, { bigint: true });
  return facts.size === BigInt(size) && facts.mtimeNs === BigInt(mtimeNs);
}

async function equalsLower(own: string, other: string, signal: AbortSignal | undefined): Promise<boolean> {
  if ((await look(other))?.kind !== 'file') return false;
  const [a, b] = await Promise.all([own, other].map((path) => lstat(path, { bigint: true })));
  if (a === undefined || b === undefined) return false;
  const readable = (path: string, { dev, ino, size }: typeof a) => ({ path, dev, ino, size: Number(size) });
  return sameContent(readable(own, a), readable(other, b), { signal });
}

/** A name that is taken there is taken by an earlier removal's: both stay. */
async function keep(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  let free = to;
  for (let number = 1; await exists(free); number += 1) free = `${to}.${number}`;
  await rename(from, free);
}

/** The directories that were made for files that are gone again. */
async function removeEmptied(aside: string, paths: readonly string[]): Promise<void> {
  const directories = new Set<string>();
  for (const path of paths) {
    for (let at = dirname(path); at !== '.'; at = dirname(at)) directories.add(at);
  }
  for (const path of [...directories].toSorted((a, b) => b.length - a.length)) {
    await rmdir(join(aside, path)).catch(() => undefined);
  }
}
