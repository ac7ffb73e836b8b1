import { lstat, mkdir, readdir, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { look, PATH, readText, runCommand, type StepKind } from '../../change/index.ts';
import { isSystemError } from '../../errors.ts';
import { writeAtomically } from '../../write-atomically.ts';
import { isInside } from '../placement/policy.ts';
import { exists } from '../tree/exists.ts';
import { walkTree } from '../tree/walk-tree.ts';

const schema = z.strictObject({
  do: z.literal('seed-directory'),
  from: PATH,
  /** Empty until now. */
  to: PATH,
  /** Where the list of what was copied is kept. */
  list: PATH,
  uid: z.number().int().nonnegative(),
  gid: z.number().int().nonnegative(),
});

export type SeedDirectory = z.infer<typeof schema>;

const LISTED = z.array(
  z.strictObject({
    path: z.string().refine(isInside),
    /** Of files; `null`: a directory or link. */
    size: z.number().nullable(),
    mtimeNs: z.string(),
  }),
);

// Terabytes are no seeds; a slow network may serve gigabytes.
const MOST_MS = 3_600_000;

/**
 * Copies a directory of the shared base, as reflinks where the filesystem has them. Undone, what is unchanged since goes
 * and what was written stays.
 */
export const seedDirectoryStep: StepKind<SeedDirectory> = {
  do: 'seed-directory',
  schema,
  describe: ({ from, to }) => `copy ${from} to ${to}`,
  command: ({ from, to }) => ['cp', '-a', '--reflink=auto', '--', `${from}/.`, to],
  isDone: async () => false,
  async apply({ from, to, list, uid, gid }, { signal }) {
    const copy = copyOf(to);
    await rm(copy, { recursive: true, force: true });
    await mkdir(copy, { mode: 0o700 });
    // Written first: what a crash leaves must never be taken for the backend's own.
    await writeAtomically(list, await listTree(from, signal), { signal, mode: 0o600 });
    const options = { signal, timeoutMs: MOST_MS };
    await runCommand(['cp', '-a', '--reflink=auto', '--', `${from}/.`, copy], options);
    await runCommand(['chown', '-R', '-h', `${uid}:${gid}`, '--', copy], options);
    await runCommand(['chmod', '-R', 'u+rwX', '--', copy], options);
    // Over an empty directory: it is there as a whole or not at all.
    await rename(copy, to);
  },
  async undo({ to, list }) {
    await rm(copyOf(to), { recursive: true, force: true });
    const text = await readText(list);
    if (text === null) return;
    if ((await look(to))?.kind === 'directory') await removeUnchanged(to, text);
    await rm(list, { force: true });
  },
};

function copyOf(to: string): string {
  return `${to}.copying`;
}

/** Names that aren't UTF-8 aren't listed: what is copied of them stays. */
async function listTree(from: string, signal: AbortSignal | undefined): Promise<string> {
  const listed: z.infer<typeof LISTED> = [];
  for await (const { below, kind, size, modifiedNs } of walkTree(from, { signal })) {
    if (typeof below !== 'string') continue;
    listed.push({ path: below, size: kind === 'file' ? size : null, mtimeNs: modifiedNs.toString() });
  }
  return JSON.stringify(listed);
}

async function removeUnchanged(to: string, text: string): Promise<void> {
  // Innermost first, so that directories are empty when their turn comes.
  for (const { path, size, mtimeNs } of LISTED.parse(JSON.parse(text)).toReversed()) {
    const at = join(to, path);
    if (!(await exists(at))) continue;
    const facts = await lstat(at, { bigint: true });
    if (facts.isDirectory()) await removeIfEmpty(at);
    else if (facts.mtimeNs === BigInt(mtimeNs) && (size === null || facts.size === BigInt(size)))
      await unlink(at);
  }
}

async function removeIfEmpty(path: string): Promise<void> {
  try {
    if ((await readdir(path)).length === 0) await rmdir(path);
  } catch (error) {
    if (!isSystemError(error) || (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY')) throw error;
  }
}
