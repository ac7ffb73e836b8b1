import { mkdir, open, stat } from 'node:fs/promises';
import { makePagesResident, oracle, PAGE_SIZE } from './cache.ts';
import { safetensorsHeader } from './model-files.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from './temp.ts';

/** A directory with a few files of known residency. */
export interface ModelDirectory extends AsyncDisposable {
  readonly directory: TemporaryDirectory;
  /** The model's own directory. */
  readonly path: string;
  /** Its files in the order of their names: absolute paths. */
  readonly files: readonly string[];
}

const SHARD_PAGES = 64;

/** Bytes of each of the files. Only one that is resident as a whole or not at all ends within a page. */
export const MODEL_SIZES = {
  'config.json': 700,
  'empty.txt': 0,
  'shard-1.safetensors': SHARD_PAGES * PAGE_SIZE - 1234,
  'shard-2.safetensors': SHARD_PAGES * PAGE_SIZE,
  'shard-10.safetensors': SHARD_PAGES * PAGE_SIZE - 1,
} as const;

/** Bytes of all of them. */
export const MODEL_BYTES = Object.values(MODEL_SIZES).reduce((sum: number, size) => sum + size, 0);

/** Cold but for the first shard, which is resident, and every other page of the second. */
export async function halfWarmModel(): Promise<ModelDirectory> {
  const directory = await temporaryDirectory('cli');
  const home = directory.file('model');
  await mkdir(home);
  const files: string[] = [];
  for (const [index, [name, size]] of Object.entries(MODEL_SIZES).entries()) {
    const file = directory.file('model', name);
    await writeRandomFile(file, size, index + 1);
    if (name.endsWith('.safetensors')) await giveHeader(file, size, index);
    files.push(file);
  }
  const model = {
    directory,
    path: home,
    files,
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
  await halfWarm(model);
  return model;
}

/** Makes a safetensors file of one tensor out of any bytes. */
async function giveHeader(file: string, size: number, index: number): Promise<void> {
  const name = `model.layers.${index}.mlp.down_proj.weight`;
  // Padded with spaces, which the format allows, to a length that is known beforehand.
  const json = 248;
  const length = size - 8 - json;
  const header = { [name]: { dtype: 'U8', shape: [length], data_offsets: [0, length] } };
  const handle = await open(file, 'r+');
  try {
    await handle.write(safetensorsHeader(JSON.stringify(header).padEnd(json)), 0, 8 + json, 0);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** The residency that {@link halfWarmModel} has made, made again. */
export async function halfWarm({ files }: Pick<ModelDirectory, 'files'>): Promise<void> {
  for (const file of files) {
    const { size } = await stat(file);
    if (size > 0) await makePagesResident(file, wantedPages(file));
  }
}

function wantedPages(file: string): number[] {
  const all = Array.from({ length: SHARD_PAGES }, (_, page) => page);
  if (file.endsWith('/shard-1.safetensors')) return all;
  return file.endsWith('/shard-2.safetensors') ? all.filter((page) => page % 2 === 0) : [];
}

/** What another program says of a file. */
export interface Truth {
  readonly size: number;
  readonly pages: number;
  readonly residentPages: number;
  readonly residentBytes: number;
}

export async function truthOf(file: string): Promise<Truth> {
  const { size } = await stat(file);
  if (size === 0) return { size, pages: 0, residentPages: 0, residentBytes: 0 };
  const { pages, resident } = await oracle(file);
  return { size, pages, residentPages: resident, residentBytes: Math.min(resident * PAGE_SIZE, size) };
}

/** Resident bytes of several files together. */
export async function residentBytesOf(files: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const file of files) bytes += (await truthOf(file)).residentBytes;
  return bytes;
}
