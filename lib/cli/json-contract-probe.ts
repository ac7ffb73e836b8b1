import type { ColdStartVerdict, HostSample } from '../probe/host/index.ts';
import {
  type DeviceReads,
  latencyHistogram,
  type OpenMmapProbe,
  type ReadInterval,
  type ReadProbe,
} from '../probe/index.ts';
import { summariseLatency } from '../probe/summary.ts';
import type { Quantile, TrafficTtft, TtftOutcome, TtftProbe } from '../probe/ttft/index.ts';
import type { WarmSet } from '../targets/index.ts';
import { toNamed } from './json-contract.ts';

/** The documents of `warmset probe`, under the same contract as those of json-contract.ts. */

export function probeOpenJson(set: WarmSet, probe: OpenMmapProbe): object {
  const of = (wanted: string): number[] =>
    probe.touches.flatMap(({ temperature, milliseconds }) => (temperature === wanted ? milliseconds : []));
  return {
    schema: 'warmset.probeOpen/1',
    open_mmap_latency_p95_ms: probe.openMmap?.p95Ms ?? null,
    open: probe.open,
    mmap: probe.mmap,
    openMmap: probe.openMmap,
    firstTouch: probe.firstTouch,
    stretch: probe.stretch,
    buckets: { cold: latencyHistogram(of('cold')), warm: latencyHistogram(of('warm')) },
    broughtPages: probe.broughtPages,
    leftPages: probe.leftPages,
    opens: probe.opens.map(({ file, ...rest }) => ({ ...toNamed(file), ...rest })),
    touches: probe.touches.map(({ file, ...rest }) => ({ ...toNamed(file), ...rest })),
    stretches: probe.stretches.map(({ file, ...rest }) => ({ ...toNamed(file), ...rest })),
    failed: probe.failures.map(({ file, offset, failure }) => ({ ...toNamed(file), offset, error: failure })),
    failures: set.failures,
  };
}

export function probeReadJson(set: WarmSet, probe: ReadProbe, devices: readonly DeviceReads[]): object {
  return {
    schema: 'warmset.probeRead/1',
    ...readsJson(probe),
    devices,
    samples: probe.samples.map(({ file, ...rest }) => {
      if (rest.state !== 'failed') return { ...toNamed(file), ...rest };
      const { failure, ...common } = rest;
      return { ...toNamed(file), ...common, error: failure };
    }),
    failures: set.failures,
  };
}

export function probeReadConcurrentJson(
  set: WarmSet,
  baseline: ReadProbe,
  during: ReadProbe,
  intervals: readonly ReadInterval[],
): object {
  return {
    schema: 'warmset.probeReadConcurrent/1',
    ...readsJson(during),
    baseline: readsJson(baseline),
    intervals: intervals.map(({ atMs, probe, devices }) => ({ atMs, latency: probe.latency, devices })),
    failures: set.failures,
  };
}

function readsJson(probe: ReadProbe): object {
  const count = (wanted: string): number => probe.samples.filter(({ state }) => state === wanted).length;
  return {
    nvme_read_p95_ms: probe.latency?.p95Ms ?? null,
    latency: probe.latency,
    buckets: latencyHistogram(probe.samples.flatMap((one) => (one.state === 'read' ? one.milliseconds : []))),
    notMeasured: count('not-measured'),
    failed: count('failed'),
    addedPages: probe.addedPages,
  };
}

export function probeTtftJson(probe: TtftProbe): object {
  const { url, endpoint, model, summary, counts, ttftP95Ms, firstAnswerFromSpawnMs, tookMs } = probe;
  return {
    schema: 'warmset.probeTtft/1',
    ttft_p95_ms: ttftP95Ms,
    url,
    endpoint,
    model,
    summary,
    counts,
    firstAnswerFromSpawnMs,
    tookMs,
    requests: probe.outcomes.map(outcomeJson),
    warmUp: probe.warmUp.map(outcomeJson),
  };
}

/** Of gaps between tokens the figures: a long answer has thousands. */
function outcomeJson(outcome: TtftOutcome): object {
  if (outcome.state !== 'answered') return outcome;
  const { interTokenMs, ...rest } = outcome;
  return { ...rest, interToken: summariseLatency(interTokenMs) };
}

export function probeTtftTrafficJson(traffic: TrafficTtft): object {
  const { metrics, requests, p50, p95, p99, ttftP95Ms, buckets, resets, warnings } = traffic;
  return {
    schema: 'warmset.probeTtftTraffic/1',
    ttft_p95_ms: ttftP95Ms,
    metrics,
    requests,
    p50: quantileJson(p50),
    p95: quantileJson(p95),
    p99: quantileJson(p99),
    // JSON has no infinity.
    buckets: buckets.map(({ le, count }) => ({ leMs: Number.isFinite(le) ? le * 1000 : null, count })),
    resets,
    warnings,
  };
}

function quantileJson(quantile: Quantile): object {
  return quantile.state === 'none'
    ? { state: 'none', ms: null }
    : { state: quantile.state, ms: quantile.seconds * 1000 };
}

export function probeHostJson(
  verdict: ColdStartVerdict,
  samples: readonly HostSample[],
  command: { readonly exitCode: number | null; readonly signal: string | null } | null,
): object {
  return { schema: 'warmset.probeHost/1', ...verdict, command, samples };
}
