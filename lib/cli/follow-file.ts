import { open } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

export interface FollowFileOptions {
  readonly signal: AbortSignal;
  /** The end was reached for the first time: what comes from now on is new. */
  readonly onEnd: () => void;
}

const CHUNK = 256 << 10;

// inotify says nothing of network file systems, and logs are read by people: this is soon enough.
const POLL_MS = 200;

/**
 * The file's content, and what is appended to it, until the signal. A file that has become shorter is read from its
 * beginning: it was emptied, and is written anew.
 *
 * @throws the system error of open or read
 */
export async function* followFile(
  path: string | Buffer,
  { signal, onEnd }: FollowFileOptions,
): AsyncGenerator<Uint8Array> {
  await using file = await open(path, 'r');
  const buffer = Buffer.allocUnsafe(CHUNK);
  for (let at = 0; !signal.aborted; ) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK, at);
    at += bytesRead;
    if (bytesRead > 0) {
      yield buffer.subarray(0, bytesRead);
      continue;
    }
    onEnd();
    const { size } = await file.stat();
    if (size < at) at = 0;
    else if (size === at) await setTimeout(POLL_MS, undefined, { signal }).catch(() => {});
  }
}
