import { register } from 'prom-client';
import { expect, test } from 'vitest';
import { createMetrics, type Metrics, type MetricsOptions } from '../../../lib/metrics/index.ts';
import { aFile, aSet, aSweep, busyKeeper, FakeKeeper, MiB, NOON_MS } from '../../support/fake-keeper.ts';

function watched(options: MetricsOptions = {}): {
  keeper: FakeKeeper;
  clock: { ms: number };
  metrics: Metrics;
  lines: (name: string) => Promise<string[]>;
} {
  const keeper = new FakeKeeper();
  const clock = { ms: 0 };
  const metrics = createMetrics(keeper, { now: () => clock.ms, ...options });
  const lines = async (name: string): Promise<string[]> =>
    (await metrics.registry.metrics()).split('\n').filter((line) => new RegExp(`^${name}(\\{| )`).test(line));
  return { keeper, clock, metrics, lines };
}

test('before the first event no series claims anything of the sets, the guard or the keeper', async () => {
  const { metrics } = watched();
  const text = await metrics.registry.metrics();
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  // Nothing was counted yet: that is known.
  const counted =
    /^warmset_(guard_seconds_total|config_reloads_total|sweep_duration_seconds_(bucket|sum|count))/;
  expect(samples.filter((line) => !counted.test(line))).toEqual([
    expect.stringMatching(/^warmset_build_info\{/),
  ]);
  expect(samples.filter((line) => counted.test(line) && !line.endsWith(' 0'))).toEqual([]);
});

test('a sweep sets the residency of each set', async () => {
  const { keeper, lines } = watched();
  keeper.emit('sweep', aSweep({ sets: [aSet({ lostBytes: 7 * MiB, allowedBytes: 100 * MiB })] }));
  expect(await lines('warmset_resident_bytes')).toEqual([`warmset_resident_bytes{set="llama"} ${128 * MiB}`]);
  expect(await lines('warmset_target_bytes')).toEqual([`warmset_target_bytes{set="llama"} ${256 * MiB}`]);
  expect(await lines('warmset_allowed_bytes')).toEqual([`warmset_allowed_bytes{set="llama"} ${100 * MiB}`]);
  expect(await lines('warmset_cache_hit_ratio')).toEqual(['warmset_cache_hit_ratio{set="llama"} 0.5']);
  expect(await lines('warmset_lost_bytes_total')).toEqual([
    `warmset_lost_bytes_total{set="llama"} ${7 * MiB}`,
  ]);
  expect(await lines('warmset_last_sweep_timestamp_seconds')).toEqual([
    `warmset_last_sweep_timestamp_seconds ${NOON_MS / 1000}`,
  ]);
});

test('what a sweep has found shows before it has read what is missing', async () => {
  const { keeper, lines } = watched({ fileSeries: 10 });
  const resident = (bytes: number) => [aSet({ files: [aFile({ residentBytes: bytes })] })];
  keeper.emit('sweep', aSweep({ sets: resident(256 * MiB) }));
  keeper.emit('measured', aSweep({ sets: resident(64 * MiB), startedAtMs: NOON_MS + 30_000 }));
  expect(await lines('warmset_cache_hit_ratio')).toEqual(['warmset_cache_hit_ratio{set="llama"} 0.25']);
  expect(await lines('warmset_file_resident_bytes')).toEqual([expect.stringContaining(`} ${64 * MiB}`)]);
  // No sweep has ended since.
  expect(await lines('warmset_last_sweep_timestamp_seconds')).toEqual([
    `warmset_last_sweep_timestamp_seconds ${NOON_MS / 1000}`,
  ]);
});

test('what the keeper counts itself is taken over, not added up at every sweep', async () => {
  const { keeper, lines } = watched();
  for (const lostBytes of [5, 5, 9]) keeper.emit('sweep', aSweep({ sets: [aSet({ lostBytes })] }));
  expect(await lines('warmset_lost_bytes_total')).toEqual(['warmset_lost_bytes_total{set="llama"} 9']);
});

test('unknown residency has no series, and becomes none again', async () => {
  const { keeper, lines } = watched();
  const unknown = aSet({ files: [aFile({ residentBytes: null, map: [] })] });
  keeper.emit('sweep', aSweep());
  keeper.emit('sweep', aSweep({ sets: [unknown] }));
  expect(await lines('warmset_resident_bytes')).toEqual([]);
  expect(await lines('warmset_cache_hit_ratio')).toEqual([]);
  expect(await lines('warmset_unknown_files')).toEqual(['warmset_unknown_files{set="llama"} 1']);
  expect(await lines('warmset_target_bytes')).toHaveLength(1);
});

test("a set that a new config dropped ends with all of its series, and another set's stay", async () => {
  const { keeper, metrics } = watched({ fileSeries: 10 });
  for (const set of ['old', 'new']) {
    keeper.emit('fill', { set, readBytes: 1, seconds: 1, lostBytes: 0 });
    for (const kind of ['open', 'mmap', 'read'] as const)
      keeper.emit('probe', { kind, set, milliseconds: [1] });
  }
  keeper.emit('sweep', aSweep({ sets: [aSet({ name: 'old' }), aSet({ name: 'new' })] }));
  expect(await metrics.registry.metrics()).toContain('set="old"');
  keeper.emit('sweep', aSweep({ sets: [aSet({ name: 'new' })] }));
  const text = await metrics.registry.metrics();
  expect(text).not.toContain('set="old"');
  for (const name of ['fill_bytes_total', 'resident_bytes', 'device_read_latency_seconds_count']) {
    expect(text).toContain(`warmset_${name}{set="new"}`);
  }
  expect(text).toContain('warmset_open_mmap_latency_seconds_count{set="new",call="mmap"} 1');
});

test('fills add up', async () => {
  const { keeper, lines } = watched();
  keeper.emit('fill', { set: 'llama', readBytes: 3 * MiB, seconds: 0.5, lostBytes: MiB });
  keeper.emit('fill', { set: 'llama', readBytes: MiB, seconds: 0.25, lostBytes: 0 });
  expect(await lines('warmset_fill_bytes_total')).toEqual([
    `warmset_fill_bytes_total{set="llama"} ${4 * MiB}`,
  ]);
  expect(await lines('warmset_fill_seconds_total')).toEqual(['warmset_fill_seconds_total{set="llama"} 0.75']);
  expect(await lines('warmset_fill_lost_bytes_total')).toEqual([
    `warmset_fill_lost_bytes_total{set="llama"} ${MiB}`,
  ]);
});

test('samples in milliseconds become seconds; what is no duration is left out', async () => {
  const { keeper, lines } = watched();
  const milliseconds = [2, 3, Number.NaN, -1, Number.POSITIVE_INFINITY];
  keeper.emit('probe', { kind: 'read', set: 'llama', milliseconds });
  expect(await lines('warmset_device_read_latency_seconds_sum')).toEqual([
    'warmset_device_read_latency_seconds_sum{set="llama"} 0.005',
  ]);
  expect(await lines('warmset_device_read_latency_seconds_count')).toEqual([
    'warmset_device_read_latency_seconds_count{set="llama"} 2',
  ]);
  expect(await lines('warmset_device_read_latency_seconds_bucket')).toContain(
    'warmset_device_read_latency_seconds_bucket{le="0.0025",set="llama"} 1',
  );
});

test('time under each verdict goes on between scrapes and ends when the keeper stops', async () => {
  const { keeper, clock, lines } = watched();
  const reason = { code: 'memory-fell', message: '' } as const;
  clock.ms = 1_000;
  keeper.emit('verdict', { action: 'go' });
  clock.ms = 3_000;
  keeper.emit('verdict', { action: 'pause', reason });
  keeper.emit('verdict', { action: 'pause', reason });
  clock.ms = 3_500;
  const seconds = async (): Promise<string[]> => lines('warmset_guard_seconds_total');
  expect(await seconds()).toEqual([
    'warmset_guard_seconds_total{action="go"} 2',
    'warmset_guard_seconds_total{action="slow"} 0',
    'warmset_guard_seconds_total{action="pause"} 0.5',
    'warmset_guard_seconds_total{action="stop"} 0',
  ]);
  expect(await lines('warmset_guard_verdicts_total')).toEqual([
    'warmset_guard_verdicts_total{action="go",reason="none"} 1',
    'warmset_guard_verdicts_total{action="pause",reason="memory-fell"} 1',
  ]);
  expect(await lines('warmset_guard_verdict')).toContain('warmset_guard_verdict{action="pause"} 1');
  clock.ms = 4_000;
  keeper.emit('state', { name: 'stopped', why: 'closed', detail: '' });
  clock.ms = 90_000;
  expect((await seconds())[2]).toBe('warmset_guard_seconds_total{action="pause"} 1');
  expect(await lines('warmset_guard_verdict')).toEqual([]);
});

test('exactly one state is 1; why it is stopped shows only then', async () => {
  const { keeper, lines } = watched();
  keeper.emit('state', { name: 'stopped', why: 'other-keeper', detail: '' });
  expect((await lines('warmset_keeper_stopped')).filter((line) => line.endsWith(' 1'))).toEqual([
    'warmset_keeper_stopped{why="other-keeper"} 1',
  ]);
  keeper.emit('state', { name: 'sweeping', sinceMs: 0 });
  expect((await lines('warmset_keeper_state')).filter((line) => line.endsWith(' 1'))).toEqual([
    'warmset_keeper_state{state="sweeping"} 1',
  ]);
  expect(await lines('warmset_keeper_stopped')).toEqual([]);
});

test('a rate and an estimate that end have no series any more', async () => {
  const { keeper, lines } = watched();
  const counts = { readBytes: 1, fromDeviceBytes: 0, majorFaults: 0, refaultedBytes: null };
  const estimate = { watched: { pid: 1 }, method: 'any', ...counts };
  keeper.emit('rate', { bytesPerSecond: 5 });
  keeper.emit('hits', { ...estimate, hitRatio: 0 });
  expect(await lines('warmset_rate_limit_bytes_per_second')).toEqual([
    'warmset_rate_limit_bytes_per_second 5',
  ]);
  expect(await lines('warmset_server_cache_hit_estimate_ratio')).toHaveLength(1);
  keeper.emit('rate', { bytesPerSecond: null });
  keeper.emit('hits', { ...estimate, hitRatio: null });
  expect(await lines('warmset_rate_limit_bytes_per_second')).toEqual([]);
  expect(await lines('warmset_server_cache_hit_estimate_ratio')).toEqual([]);
});

test('codes that nobody foresaw become one series', async () => {
  const { keeper, lines } = watched();
  const problem = (code: string): void => {
    keeper.emit('problem', { what: '', failure: { code, syscall: undefined, message: '' } });
  };
  for (const code of ['EIO', 'EIO', '/models/a b', 'x'.repeat(500)]) problem(code);
  for (let number = 0; number < 200; number += 1) problem(`E${number}`);
  const series = await lines('warmset_problems_total');
  expect(series).toContain('warmset_problems_total{code="EIO"} 2');
  expect(series.length).toBeLessThanOrEqual(65);
});

test('files have series only when asked for, and no more than were asked for', async () => {
  const files = [1, 2, 3].map((number) => aFile({ path: `/models/${number}` }));
  const without = watched();
  without.keeper.emit('sweep', aSweep({ sets: [aSet({ files })] }));
  expect(await without.metrics.registry.metrics()).not.toContain('/models/');
  const { keeper, lines } = watched({ fileSeries: 2 });
  keeper.emit('sweep', aSweep({ sets: [aSet({ files })] }));
  expect(await lines('warmset_file_resident_bytes')).toEqual([
    `warmset_file_resident_bytes{set="llama",file="/models/1"} ${128 * MiB}`,
    `warmset_file_resident_bytes{set="llama",file="/models/2"} ${128 * MiB}`,
  ]);
  expect(await lines('warmset_files_without_series')).toEqual(['warmset_files_without_series 1']);
});

test('several registries live side by side, the global one stays empty, and closing unsubscribes', async () => {
  const first = watched();
  const second = watched();
  first.keeper.emit('rate', { bytesPerSecond: 5 });
  expect(await first.lines('warmset_rate_limit_bytes_per_second')).toHaveLength(1);
  expect(await second.lines('warmset_rate_limit_bytes_per_second')).toEqual([]);
  expect(register.getMetricsAsArray()).toEqual([]);
  first.metrics.close();
  for (const event of first.keeper.eventNames()) expect(first.keeper.listenerCount(event)).toBe(0);
  first.keeper.emit('rate', { bytesPerSecond: 6 });
  expect(await first.lines('warmset_rate_limit_bytes_per_second')).toEqual([
    'warmset_rate_limit_bytes_per_second 5',
  ]);
});

test('names follow the conventions of Prometheus, and no help is empty or ends in the middle', async () => {
  const { keeper, clock, metrics } = watched({ fileSeries: 10 });
  busyKeeper(keeper, clock);
  for (const metric of await metrics.registry.getMetricsAsJSON()) {
    expect(metric.name).toMatch(/^warmset_[a-z]+(_[a-z]+)*$/);
    expect(metric.name.endsWith('_total'), metric.name).toBe(String(metric.type) === 'counter');
    expect(metric.name).not.toMatch(/_(ms|milliseconds|mb|percent)(_|$)/);
    expect(metric.help).toMatch(/^[A-Z1][^"\n]*\.$/);
  }
});
