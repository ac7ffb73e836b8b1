import { createHash } from 'node:crypto';
import { badSnapshot } from './bad-snapshot.ts';
import { LARGEST_PAGE, MOST_BODY_BYTES, MOST_FILE_BYTES, MOST_FILES, MOST_RUNS } from './limits.ts';

/** What stands in front of the compressed records. docs/snapshots.md has the layout as a table. */
export interface Header {
  readonly pageSize: number;
  readonly savedAt: number;
  readonly files: number;
  readonly runs: number;
  /** Before compression. */
  readonly bodyBytes: number;
}

// A byte that isn't ASCII, and line ends: a transfer that takes it for text breaks it at once.
const MAGIC = Buffer.from('\x89WSNAP\r\n', 'latin1');

const VERSION = 1;

const HEADER_BYTES = 48;

const CHECKSUM_BYTES = 32;

/** The file's bytes. Pure. */
export function wrapBody(header: Header, compressed: Buffer): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  head.set(MAGIC);
  head.writeUInt16LE(VERSION, 8);
  head.writeUInt32LE(header.pageSize, 12);
  head.writeBigUInt64LE(BigInt(header.savedAt), 16);
  head.writeUInt32LE(header.files, 24);
  head.writeUInt32LE(header.runs, 28);
  head.writeBigUInt64LE(BigInt(header.bodyBytes), 32);
  head.writeBigUInt64LE(BigInt(compressed.length), 40);
  return Buffer.concat([head, compressed, checksum(head, compressed)]);
}

/**
 * The header and the compressed records of a file's bytes. Everything is checked before the records are looked at, the
 * checksum first of what depends on them. Pure.
 *
 * @throws WarmsetError `WARMSET_BAD_SNAPSHOT`
 */
export function unwrapBody(bytes: Buffer): { readonly header: Header; readonly compressed: Buffer } {
  if (bytes.length > MOST_FILE_BYTES) throw badSnapshot(`it is longer than ${MOST_FILE_BYTES} bytes`);
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw badSnapshot(
      bytes.length < MAGIC.length ? 'it is cut off' : "it doesn't begin as a snapshot does",
      'Name a file that warmset snapshot save has written.',
    );
  }
  if (bytes.length < HEADER_BYTES + CHECKSUM_BYTES) throw badSnapshot('it is cut off');
  checkVersion(bytes.readUInt16LE(8));
  const stored = Number(bytes.readBigUInt64LE(40));
  const missing = HEADER_BYTES + stored + CHECKSUM_BYTES - bytes.length;
  if (missing > 0) throw badSnapshot('it is cut off');
  if (missing < 0) throw badSnapshot('something follows its end');
  const head = bytes.subarray(0, HEADER_BYTES);
  const compressed = bytes.subarray(HEADER_BYTES, HEADER_BYTES + stored);
  if (!checksum(head, compressed).equals(bytes.subarray(HEADER_BYTES + stored))) {
    throw badSnapshot('its checksum is wrong, so bytes of it have changed');
  }
  return { header: readHeader(head), compressed };
}

function checkVersion(version: number): void {
  if (version === VERSION) return;
  if (version === 0) throw badSnapshot('its version is 0');
  throw badSnapshot(
    `it has version ${version} of the format, and this warmset knows ${VERSION}`,
    'Read it with the warmset that wrote it, or a newer one.',
  );
}

function readHeader(head: Buffer): Header {
  const number = (name: string, at: number, most: number): number => {
    const value = head.readBigUInt64LE(at);
    if (value > BigInt(most)) throw badSnapshot(`${name} is ${value}, and may be no more than ${most}`);
    return Number(value);
  };
  const count = (name: string, at: number, most: number): number => {
    const value = head.readUInt32LE(at);
    if (value > most) throw badSnapshot(`${name} is ${value}, and may be no more than ${most}`);
    return value;
  };
  if (head.readUInt16LE(10) !== 0) throw badSnapshot('it needs something that this warmset does not know');
  const pageSize = count('the page size', 12, LARGEST_PAGE);
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) {
    throw badSnapshot(`its page size is ${pageSize}, which no machine has`);
  }
  return {
    pageSize,
    savedAt: number('the time', 16, Number.MAX_SAFE_INTEGER),
    files: count('the number of files', 24, MOST_FILES),
    runs: count('the number of runs', 28, MOST_RUNS),
    bodyBytes: number('the length of the records', 32, MOST_BODY_BYTES),
  };
}

function checksum(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
