import { z } from 'zod';
import type { BytePath } from './byte-path.ts';
import type { IndexRecord } from './plan.ts';
import type { MirrorFile } from './state.ts';
import type { Version } from './types.ts';

const VERSION = z
  .tuple([z.string().regex(/^\d{1,20}$/), z.number().int().nonnegative(), z.string().regex(/^-?\d{1,20}$/)])
  .transform(
    ([ino, size, modifiedNs]): Version => ({ ino: BigInt(ino), size, modifiedNs: BigInt(modifiedNs) }),
  );

const RECORD = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('directory') }),
  z.strictObject({ kind: z.literal('link'), leadsTo: z.string() }),
  z.strictObject({
    kind: z.literal('file'),
    from: VERSION,
    here: VERSION,
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable(),
    verified: z.enum(['destination', 'source', 'shared']),
  }),
]);

const LINE = z.strictObject({ name: z.string(), is: RECORD.nullable() });

const MIRROR = z.object({
  source: z.string(),
  root: z.string(),
  endedAtMs: z.number().nullable(),
  whole: z.boolean(),
});

const PARTIAL = z.union([
  z.strictObject({ from: VERSION }),
  z.strictObject({ done: z.number().int().nonnegative(), sha256: z.string() }),
]);

/** How far a file was copied before. */
export interface Begun {
  readonly from: Version;
  /** Bytes that are on the disk. */
  readonly done: number;
  /** Of these. */
  readonly sha256: string | null;
}

function versionJson({ ino, size, modifiedNs }: Version): readonly [string, number, string] {
  return [ino.toString(), size, modifiedNs.toString()];
}

export function printRecord(name: BytePath, is: IndexRecord | null): string {
  const json = is?.kind === 'file' ? { ...is, from: versionJson(is.from), here: versionJson(is.here) } : is;
  return `${JSON.stringify({ name, is: json })}\n`;
}

/** What can't be understood is as if it weren't there: files are then compared by their bytes. */
export function parseIndex(text: string): Map<BytePath, IndexRecord> {
  const index = new Map<BytePath, IndexRecord>();
  for (const line of text.split('\n')) {
    const parsed = LINE.safeParse(parseJson(line));
    if (!parsed.success) continue;
    const { name, is } = parsed.data;
    if (is === null) index.delete(name);
    else index.set(name, is);
  }
  return index;
}

export function parseMirrorFile(text: string): MirrorFile | null {
  const parsed = MIRROR.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

export function printBegun(from: Version): string {
  return `${JSON.stringify({ from: versionJson(from) })}\n`;
}

export function printDone(done: number, sha256: string): string {
  return `${JSON.stringify({ done, sha256 })}\n`;
}

export function parseBegun(text: string): Begun | null {
  let begun: Begun | null = null;
  for (const line of text.split('\n')) {
    const parsed = PARTIAL.safeParse(parseJson(line));
    if (!parsed.success) continue;
    if ('from' in parsed.data) begun = { from: parsed.data.from, done: 0, sha256: null };
    else if (begun !== null) begun = { from: begun.from, ...parsed.data };
  }
  return begun;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
