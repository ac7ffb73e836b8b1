import { describe, expect, it } from 'vitest';
import {
  renderFound,
  renderHeartbeat,
  renderStart,
  renderTrouble,
  renderWaiting,
} from '../../../../lib/cli/render/launch.ts';
import { PLAIN } from '../../../../lib/cli/render/terminal.ts';
import { Narration } from '../../../../lib/cli/run/narrate.ts';
import type { Found } from '../../../../lib/launch/options.ts';
import type { LaunchReport } from '../../../../lib/launch/report.ts';
import type { BesideResult, RecognisedServer } from '../../../../lib/launch/types.ts';

const GIB = 2 ** 30;

const server: RecognisedServer = {
  server: 'vllm',
  evidence: 'its name',
  models: [],
  address: null,
  healthPaths: [],
  cacheUse: { state: 'used' },
  tensorParallel: null,
  environment: {},
};

const found: Found = {
  server,
  targets: [{ target: 'hf:a/b', from: '--model' }],
  files: 3,
  size: 10 * GIB,
  residentBytes: GIB,
  failures: [],
  idle: null,
  note: null,
};

const fill: BesideResult = {
  asked: 10 * GIB,
  residentBefore: GIB,
  residentAfter: 10 * GIB,
  warmedAhead: 8 * GIB,
  leftToLoader: GIB,
  dropped: 0,
  firstReadMs: 20_000,
  how: 'ahead',
  why: 'the set was cold',
  stopped: 'done',
  guard: null,
};

const report: LaunchReport = {
  command: ['vllm'],
  beganAtMs: 0,
  pid: 1,
  spawnMs: 3,
  heldBackMs: 0,
  firstReadMs: 20_000,
  readyMs: 41_000,
  readyBy: 'log',
  found,
  fill,
  phases: null,
  troubles: [],
  exit: null,
  exitCode: null,
  why: fill.why,
};

describe('what run says', () => {
  it('what it found, in one line', () => {
    expect(renderFound(PLAIN, found)).toEqual([
      'warmset: vllm serving hf:a/b (--model): 10.0 GiB, 10.0 % in memory; filling beside it',
    ]);
    expect(renderFound(PLAIN, { ...found, residentBytes: null, note: 'it may not profit: x' })).toEqual([
      'warmset: vllm serving hf:a/b (--model): 10.0 GiB, what is in memory is unknown; filling beside it (it may not profit: x)',
    ]);
    expect(renderFound(PLAIN, { ...found, server: null, targets: [], idle: 'nothing is known' })).toEqual([
      'warmset: nothing is known',
    ]);
  });

  it('a name that would steer the terminal is shown, not obeyed', () => {
    const targets = [{ target: 'a\x1b[2Jb', from: '--model' }];
    expect(renderFound(PLAIN, { ...found, targets }).join('')).not.toContain('\x1b');
  });

  it('how the start went, in one paragraph', () => {
    expect(renderStart(PLAIN, report)).toEqual([
      'warmset: Ready 41 s after its start, by its log. 8.00 GiB were read ahead of it, 1.00 GiB were left to it, 100 % is in memory. Its first read came after 20 s. The set was cold.',
    ]);
  });

  it('what the guard did, where it made a difference', () => {
    const lastReason = { code: 'others-read', message: 'somebody else reads' } as const;
    const held = (slowSeconds: number): string => {
      const guard = { goSeconds: 9, slowSeconds, pauseSeconds: 0, lastReason };
      return renderStart(PLAIN, { ...report, fill: { ...fill, guard } }).join(' ');
    };
    expect(held(30)).toContain('The guard held it back for 30 s: somebody else reads.');
    expect(held(0.5)).not.toContain('guard');
  });

  it('of a part of the set no share of all', () => {
    const part = { ...fill, asked: 38, residentAfter: 38 };
    expect(renderStart(PLAIN, { ...report, fill: part }).join(' ')).toContain(
      '100 % of these 38 B is in memory',
    );
  });

  it('what the server waits for, and how long at most', () => {
    expect(renderWaiting(PLAIN, { share: 0.3 })).toEqual([
      'warmset: the server waits until 30.0 % of it is in memory',
    ]);
    expect(renderWaiting(PLAIN, { share: 1, ms: 120_000 })).toEqual([
      'warmset: the server waits until 100 % of it is in memory, 2 min at most',
    ]);
    expect(renderWaiting(PLAIN, { ms: 10_000 })).toEqual([
      'warmset: the server waits for the fill, 10 s at most',
    ]);
  });

  it('where the server was seen, which is not all that it has read', () => {
    const progress = { asked: 10 * GIB, resident: GIB, read: GIB, loaderBytes: GIB };
    expect(renderHeartbeat(PLAIN, progress)).toEqual([
      'warmset: 1.0 / 10.0 GiB in memory, 1.00 GiB of it read ahead, the server was last seen at 1.00 GiB',
    ]);
  });

  it('what failed, on one line', () => {
    expect(renderTrouble(PLAIN, 'filling', new Error('one\ntwo'))).toEqual([
      'warmset: filling failed, the server runs on without: one',
    ]);
  });

  it('narrow terminals get narrow lines', () => {
    const narrow = { ...PLAIN, isTTY: true, columns: 40 };
    for (const line of renderStart(narrow, report)) expect(line.length).toBeLessThanOrEqual(40);
  });
});

describe('the heartbeat', () => {
  it('comes every five seconds while bytes move, and not when quiet', () => {
    for (const quiet of [false, true]) {
      const said: string[] = [];
      let now = 0;
      const narration = new Narration(
        PLAIN,
        quiet,
        (lines) => said.push(...lines),
        () => now,
      );
      for (const [at, read] of [
        [1000, GIB],
        [5000, 2 * GIB],
        [6000, 3 * GIB],
        [10_000, 4 * GIB],
        [15_000, 4 * GIB],
      ] as const) {
        now = at;
        narration.onEvent({
          type: 'progress',
          progress: { asked: 10 * GIB, resident: read, read, loaderBytes: null },
        });
      }
      expect(said).toEqual(
        quiet
          ? []
          : [2, 4].map((gib) => `warmset: ${gib}.0 / 10.0 GiB in memory, ${gib}.00 GiB of it read ahead`),
      );
    }
  });
});
