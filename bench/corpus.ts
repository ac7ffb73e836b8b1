import { createCipheriv, createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { resolveTargets, type WarmSet } from 'warmset';
import { formatBytes } from '../lib/units.ts';
import { createRandom } from './random.ts';

/** Files to read. */
export interface FileSet {
  readonly name: string;
  /** What a tool is given: the files, or the directory above them. */
  readonly targets: readonly string[];
  readonly files: readonly string[];
  readonly bytes: number;
  readonly warmSet: WarmSet;
}

export interface Corpus extends AsyncDisposable {
  readonly directory: string;
  /** Random bytes in files of these sizes; the same name gives the same set again. */
  large(name: string, sizes: readonly number[]): Promise<FileSet>;
  /** A tree of `count` files of 1 to 64 KiB, as site-packages and compile caches have. */
  tree(name: string, count: number): Promise<FileSet>;
  /** Files of other sets as a set of their own. */
  join(name: string, sets: readonly FileSet[]): Promise<FileSet>;
}

const BLOCK = 4 * 1024 ** 2;
const FILES_A_DIRECTORY = 100;

export async function createCorpus(base: string, seed: number): Promise<Corpus> {
  const directory = await mkdtemp(join(base, 'warmset-bench-'));
  const made = new Map<string, Promise<FileSet>>();
  const once = (name: string, make: () => Promise<FileSet>): Promise<FileSet> => {
    const known = made.get(name);
    if (known) return known;
    const making = make();
    made.set(name, making);
    return making;
  };
  return {
    directory,
    large: (name, sizes) => once(name, () => makeLarge(directory, name, sizes, seed)),
    tree: (name, count) => once(name, () => makeTree(directory, name, count, seed)),
    join: async (name, sets) =>
      toSet(
        name,
        sets.flatMap(({ files }) => files),
      ),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

async function toSet(name: string, files: readonly string[], targets = files): Promise<FileSet> {
  const warmSet = await resolveTargets(files);
  return { name, targets, files, bytes: warmSet.size, warmSet };
}

async function makeLarge(
  directory: string,
  name: string,
  sizes: readonly number[],
  seed: number,
): Promise<FileSet> {
  await requireRoom(
    directory,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  const files: string[] = [];
  for (const [index, size] of sizes.entries()) {
    const path = join(directory, `${name}-${index}.bin`);
    await writeRandom(path, size, `${seed} ${name} ${index}`, true);
    files.push(path);
  }
  return toSet(name, files);
}

/** Sizes are spread evenly over their magnitude: half are below 8 KiB, as in the trees that this stands for. */
async function makeTree(directory: string, name: string, count: number, seed: number): Promise<FileSet> {
  const random = createRandom(seed);
  const root = join(directory, name);
  await requireRoom(directory, count * 20 * 1024);
  const files: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const below = join(root, `package-${Math.floor(index / FILES_A_DIRECTORY)}`);
    if (index % FILES_A_DIRECTORY === 0) await mkdir(below, { recursive: true });
    const path = join(below, `module-${index % FILES_A_DIRECTORY}.bin`);
    await writeRandom(path, Math.round(1024 * 64 ** random.next()), `${seed} ${name} ${index}`, false);
    files.push(path);
  }
  return toSet(name, files, [root]);
}

/** Bytes that don't compress, so that no storage below can be cleverer than a disk. */
async function writeRandom(path: string, size: number, seed: string, sync: boolean): Promise<void> {
  const key = createHash('sha256').update(seed).digest();
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(Math.min(BLOCK, size));
  const handle = await open(path, 'wx');
  try {
    for (let written = 0; written < size; ) {
      const block = stream.update(zeros.subarray(0, Math.min(BLOCK, size - written)));
      written += (await handle.write(block)).bytesWritten;
    }
    if (sync) await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function requireRoom(directory: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize < bytes * 1.2) {
    throw new Error(
      `${formatBytes(bytes)} don't fit here: ${formatBytes(bavail * bsize)} are free; see --dir`,
    );
  }
}

/** Whether a set of this size can be in memory at once without anything being pushed out. */
export function fitsInMemory(bytes: number, available: number = freemem()): boolean {
  return bytes * 1.25 < available;
}
