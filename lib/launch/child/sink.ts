import { write } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Where a server's bytes go on to. A write that takes long holds the server back, as a full pipe would. */
export interface ByteSink {
  /** Rejects when nobody reads any more (EPIPE): the server then finds its own pipe closed. */
  write(chunk: Buffer): Promise<void>;
  /** The descriptor behind it, where there is one: what the server leaves running can be given it. */
  readonly fd?: number;
}

const RETRY_MS = 5;

/**
 * A descriptor of this process as a sink. Not through Node's streams: they make the open file non-blocking, and whoever
 * shares it (the server's stdin may be the same socket) would see EAGAIN.
 */
export function descriptorSink(fd: number): ByteSink {
  return {
    fd,
    write: async (chunk) => {
      for (let done = 0; done < chunk.length; ) done += await writeSome(fd, chunk, done);
    },
  };
}

function writeSome(fd: number, chunk: Buffer, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, chunk, offset, chunk.length - offset, null, (error, written) => {
      if (error === null) resolve(written);
      // Somebody else made it non-blocking, and its reader is slow.
      else if (error.code === 'EAGAIN') delay(RETRY_MS).then(() => resolve(0), reject);
      else reject(error);
    });
  });
}
