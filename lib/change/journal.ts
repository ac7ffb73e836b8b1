import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../errors.ts';
import { syncDirectory } from '../write-atomically.ts';
import { type ChangeEvent, type ChangeHeader, readJournal } from './events.ts';
import type { ChangePlan, ChangeRecord, StepKinds } from './types.ts';

/** Where journals lie unless told otherwise: kept over a boot, because so is most of what they would undo. */
export const CHANGES_DIRECTORY = '/var/lib/warmset/changes';

/** How many journals of changes that were removed are kept, for whoever asks what was done here. */
const MOST_REMOVED = 50;

/** The journal of one change, which grows line by line; a line is on the disk before what it announces is begun. */
export class Journal implements AsyncDisposable {
  readonly id: string;
  readonly #file: FileHandle;

  private constructor(id: string, file: FileHandle) {
    this.id = id;
    this.#file = file;
  }

  static async create(directory: string, plan: ChangePlan): Promise<Journal> {
    const id = `${plan.kind}-${randomBytes(4).toString('hex')}`;
    const file = await open(pathOf(directory, id), 'wx', 0o600);
    const journal = new Journal(id, file);
    const { kind, subject, steps } = plan;
    await journal.#write({
      warmset: 'change/1',
      id,
      kind,
      subject,
      atMs: Date.now(),
      steps: [...steps],
    } satisfies ChangeHeader);
    await syncDirectory(directory);
    return journal;
  }

  static async reopen(directory: string, id: string): Promise<Journal> {
    const path = pathOf(directory, id);
    const file = await open(path, 'r+');
    const text = await file.readFile('utf8');
    // A line that a crash cut off would swallow the next one.
    await file.truncate(Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1)));
    await file.close();
    return new Journal(id, await open(path, 'a'));
  }

  async append(event: ChangeEvent): Promise<void> {
    await this.#write(event);
  }

  async #write(line: ChangeEvent | ChangeHeader): Promise<void> {
    await this.#file.appendFile(`${JSON.stringify(line)}\n`);
    await this.#file.datasync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

function pathOf(directory: string, id: string): string {
  return join(directory, `${id}.jsonl`);
}

export async function makeDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
}

/**
 * Every change that the directory knows of, oldest first, removed ones too; empty where there is no directory.
 *
 * @throws WarmsetError `WARMSET_CHANGE` for a journal that can't be read: what it did is not known.
 */
export async function listJournals(directory: string, kinds: StepKinds): Promise<readonly ChangeRecord[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (isSystemError(error) && error.code === 'ENOENT') return [];
    throw error;
  });
  const records: ChangeRecord[] = [];
  for (const name of names.filter((one) => one.endsWith('.jsonl'))) {
    const path = join(directory, name);
    const text = await readFile(path, 'utf8');
    // The head itself was cut off: then nothing was begun.
    if (text.includes('\n')) records.push(readJournal(path, text, kinds));
  }
  return records.toSorted((a, b) => a.beganAtMs - b.beganAtMs || a.id.localeCompare(b.id));
}

/** Of changes that are gone only the newest are kept. */
export async function forgetOld(directory: string, records: readonly ChangeRecord[]): Promise<void> {
  const removed = records.filter(({ state }) => state === 'removed');
  for (const { id } of removed.slice(0, Math.max(0, removed.length - MOST_REMOVED))) {
    await rm(pathOf(directory, id), { force: true });
  }
}
