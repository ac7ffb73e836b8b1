import { EventEmitter } from 'node:events';
import type { FileStatus, KeeperEvents, SetStatus, SweepReport } from '../../lib/keeper/types.ts';

/** Emits what a keeper would. */
export class FakeKeeper extends EventEmitter<KeeperEvents> {}

export const MiB = 2 ** 20;
export const GiB = 2 ** 30;
/** Some afternoon: 2026-03-01T14:00:00Z. */
export const NOON_MS = Date.UTC(2026, 2, 1, 14);

export function aFile(over: Partial<FileStatus> = {}): FileStatus {
  return {
    path: '/models/llama/model-00001-of-00002.safetensors',
    sizeBytes: 256 * MiB,
    dataBytes: over.sizeBytes ?? 256 * MiB,
    residentBytes: 128 * MiB,
    refilledBytes: 0,
    refillSeconds: 0,
    lostBytes: 0,
    map: Array.from({ length: 64 }, (_, cell) => (cell < 32 ? 1 : 0)),
    failure: null,
    ...over,
  };
}

/** Sums come from the files, as a keeper's would. */
export function aSet(over: Partial<SetStatus> = {}): SetStatus {
  const files = over.files ?? [aFile()];
  const known = files.filter(({ residentBytes }) => residentBytes !== null);
  const targetBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const knownBytes = known.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const residentBytes = known.reduce((sum, file) => sum + (file.residentBytes ?? 0), 0);
  return {
    name: 'llama',
    priority: 1,
    targetBytes,
    knownBytes,
    residentBytes,
    hitRatio: knownBytes === 0 ? null : residentBytes / knownBytes,
    allowedBytes: targetBytes,
    refilledBytes: 0,
    refillSeconds: 0,
    lostBytes: files.reduce((sum, { lostBytes }) => sum + lostBytes, 0),
    unknownFiles: files.length - known.length,
    failedFiles: files.filter(({ failure }) => failure !== null).length,
    failedTargets: 0,
    files,
    ...over,
  };
}

export function aSweep(over: Partial<SweepReport> = {}): SweepReport {
  return {
    startedAtMs: NOON_MS,
    seconds: 0.2,
    sets: [aSet()],
    budget: {
      allowedBytes: 12 * GiB,
      limit: 'fractionOfAvailable',
      reason: '50.0 % of the 24.0 GiB that the host has available',
    },
    held: null,
    ...over,
  };
}

/** A keeper in the middle of its work: everything that the page can show, and names that mean harm. */
export function busyKeeper(keeper: FakeKeeper, clock: { ms: number }): void {
  const shard = (number: number, shares: readonly number[]): FileStatus => {
    const map = Array.from({ length: 64 }, (_, cell) => shares[Math.floor((cell / 64) * shares.length)] ?? 0);
    const share = map.reduce((sum, part) => sum + part, 0) / 64;
    return aFile({
      path: `/models/llama/model-0000${number}-of-00004.safetensors`,
      sizeBytes: 4 * GiB,
      residentBytes: Math.round(share * 4 * GiB),
      map,
    });
  };
  const llama = aSet({
    refilledBytes: 21 * GiB,
    refillSeconds: 74,
    lostBytes: 3 * GiB,
    files: [shard(1, [1]), shard(2, [1]), shard(3, [1, 1, 1, 0.4, 0, 0.7, 1, 1]), shard(4, [1, 0.2, 0, 0])],
  });
  const hostile = aSet({
    name: `<script>alert('set')</script>`,
    priority: 2,
    allowedBytes: 300 * MiB,
    files: [
      aFile({ path: '/models/other/<img src=x onerror=alert(1)>.gguf' }),
      aFile({
        path: `/models/other/quotes " ' & \u001b[31mred \u202egnp.gguf \\xff`,
        map: [1],
        residentBytes: 256 * MiB,
      }),
      aFile({ path: '/models/other/foreign.bin', residentBytes: null, map: [] }),
      aFile({
        path: '/models/other/broken.bin',
        residentBytes: 0,
        map: [0],
        failure: { code: 'EIO', syscall: 'read', message: 'the device reports an error at 40.0 MiB' },
      }),
    ],
  });
  const slow = {
    code: 'others-read',
    message: '412 reads a second are not ours; p95 3.1 ms, alone 0.9 ms',
  } as const;
  const pause = {
    code: 'memory-fell',
    message: 'MemAvailable fell from 24.0 GiB to 17.9 GiB, by more than 20 %',
  } as const;
  const at = (ms: number): void => {
    clock.ms = NOON_MS + ms;
  };
  at(0);
  keeper.emit('verdict', { action: 'go' });
  at(95_000);
  keeper.emit('verdict', { action: 'slow', bytesPerSecond: 180 * MiB, reason: slow });
  at(140_000);
  keeper.emit('verdict', { action: 'pause', reason: pause });
  at(200_000);
  keeper.emit('verdict', { action: 'go' });
  at(290_000);
  keeper.emit('verdict', { action: 'slow', bytesPerSecond: 96 * MiB, reason: slow });
  keeper.emit('rate', { bytesPerSecond: 96 * MiB });
  keeper.emit('probe', { kind: 'open', set: 'llama', milliseconds: [0.02, 0.03, 0.05] });
  keeper.emit('probe', { kind: 'mmap', set: 'llama', milliseconds: [0.2, 0.4, 1.9] });
  keeper.emit('probe', { kind: 'read', set: 'llama', milliseconds: [0.7, 0.8, 0.9, 3.1] });
  keeper.emit('hits', {
    watched: { pid: 4711 },
    method: 'rchar against read_bytes of /proc/4711/io',
    hitRatio: 0.973,
    readBytes: 9 * GiB,
    fromDeviceBytes: 250 * MiB,
    majorFaults: 312,
    refaultedBytes: null,
  });
  keeper.emit('fill', { set: 'llama', readBytes: 2 * GiB, seconds: 8, lostBytes: 0 });
  keeper.emit('problem', {
    what: '/models/other/broken.bin',
    failure: { code: 'EIO', syscall: 'read', message: 'input/output error' },
  });
  keeper.emit('sweep', aSweep({ startedAtMs: NOON_MS + 288_000, sets: [llama, hostile], held: slow }));
  keeper.emit('state', { name: 'filling', sinceMs: NOON_MS + 289_000, set: 'llama' });
  at(311_000);
}
