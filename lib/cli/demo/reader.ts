import { addon } from '../../native/addon.ts';
import { runJob } from '../../native/job.ts';
import { pathBytes, type WarmSet } from '../../targets/index.ts';

export interface ReadTime {
  readonly bytes: number;
  readonly milliseconds: number;
}

/** Reads every file from start to end, one after the other, as a loader does, at the host's own priority. */
export async function timeReading(set: WarmSet, signal: AbortSignal): Promise<ReadTime> {
  let bytes = 0;
  let milliseconds = 0;
  for (const file of set.files) {
    const path = pathBytes(file);
    const time = await runJob({ priority: 'normal', signal }, path, (...job) =>
      addon().timeReading(path, ...job),
    );
    bytes += time.bytes;
    milliseconds += time.milliseconds;
  }
  return { bytes, milliseconds };
}
