import { isUtf8 } from 'node:buffer';
import { inflateRawSync } from 'node:zlib';
import { WarmsetError } from '../errors.ts';
import { nameOf } from '../targets/path-names.ts';
import { badSnapshot } from './bad-snapshot.ts';
import { ByteReader } from './byte-reader.ts';
import { type Header, unwrapBody } from './header.ts';
import { atOnce } from './in-turns.ts';
import { MOST_PATH_BYTES, MOST_TEXT_BYTES } from './limits.ts';
import { REASON_CODES, RECORD } from './record.ts';
import type { RecordedFile, Snapshot, UnknownRecord } from './types.ts';

/**
 * The snapshot that a file's bytes hold. Whatever they are, it needs no more memory than the limits of the format allow.
 * Pure.
 *
 * @throws WarmsetError `WARMSET_BAD_SNAPSHOT`
 */
export function decodeSnapshot(bytes: Buffer): Snapshot {
  const { header, compressed } = unwrapBody(bytes);
  try {
    return atOnce(decodeBody(header, inflateRawSync(compressed, inflateOptions(header))));
  } catch (error) {
    throw notInflated(error);
  }
}

/** zlib stops at this many bytes, whatever the compressed ones claim. */
export function inflateOptions({ bodyBytes }: Header): { readonly maxOutputLength: number } {
  // It takes no 0. A byte too many is refused when the length is compared.
  return { maxOutputLength: Math.max(1, bodyBytes) };
}

/** An error of ours for what zlib refuses; every other as it is. */
export function notInflated(error: unknown): unknown {
  if (WarmsetError.is(error)) return error;
  return badSnapshot("its records can't be decompressed to the length that it gives");
}

/** The records, one a step. Pure. */
export function* decodeBody(header: Header, body: Buffer): Generator<undefined, Snapshot> {
  const { pageSize, savedAt } = header;
  if (body.length !== header.bodyBytes) throw badSnapshot('its records have another length than it gives');
  const reader = new ByteReader(body);
  const seen = new Set<string>();
  const files: RecordedFile[] = [];
  let runsLeft = header.runs;
  for (let index = 0; index < header.files; index += 1) {
    const file = readRecord(reader, pageSize, runsLeft, seen);
    if (file.state === 'known') runsLeft -= file.runs.length / 2;
    files.push(file);
    yield;
  }
  if (reader.left > 0) throw badSnapshot('something follows its last record');
  if (runsLeft > 0) throw badSnapshot('it has fewer runs than it gives');
  return { pageSize, savedAt, files };
}

function readRecord(reader: ByteReader, pageSize: number, runsLeft: number, seen: Set<string>): RecordedFile {
  const bits = reader.u8();
  const known = (bits & RECORD.unknown) === 0;
  const modified = (bits & RECORD.modified) !== 0;
  if (bits > (RECORD.unknown | RECORD.modified) || (known && !modified)) {
    throw badSnapshot(`a record is of the kind ${bits}, which doesn't exist`);
  }
  const identity = {
    ...readPath(reader, seen),
    dev: reader.u64(),
    ino: reader.u64(),
    size: reader.varint('a size', Number.MAX_SAFE_INTEGER),
  };
  const modifiedNs = modified ? reader.i64() : null;
  if (!known || modifiedNs === null) {
    return { ...identity, state: 'unknown', modifiedNs, reason: readReason(reader) };
  }
  const runs = readRuns(reader, Math.ceil(identity.size / pageSize), runsLeft);
  return { ...identity, state: 'known', modifiedNs, runs };
}

function readPath(
  reader: ByteReader,
  seen: Set<string>,
): { path: string } | { path: string; rawPath: Buffer } {
  const bytes = reader.bytes('a path', MOST_PATH_BYTES);
  if (bytes[0] !== 0x2f) throw badSnapshot('a path in it is not absolute');
  if (bytes.includes(0)) throw badSnapshot('a path in it has a zero byte');
  const named = nameOf(bytes);
  // A zero byte is in no path, so the two kinds of names can't be the same.
  const name = 'rawPath' in named ? `\0${bytes.toString('latin1')}` : named.path;
  if (seen.has(name)) throw badSnapshot('a path is in it twice');
  seen.add(name);
  return 'rawPath' in named ? { path: named.path, rawPath: Buffer.from(bytes) } : named;
}

function readReason(reader: ByteReader): UnknownRecord['reason'] {
  const code = REASON_CODES[reader.u8()];
  if (code === undefined) throw badSnapshot("a reason in it doesn't exist");
  const text = (): string => {
    const bytes = reader.bytes('a text', MOST_TEXT_BYTES);
    if (!isUtf8(bytes)) throw badSnapshot("a text in it isn't UTF-8");
    return bytes.toString('utf8');
  };
  return { code, message: text(), remedy: text() };
}

/** Gaps and lengths can't be out of order; they are checked for being empty and for leaving the file. */
function readRuns(reader: ByteReader, pages: number, most: number): Float64Array {
  const count = reader.varint('the number of runs', most);
  // A run takes two bytes at least: a count that the rest can't hold allocates nothing.
  if (count * 2 > reader.left) throw badSnapshot('its records end in the middle of one');
  const runs = new Float64Array(count * 2);
  let end = 0;
  for (let index = 0; index < runs.length; index += 2) {
    const gap = reader.varint('a gap', pages);
    const length = reader.varint('a run', pages);
    if (length === 0 || (gap === 0 && index > 0)) throw badSnapshot('runs in it touch or are empty');
    runs[index] = end + gap;
    runs[index + 1] = length;
    end += gap + length;
    if (end > pages) throw badSnapshot('a run in it reaches beyond its file');
  }
  return runs;
}
