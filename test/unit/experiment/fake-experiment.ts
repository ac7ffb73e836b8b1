import type { ExperimentDependencies } from '../../../lib/experiment/dependencies.ts';
import type { EvictResult, WarmResult } from '../../../lib/fill/index.ts';
import type { WarmSet } from '../../../lib/targets/index.ts';
import { MACHINE } from './a-report.ts';

export const SIZE = 1 << 20;

export const SET: WarmSet = {
  files: [{ path: '/models/a', dev: 1n, ino: 2n, size: SIZE }],
  failures: [],
  skipped: { sockets: 0, fifos: 0, devices: 0, danglingLinks: 0, duplicates: 0 },
  size: SIZE,
};

/** A host with one file, whose clock moves only by what is done: a cold read takes 100 ms, a warm one 10, a fill 60. */
export class FakeExperiment {
  ms = 0;
  resident = 0;
  /** Pages that stay, whatever evicts them. */
  stubborn: number[] = [];
  /** What the next readers do instead of reading. */
  failures: Error[] = [];
  readonly log: string[] = [];
  fillStopped: string | null = null;
  leftOut = 0;

  readonly host: ExperimentDependencies = {
    now: () => Date.UTC(2026, 2, 1) + this.ms,
    clock: () => this.ms,
    residency: async () => ({
      files: [],
      total: { files: 1, size: SIZE, residentBytes: this.resident, unknownFiles: 0, cacheHitRatio: null },
    }),
    countPages: async () => this.stubborn.shift() ?? this.resident / 4096,
    evict: async () => {
      this.log.push('evict');
      this.resident = 0;
      return { files: [], residentBefore: 0, residentNow: 0, unknownFiles: 0 } satisfies EvictResult;
    },
    planWarm: async () => ({ leftOut: this.leftOut, budget: { allowed: 7, reason: 'so it is' } }) as never,
    warm: async () => {
      this.log.push('fill');
      this.ms += 60;
      this.resident = SIZE;
      const stopped = this.fillStopped === null ? null : { reason: 'guard', detail: this.fillStopped };
      return { asked: SIZE, residentNow: this.resident, stopped, guard: null } as WarmResult;
    },
    dropCaches: async () => void this.log.push('drop'),
    scanFiles: async (_, { how, signal }) => {
      this.log.push(how);
      const failure = this.failures.shift();
      if (failure) throw failure;
      signal.throwIfAborted();
      this.ms += this.resident === SIZE ? 10 : 100;
      this.resident = SIZE;
    },
    runCommand: async (command) => {
      this.log.push(command);
      this.ms += 30;
    },
    findDevice: async () => '8:0',
    readCounters: async () => ({
      stalledUs: { cpu: this.ms, io: null, memory: 0 },
      deviceBytes: this.ms * 1000,
      ourBytes: this.ms * 900,
      load: 0.25,
    }),
    readDeviceBytes: async () => this.ms * 1000,
    readMachine: async () => this.machine,
    readFileFacts: async () => [
      { path: '/models/a', dev: '1', ino: '2', size: SIZE, modifiedNs: this.modifiedNs },
    ],
    openSchedulerSwitch: async ({ device, schedulers }) => {
      this.log.push(`switch ${device} ${schedulers.join(' ')}`);
      return {
        original: 'none',
        guardPid: 1,
        use: async (name) => void this.log.push(`use ${name}`),
        [Symbol.asyncDispose]: async () => void this.log.push('put back'),
      };
    },
    server: {
      startServer: async ({ command }) => {
        this.log.push(`start ${command}`);
        this.ms += this.resident === SIZE ? 200 : 500;
        return {
          pid: 7,
          ready: Promise.resolve(),
          phases: () => null,
          stop: async () => void this.log.push('stop'),
        };
      },
      takeTtft: async () => {
        this.log.push('ask');
        this.ms += 20;
        return { ttftMs: 15, endToEndMs: 20, tokens: 8 };
      },
    },
  };

  machine = MACHINE;
  modifiedNs = '3';
}
