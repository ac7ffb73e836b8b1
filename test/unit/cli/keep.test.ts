import { describe, expect, it, vi } from 'vitest';
import { judgeOnce, judgeService } from '../../../lib/cli/keep/judge-once.ts';
import { createListeners } from '../../../lib/cli/keep/log-events.ts';
import type { KeepStatus } from '../../../lib/cli/keep/status.ts';
import { createLog } from '../../../lib/cli/log.ts';
import { renderKeeper } from '../../../lib/cli/render/keeper.ts';
import { PLAIN } from '../../../lib/cli/render/terminal.ts';
import { openSession } from '../../../lib/cli/session.ts';
import type { KeeperNow } from '../../../lib/keeper/index.ts';
import { statusDocument, watchKeeper } from '../../../lib/metrics/index.ts';
import { aFile, aSet, aSweep, busyKeeper, FakeKeeper } from '../../support/fake-keeper.ts';

const IDLE = { name: 'idle', nextSweepAtMs: null } as const;
const reason = { code: 'device-slow', message: 'slow' } as const;
const held = { code: 'budget', message: 'too big' } as const;

describe('the exit code of --once', () => {
  const now = (over: Partial<KeeperNow> = {}): KeeperNow => ({
    state: IDLE,
    sweep: aSweep(),
    verdict: null,
    hits: null,
    health: { live: true, ready: true, reasons: [] },
    ...over,
  });
  const stopped = (why: 'closed' | 'disabled' | 'other-keeper' | 'failed') =>
    ({ name: 'stopped', why, detail: '' }) as const;
  const unknown = aSweep({
    sets: [aSet({ files: [aFile({ residentBytes: null }), aFile({ residentBytes: 2 ** 28 })] })],
  });

  it.each([
    ['the share is resident', now(), 0.5, 0],
    ['it is not', now(), 0.6, 1],
    ['the budget is in the way', now({ sweep: aSweep({ held }) }), 0.6, 3],
    [
      'the guard is, at the deadline',
      now({ verdict: { action: 'pause', reason }, state: stopped('closed') }),
      0.6,
      3,
    ],
    ['nobody knows of half of it', now({ sweep: unknown }), 1, 1],
    ['a target is missing', now({ sweep: aSweep({ sets: [aSet({ failedTargets: 1 })] }) }), 0, 1],
    ['it is rolled back', now({ state: stopped('disabled'), sweep: null }), 1, 0],
    ['another keeper has the node', now({ state: stopped('other-keeper'), sweep: null }), 1, 3],
    ['another one had it until the deadline', now({ state: stopped('closed'), sweep: null }), 1, 3],
    ['the lock can not be taken', now({ state: stopped('failed'), sweep: null }), 1, 1],
  ])('when %s', (_what, keeper, share, code) => {
    expect(judgeOnce(keeper, share)).toBe(code);
  });

  it('of a service: by why it ended', () => {
    const codes = (['closed', 'disabled', 'other-keeper', 'failed'] as const).map((why) =>
      judgeService(now({ state: stopped(why) })),
    );
    expect(codes).toEqual([0, 0, 3, 1]);
  });
});

describe('the log of a keeper', () => {
  const lines: string[] = [];
  const log = createLog({ format: 'plain', level: 'info', write: (line) => lines.push(line), now: () => 0 });
  const taken = (): string[] => lines.splice(0).map((line) => line.replace(/^\S+ /, '').trim());

  it('tells once what goes on, and never lets a name begin a line', () => {
    const listeners = createListeners(log);
    listeners.verdict({ action: 'go' });
    listeners.verdict({ action: 'pause', reason });
    listeners.verdict({ action: 'pause', reason: { ...reason, message: 'slower' } });
    listeners.sweep(aSweep({ held }));
    listeners.sweep(aSweep({ held }));
    listeners.sweep(aSweep());
    const failure = { code: 'EIO', syscall: 'read', message: 'i/o error' };
    listeners.problem({ what: '/m/a\nerror forged', failure });
    const told = taken();
    expect(told.map((line) => line.split(/ {2}/).slice(0, 2).join(' '))).toEqual([
      expect.stringMatching(/^warn.*verdict/),
      expect.stringMatching(/^warn.*held/),
      expect.stringMatching(/^info.*held/),
      expect.stringMatching(/^warn.*problem/),
    ]);
  });

  it('says every line of a reload, and that it was refused', () => {
    const listeners = createListeners(log);
    listeners.config({ accepted: true, lines: ['a: 1 -> 2'] });
    listeners.config({ accepted: false, lines: ['line 1, column 1: wrong'] });
    expect(taken()).toEqual([
      'info  config  reloaded',
      'info  config  a: 1 -> 2',
      expect.stringMatching(/^error config {2}the new configuration is refused/),
      'error config  line 1, column 1: wrong',
    ]);
  });
});

describe('how a keeper is, in words', () => {
  it('shows the sets, what holds back, and the four figures by their names', () => {
    const keeper = new FakeKeeper();
    const watch = watchKeeper(keeper);
    busyKeeper(keeper, { ms: 0 });
    const health = { live: true, ready: false, reasons: ['evil\u001b[31m'] };
    const lines = renderKeeper(PLAIN, JSON.parse(statusDocument(watch.view(), health)) as KeepStatus);
    expect(lines[0]).toMatch(/^SET +FILES +SIZE/);
    expect(lines.join('\n')).not.toContain('\u001b');
    for (const word of [
      'state',
      'health',
      'budget',
      'guard',
      'cache_hit_ratio',
      'nvme_read_p95_ms',
      'ttft_p95_ms',
    ]) {
      expect(lines.some((line) => line.startsWith(word))).toBe(true);
    }
  });

  it('bears a keeper of which nothing is known', () => {
    const watch = watchKeeper(new FakeKeeper());
    const document = statusDocument(watch.view(), { live: true, ready: false, reasons: [] });
    expect(renderKeeper(PLAIN, JSON.parse(document) as KeepStatus).join('\n')).toContain('unknown');
  });
});

describe('a session that is a service', () => {
  it('hangs up to reload, and ends by SIGTERM with what the command says; the second ends at once', () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    const { session, end } = openSession();
    const reload = vi.fn();
    session.beService(reload);
    process.emit('SIGHUP', 'SIGHUP');
    expect(reload).toHaveBeenCalledTimes(1);
    expect(session.signal.aborted).toBe(false);
    process.emit('SIGTERM', 'SIGTERM');
    expect(session.signal.aborted).toBe(true);
    process.emit('SIGHUP', 'SIGHUP');
    expect(reload).toHaveBeenCalledTimes(1);
    expect(exit).not.toHaveBeenCalled();
    process.emit('SIGTERM', 'SIGTERM');
    expect(exit).toHaveBeenCalledWith(143);
    expect(end()).toEqual({ signalExit: undefined });
    exit.mockRestore();
  });
});
