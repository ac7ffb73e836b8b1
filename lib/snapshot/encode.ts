import { deflateRawSync } from 'node:zlib';
import { WarmsetError } from '../errors.ts';
import { pathBytes } from '../targets/index.ts';
import { ByteWriter } from './byte-writer.ts';
import { type Header, wrapBody } from './header.ts';
import { atOnce } from './in-turns.ts';
import {
  LARGEST_PAGE,
  MOST_BODY_BYTES,
  MOST_FILES,
  MOST_PATH_BYTES,
  MOST_RUNS,
  MOST_TEXT_BYTES,
} from './limits.ts';
import { REASON_CODES, RECORD } from './record.ts';
import type { RecordedFile, Snapshot } from './types.ts';

/**
 * A snapshot as the bytes of its file; `decodeSnapshot` gives back exactly this snapshot. Pure.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` for what can't be decoded again: past the limits of the format, runs that
 * aren't ascending or reach beyond their file, a path twice, relative or with a zero byte.
 */
export function encodeSnapshot(snapshot: Snapshot): Buffer {
  const { header, body } = atOnce(encodeBody(snapshot));
  return wrapBody(header, deflateRawSync(body));
}

/** The records, one a step. Pure. */
export function* encodeBody({
  pageSize,
  savedAt,
  files,
}: Snapshot): Generator<undefined, { readonly header: Header; readonly body: Buffer }> {
  const power = Number.isInteger(Math.log2(pageSize));
  ensure(power && pageSize >= 512 && pageSize <= LARGEST_PAGE, 'pageSize', 'is no page size');
  ensure(Number.isSafeInteger(savedAt) && savedAt >= 0, 'savedAt', 'is no time in milliseconds');
  ensure(files.length <= MOST_FILES, 'files', `are more than ${MOST_FILES}`);
  const writer = new ByteWriter();
  const seen = new Set<string>();
  let runs = 0;
  for (const file of files) {
    writeFile(writer, file, pageSize, seen);
    if (file.state === 'known') runs += file.runs.length / 2;
    ensure(runs <= MOST_RUNS, 'files', `have more than ${MOST_RUNS} separate runs of resident pages`);
    ensure(writer.length <= MOST_BODY_BYTES, 'files', `need more than ${MOST_BODY_BYTES} bytes`);
    yield;
  }
  const body = writer.finish();
  const header = { pageSize, savedAt, files: files.length, runs, bodyBytes: body.length };
  return { header, body };
}

function writeFile(writer: ByteWriter, file: RecordedFile, pageSize: number, seen: Set<string>): void {
  const path = Buffer.from(pathBytes(file));
  const name = file.rawPath ? `\0${path.toString('latin1')}` : file.path;
  ensure(path[0] === 0x2f, file.path, 'is no absolute path');
  ensure(!path.includes(0), file.path, 'has a zero byte in it');
  ensure(path.length <= MOST_PATH_BYTES, file.path, `is longer than ${MOST_PATH_BYTES} bytes`);
  ensure(!seen.has(name), file.path, 'is there twice');
  ensure(Number.isSafeInteger(file.size) && file.size >= 0, file.path, 'has a size that is none');
  seen.add(name);
  const { modifiedNs } = file;
  writer.u8((file.state === 'unknown' ? RECORD.unknown : 0) | (modifiedNs === null ? 0 : RECORD.modified));
  writer.bytes(path);
  writer.u64(file.dev);
  writer.u64(file.ino);
  writer.varint(file.size);
  if (modifiedNs !== null) writer.i64(modifiedNs);
  if (file.state === 'known') writeRuns(writer, file, Math.ceil(file.size / pageSize));
  else {
    writer.u8(REASON_CODES.indexOf(file.reason.code));
    for (const text of [file.reason.message, file.reason.remedy]) {
      writer.bytes(shorten(text));
    }
  }
}

function writeRuns(
  writer: ByteWriter,
  { runs, path }: RecordedFile & { state: 'known' },
  pages: number,
): void {
  writer.varint(runs.length / 2);
  let end = 0;
  for (let index = 0; index < runs.length; index += 2) {
    const [first = 0, count = 0] = runs.subarray(index, index + 2);
    const ascends = index === 0 ? first >= 0 : first > end;
    ensure(Number.isInteger(first) && Number.isInteger(count) && count > 0, path, 'has a run that is none');
    ensure(ascends && first + count <= pages, path, 'has runs that overlap, touch or reach beyond it');
    writer.varint(first - end);
    writer.varint(count);
    end = first + count;
  }
}

/** Cut between two characters: half of one can't be read again. */
function shorten(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length <= MOST_TEXT_BYTES) return bytes;
  return Buffer.from(
    bytes
      .subarray(0, MOST_TEXT_BYTES)
      .toString('utf8')
      .replace(/\ufffd$/, ''),
  );
}

function ensure(good: boolean, subject: string, what: string): void {
  if (good) return;
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `A snapshot can't be written: ${subject} ${what}.`, {
    subject,
    remedy: 'Record fewer or other files.',
  });
}
