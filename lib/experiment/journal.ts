import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, WarmsetError } from '../errors.ts';
import type { Difference } from './compare-machine.ts';
import type { Header, Trial } from './types.ts';

/** Written when a broken run is taken up again. */
export interface Resumed {
  readonly type: 'resumed';
  readonly at: string;
  readonly differences: readonly Difference[];
}

export interface JournalContent {
  readonly header: Header;
  readonly trials: readonly Trial[];
  readonly resumed: readonly Resumed[];
  /** Bytes up to the end of the last whole line: a run that was killed may have left half of one. */
  readonly wholeBytes: number;
}

/** The journal's name in the directory of an experiment. */
export const JOURNAL = 'trials.jsonl';

/** One line of JSON for each thing that happened, on the disk before anything else happens. Only ever appended to. */
export class Journal implements AsyncDisposable {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @throws WarmsetError `WARMSET_EXPERIMENT` where there is one already */
  static async create(directory: string, header: Header): Promise<Journal> {
    const path = join(directory, JOURNAL);
    try {
      const journal = new Journal(await open(path, 'ax', 0o644));
      await journal.append(header);
      return journal;
    } catch (error) {
      if (!isSystemError(error) || error.code !== 'EEXIST') throw error;
      throw new WarmsetError('WARMSET_EXPERIMENT', `${directory} has the trials of an experiment already`, {
        subject: directory,
        remedy: `continue that one with --resume ${directory}, or give another directory`,
        cause: error,
      });
    }
  }

  static async reopen(directory: string, { wholeBytes }: JournalContent): Promise<Journal> {
    const file = await open(join(directory, JOURNAL), 'r+');
    try {
      // Half a line would swallow the next one.
      await file.truncate(wholeBytes);
    } finally {
      await file.close();
    }
    return new Journal(await open(join(directory, JOURNAL), 'a'));
  }

  async append(entry: Header | Trial | Resumed): Promise<void> {
    await this.#file.appendFile(`${JSON.stringify(entry)}\n`);
    await this.#file.sync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

/** @throws WarmsetError `WARMSET_EXPERIMENT` where there is none, or it isn't one */
export async function readJournal(directory: string): Promise<JournalContent> {
  const path = join(directory, JOURNAL);
  const text = await readFile(path).catch((error: unknown) => {
    throw damaged(directory, 'there is none to be read', error);
  });
  const wholeBytes = text.lastIndexOf('\n') + 1;
  const lines = text.subarray(0, wholeBytes).toString('utf8').split('\n').slice(0, -1);
  const [first, ...rest] = lines.map((line, at) => parseLine(line, at, directory));
  if (first?.type !== 'header' || first.schema !== 'warmset.trials/1') {
    throw damaged(directory, "its first line isn't an experiment's header of version 1");
  }
  return {
    header: first,
    trials: rest.filter((entry) => entry.type === 'trial'),
    resumed: rest.filter((entry) => entry.type === 'resumed'),
    wholeBytes,
  };
}

function parseLine(line: string, at: number, directory: string): Header | Trial | Resumed {
  try {
    const entry: unknown = JSON.parse(line);
    if (isEntry(entry)) return entry;
  } catch (error) {
    throw damaged(directory, `line ${at + 1} isn't JSON`, error);
  }
  throw damaged(directory, `line ${at + 1} is nothing that an experiment writes`);
}

/** Of what we wrote ourselves the kind is enough; who edits it by hand edits his own results. */
function isEntry(entry: unknown): entry is Header | Trial | Resumed {
  if (typeof entry !== 'object' || entry === null || !('type' in entry)) return false;
  switch (entry.type) {
    case 'header':
      return 'design' in entry && 'machine' in entry && 'files' in entry;
    case 'trial':
      return 'index' in entry && 'condition' in entry && 'state' in entry;
    default:
      return entry.type === 'resumed';
  }
}

function damaged(directory: string, why: string, cause?: unknown): WarmsetError {
  return new WarmsetError(
    'WARMSET_EXPERIMENT',
    `the journal ${join(directory, JOURNAL)} can't be used: ${why}`,
    {
      subject: directory,
      remedy: 'name the directory of an experiment, or begin a new one without --resume',
      cause,
    },
  );
}
