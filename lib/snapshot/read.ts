import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { badSnapshot, nameSnapshot } from './bad-snapshot.ts';
import { decodeBody, inflateOptions, notInflated } from './decode.ts';
import { unwrapBody } from './header.ts';
import { inTurns } from './in-turns.ts';
import { MOST_FILE_BYTES } from './limits.ts';
import type { Snapshot } from './types.ts';

const inflate = promisify(inflateRaw);

/**
 * Reads a snapshot's file.
 *
 * @throws WarmsetError `WARMSET_BAD_SNAPSHOT` for a file that isn't one or was damaged; a system error for one that can't
 * be read
 */
export async function readSnapshot(path: string): Promise<Snapshot> {
  const place = resolve(path);
  const bytes = await readBounded(place);
  try {
    const { header, compressed } = unwrapBody(bytes);
    const body = await inflate(compressed, inflateOptions(header)).catch((error: unknown) => {
      throw notInflated(error);
    });
    return await inTurns(decodeBody(header, body));
  } catch (error) {
    throw nameSnapshot(error, place);
  }
}

/** No more than a snapshot may have, whatever the file claims to be long: a device, or one that grows. */
async function readBounded(path: string): Promise<Buffer> {
  // A FIFO that nobody writes to would never be open.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile())
      throw nameSnapshot(badSnapshot('it is no regular file', 'Name the file itself.'), path);
    const { size } = stats;
    if (size > MOST_FILE_BYTES) {
      throw nameSnapshot(badSnapshot(`it is longer than ${MOST_FILE_BYTES} bytes`), path);
    }
    const bytes = Buffer.alloc(size);
    let length = 0;
    while (length < size) {
      const { bytesRead } = await handle.read(bytes, length, size - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await handle.close();
  }
}
