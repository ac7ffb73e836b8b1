import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { WarmsetError } from '../../errors.ts';
import { mustBeReplaceable } from '../../write-atomically.ts';
import type { FootprintInventory, InventoryFailure, InventoryFile, SmallFiles } from './types.ts';

/** Of one line: the extents of a file in many pieces. */
const MOST_LINE_CHARACTERS = 4 << 20;
/** Of one inventory; each costs some hundred bytes. */
const MOST_RECORDS = 4 << 20;
// A write for each line would cost more than all else.
const BATCH_LINES = 1000;

/**
 * Saves an inventory, a JSON document on each line, in the place of an older one or none: whoever reads it finds the old
 * one or the new one.
 */
export async function writeInventory(path: string, inventory: FootprintInventory): Promise<void> {
  await mustBeReplaceable(path);
  const temporary = join(
    dirname(path),
    `.${basename(path).slice(0, 200)}.${randomBytes(6).toString('hex')}.tmp`,
  );
  try {
    const handle = await open(temporary, 'wx', 0o644);
    try {
      let batch: string[] = [];
      for (const line of lines(inventory)) {
        if (batch.push(`${JSON.stringify(line)}\n`) < BATCH_LINES) continue;
        await handle.appendFile(batch.join(''));
        batch = [];
      }
      await handle.appendFile(batch.join(''));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

function* lines(inventory: FootprintInventory): Generator<object> {
  const { files, small, failures, ...header } = inventory;
  yield { schema: 'warmset.footprintInventory/1', ...header };
  for (const file of files) yield { file };
  for (const sum of small) yield { small: sum };
  for (const failure of failures) yield { failure };
  yield { end: files.length + small.length + failures.length };
}

/**
 * Reads a saved inventory line by line, and believes none of it unchecked.
 *
 * @throws WarmsetError `WARMSET_BAD_INVENTORY` with the line, SystemError as open(2) fails
 */
export async function readInventory(path: string): Promise<FootprintInventory> {
  const handle = await open(path, 'r');
  try {
    return await parse(path, handle.createReadStream({ encoding: 'utf8', autoClose: false }));
  } finally {
    await handle.close();
  }
}

async function parse(path: string, chunks: AsyncIterable<unknown>): Promise<FootprintInventory> {
  // Loaded by whoever has an inventory to read: the parser takes longer than most commands.
  const { HEADER, RECORD } = await import('./inventory-schema.ts');
  const files: InventoryFile[] = [];
  const small: SmallFiles[] = [];
  const failures: InventoryFailure[] = [];
  let header: Omit<FootprintInventory, 'files' | 'small' | 'failures'> | undefined;
  let ended = false;
  let number = 0;
  for await (const line of linesOf(path, chunks)) {
    number += 1;
    const refuse = (why: string): WarmsetError => badInventory(path, `line ${number} ${why}`);
    if (ended) throw refuse('stands behind the end');
    const value = parseLine(line, refuse);
    if (header === undefined) {
      const parsed = HEADER.safeParse(value);
      if (!parsed.success)
        throw refuse(`is no header of warmset.footprintInventory/1: ${whatIsWrong(parsed.error)}`);
      const { schema: _schema, ...rest } = parsed.data;
      header = rest;
      continue;
    }
    const parsed = RECORD.safeParse(value);
    if (!parsed.success) throw refuse(`isn't a record: ${whatIsWrong(parsed.error)}`);
    const record = parsed.data;
    if ('file' in record) files.push(record.file);
    else if ('small' in record) small.push(record.small);
    else if ('failure' in record) failures.push(record.failure);
    else if (record.end !== files.length + small.length + failures.length)
      throw refuse('counts other records');
    else ended = true;
    if (files.length + small.length + failures.length > MOST_RECORDS) throw refuse('is one record too many');
  }
  if (header === undefined) throw badInventory(path, 'it is empty');
  if (!ended) throw badInventory(path, 'its end is missing');
  return { ...header, files, small, failures };
}

function parseLine(line: string, refuse: (why: string) => WarmsetError): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw refuse("isn't JSON");
  }
}

/** Where the first problem is and what; never the value, which may be anything. */
function whatIsWrong(error: {
  readonly issues: readonly { readonly path: PropertyKey[]; readonly message: string }[];
}): string {
  const [issue] = error.issues;
  const where = issue?.path.map(String).join('.') ?? '';
  return `${where === '' ? '' : `${where}: `}${issue?.message ?? 'unknown'}`;
}

async function* linesOf(path: string, chunks: AsyncIterable<unknown>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + String(chunk)).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
    if (rest.length > MOST_LINE_CHARACTERS) throw badInventory(path, 'a line of it is too long');
  }
  if (rest !== '') yield rest;
}

function badInventory(path: string, why: string): WarmsetError {
  return new WarmsetError('WARMSET_BAD_INVENTORY', `${path} is not a usable inventory: ${why}.`, {
    subject: path,
    remedy: 'Save it anew on its node: warmset storage footprint --save FILE ROOT',
  });
}
