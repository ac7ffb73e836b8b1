import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgress } from '../../../../lib/cli/render/progress.ts';
import {
  type ProgressState,
  renderPlainProgress,
  renderProgress,
} from '../../../../lib/cli/render/progress-line.ts';
import { createRateMeter } from '../../../../lib/cli/render/rate.ts';
import { PLAIN, type Terminal } from '../../../../lib/cli/render/terminal.ts';
import { displayWidth } from '../../../../lib/cli/render/width.ts';

const GiB = 2 ** 30;
const state: ProgressState = {
  label: 'warming',
  doneBytes: 24.85 * GiB,
  totalBytes: 40 * GiB,
  bytesPerSecond: 2.31 * GiB,
  residentShare: 0.61,
};

function terminal(columns: number): Terminal {
  return { isTTY: true, columns, colour: false, unicode: true };
}

describe('renderProgress', () => {
  it('shows everything where there is room and drops the least important first', () => {
    expect(renderProgress(terminal(100), state)).toBe(
      'warming  ━━━━━━━━━━━━━─────────  62.1 %  24.8 / 40.0 GiB  61.0 % resident  2.31 GiB/s  7 s left',
    );
    expect(renderProgress(terminal(80), state)).toBe(
      '━━━━━━─────  62.1 %  24.8 / 40.0 GiB  61.0 % resident  2.31 GiB/s  7 s left',
    );
    expect(renderProgress(terminal(40), state)).toBe('62.1 %  24.8 / 40.0 GiB  7 s left');
    expect(renderProgress(terminal(10), state)).toBe('62.1 %');
  });

  it('has an ASCII form, and a plain one for a pipe', () => {
    expect(renderProgress({ ...terminal(64), unicode: false }, state)).toBe(
      '[######....]  62.1 %  24.8 / 40.0 GiB  2.31 GiB/s  7 s left',
    );
    const text = 'warming: 62.1 %, 24.8 / 40.0 GiB, 61.0 % resident, 2.31 GiB/s, 7 s left';
    expect(renderPlainProgress(state)).toBe(text);
    expect(renderProgress(PLAIN, state)).toBe(text);
  });

  it('fits every width, at every stage, with and without a note', () => {
    for (let columns = 8; columns <= 140; columns += 1) {
      for (const share of [0, 0.00001, 0.5, 0.99999, 1]) {
        for (const note of [undefined, 'paused: memory pressure 12 % over the last 10 s']) {
          const line = renderProgress(terminal(columns), {
            ...state,
            doneBytes: 40 * GiB * share,
            ...(note === undefined ? {} : { note }),
          });
          expect(displayWidth(line)).toBeLessThan(columns);
        }
      }
    }
  });

  it('fills the bar when everything is done and not before', () => {
    const bar = (doneBytes: number) => renderProgress(terminal(100), { ...state, doneBytes });
    expect(bar(40 * GiB - 1)).toMatch(/━─ {2}99\.9 %/);
    expect(bar(40 * GiB)).not.toContain('─');
    expect(bar(0)).not.toContain('━');
  });

  it('keeps the length of the bar while numbers change', () => {
    const bars = [0.01, 0.1, 0.5, 0.99].map((share) => {
      const line = renderProgress(terminal(80), { ...state, doneBytes: 40 * GiB * share });
      return line.match(/[━─]+/)?.[0].length;
    });
    expect(new Set(bars).size).toBe(1);
  });

  it('guesses the time left no finer than the guess is', () => {
    const left = (bytesPerSecond: number | null) =>
      renderPlainProgress({ label: 'x', doneBytes: 0, totalBytes: 36_000, bytesPerSecond })
        .split(', ')
        .at(-1);
    expect(left(400)).toBe('90 s left');
    expect(left(100)).toBe('6 min left');
    expect(left(4)).toBe('3 h left');
    expect(left(0.001)).toBe('days left');
    expect(left(0)).toBe('stalled');
    expect(left(null)).toBe('0.0 / 35.2 KiB');
  });

  it('cuts a note at the end of the line and makes it printable', () => {
    const line = renderProgress(terminal(40), { ...state, note: 'paused: \x1b[2Jmemory pressure over 10 s' });
    expect(line).toBe('62.1 %  paused: \\x1b[2Jmemory pressure…');
  });
});

describe('createRateMeter', () => {
  it('measures over the last seconds', () => {
    const meter = createRateMeter(5000);
    for (let time = 0; time <= 20_000; time += 100) meter.sample(time, time * (time < 10_000 ? 1 : 2));
    expect(meter.rate(20_000)).toBeCloseTo(2000, 6);
  });

  it('says nothing of too short a time', () => {
    const meter = createRateMeter();
    expect(meter.rate(0)).toBeNull();
    meter.sample(0, 0);
    meter.sample(100, 1000);
    expect(meter.rate(100)).toBeNull();
    expect(meter.rate(1000)).toBeCloseTo(1000, 6);
  });

  it('falls to zero when nothing moves any more', () => {
    const meter = createRateMeter(5000);
    meter.sample(0, 0);
    meter.sample(1000, 1_000_000);
    expect(meter.rate(6100)).toBe(0);
  });

  it('is right however often it is fed', () => {
    const meter = createRateMeter(1000);
    for (let time = 0; time <= 3000; time += 1) meter.sample(time, time);
    expect(meter.rate(3000)).toBeCloseTo(1000, -1);
  });
});

describe('createProgress', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function start(where: Terminal) {
    const writes: string[] = [];
    const stream = { write: (text: string) => writes.push(text), columns: where.columns ?? undefined };
    return { writes, stream, progress: createProgress(stream, where, { label: 'warming' }) };
  }
  const reading = (share: number) => ({ doneBytes: share * GiB, totalBytes: GiB });

  it('redraws one line at most ten times a second', () => {
    const { writes, progress } = start(terminal(80));
    for (let step = 0; step < 1000; step += 1) {
      progress.update(reading(step / 1000));
      vi.advanceTimersByTime(1);
    }
    expect(writes.length).toBeLessThanOrEqual(11);
    expect(writes.length).toBeGreaterThanOrEqual(10);
    for (const text of writes) expect(text.startsWith('\r\x1b[2K') && !text.includes('\n')).toBe(true);
    progress.finish();
    expect(writes.at(-1)).toBe('\r\x1b[2K');
  });

  it('lets a rate fall that is not true any more', () => {
    const { writes, progress } = start(terminal(80));
    progress.update(reading(0));
    vi.advanceTimersByTime(1000);
    progress.update(reading(0.5));
    vi.advanceTimersByTime(100);
    expect(writes.at(-1)).toContain('MiB/s');
    vi.advanceTimersByTime(7000);
    expect(writes.at(-1)).toContain('stalled');
    progress.finish();
  });

  it('prints a plain line every five seconds without a terminal', () => {
    const { writes, progress } = start(PLAIN);
    for (let second = 0; second < 12; second += 1) {
      progress.update(reading(second / 12));
      vi.advanceTimersByTime(1000);
    }
    progress.finish();
    expect(writes).toHaveLength(2);
    expect(writes[0]).toMatch(/^warming: 33\.3 %, 0\.33 \/ 1\.00 GiB, .*left\n$/);
  });

  it('is silent about a short job in a pipe, and after the end', () => {
    const { writes, progress } = start(PLAIN);
    progress.update(reading(1));
    progress.finish();
    progress.finish();
    progress.update(reading(1));
    vi.advanceTimersByTime(60_000);
    expect(writes).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('writes log lines above the line', () => {
    const { writes, progress } = start(terminal(80));
    progress.log('before');
    progress.update(reading(0.5));
    progress.log('between');
    progress.finish();
    progress.log('after');
    expect(writes.map((text) => text.replace('\r\x1b[2K', '<erase>').replace(/━.*/, 'BAR'))).toEqual([
      'before\n',
      expect.stringMatching(/^<erase>.*BAR$/),
      '<erase>between\n',
      expect.stringMatching(/^<erase>.*BAR$/),
      '<erase>',
      'after\n',
    ]);
  });

  it('follows the window when it is resized', () => {
    const { writes, stream, progress } = start(terminal(80));
    progress.update(reading(0.5));
    stream.columns = 30;
    vi.advanceTimersByTime(100);
    expect(displayWidth((writes.at(-1) ?? '').replace('\r\x1b[2K', ''))).toBeLessThan(30);
    progress.finish();
  });
});
