import { type Command, Option } from 'commander';
import { readDiskstats } from '../../host/index.ts';
import {
  devicesOf,
  type ProbeReadsOptions,
  probeReads,
  READ_PATTERNS,
  READ_WAYS,
  type ReadInterval,
  type ReadPattern,
  type ReadProbe,
  type ReadWay,
  readsBetween,
  summariseLatency,
  watchReads,
} from '../../probe/index.ts';
import type { WarmSet } from '../../targets/index.ts';
import { parseRate, parseSize } from '../../units.ts';
import { EXIT } from '../exit-codes.ts';
import { probeReadConcurrentJson, probeReadJson } from '../json-contract-probe.ts';
import { readTargets } from '../read-targets.ts';
import { stringifyJson } from '../render/json.ts';
import { renderComparison, renderReadInterval, renderReadProbe, timesOf } from '../render/probe-read.ts';
import type { Session } from '../session.ts';
import type { Define } from '../verbs.ts';
import { type CommonFlags, oneOf, withCommon, withTargets } from './options.ts';
import { duration, wholeNumber } from './probe-options.ts';

interface Flags extends CommonFlags {
  readonly count: number;
  readonly block?: number;
  readonly pattern: ReadPattern;
  readonly way?: ReadWay;
  readonly rate?: number;
  readonly for?: number;
  readonly seed?: number;
  readonly concurrent?: boolean;
  readonly readsPerSecond: number;
}

export const define: Define = (command: Command, session, exit) => {
  withCommon(withTargets(command), 'normal')
    .option('--count <n>', 'single reads', wholeNumber('--count', 1, 65_536), 256)
    .option('--block <size>', 'bytes a read, a multiple of 4KiB up to 1MiB (default: 64KiB)', (text) =>
      parseSize(text, '--block'),
    )
    .addOption(oneOf(new Option('--pattern <name>', 'where'), READ_PATTERNS).default('random'))
    .addOption(oneOf(new Option('--way <name>', 'the best way to try (default: direct)'), READ_WAYS))
    .option('--rate <rate>', 'read no faster than this, such as 10MiB/s', (text) => parseRate(text, '--rate'))
    .option(
      '--for <duration>',
      'no longer than this (default with --concurrent: 30s)',
      duration('--for', 100, 2_000_000, '30s'),
    )
    .option('--seed <n>', 'same number, same places', wholeNumber('--seed', 0, 2 ** 32 - 1))
    .option(
      '--concurrent',
      'after --count reads go on slowly beside a server that is alive, a line a second, and compare',
    )
    .option('--reads-per-second <n>', 'with --concurrent', wholeNumber('--reads-per-second', 1, 1_000), 50)
    .addHelpText('after', '\nExample:\n  $ warmset probe read --block 128KiB /models/llama')
    .action(async (targets: string[], flags: Flags) => {
      const set = await readTargets(targets, flags, session);
      const devices = await devicesOf(set.files);
      const before = await readDiskstats();
      const probe = await probeReads(set.files, {
        ...toOptions(flags, session),
        count: flags.count,
        durationMs: flags.concurrent ? undefined : flags.for,
        // At the same pace as those that it is compared with: after a rest, processors and devices answer later.
        spacingMs: flags.concurrent ? 1000 / flags.readsPerSecond : undefined,
      });
      const counters = readsBetween(devices, before, await readDiskstats());
      exit(judge(set, probe));
      if (flags.concurrent) return watch(set, probe, flags, session, exit);
      if (flags.json) {
        await session.out.write(`${stringifyJson(session.terminal, probeReadJson(set, probe, counters))}\n`);
      } else {
        await session.out.writeLines(renderReadProbe(session.terminal, probe, counters));
      }
    });
};

/** What reads take beside a server that is alive, against what they took before. */
async function watch(
  set: WarmSet,
  baseline: ReadProbe,
  flags: Flags,
  session: Session,
  exit: (code: number) => void,
): Promise<void> {
  const intervals: ReadInterval[] = [];
  try {
    const options = { ...toOptions(flags, session), readsPerSecond: flags.readsPerSecond };
    for await (const interval of watchReads(set.files, { ...options, durationMs: flags.for ?? 30_000 })) {
      // Where each read was is of no use any more, and a watch may be long.
      intervals.push(interval);
      if (!flags.json) await session.out.writeLines([renderReadInterval(session.terminal, interval)]);
    }
  } catch (error) {
    // Ctrl-C ends the watching; what was seen until then is the result.
    if (!session.signal.aborted) throw error;
  }
  const during = together(intervals);
  exit(Math.max(judge(set, baseline), judge(set, during)));
  if (flags.json) {
    const document = probeReadConcurrentJson(set, baseline, during, intervals);
    await session.out.write(`${stringifyJson(session.terminal, document)}\n`);
  } else {
    await session.out.writeLines(['', ...renderComparison(session.terminal, baseline, during)]);
  }
}

function together(intervals: readonly ReadInterval[]): ReadProbe {
  const probes = intervals.map(({ probe }) => probe);
  return {
    samples: probes.flatMap(({ samples }) => samples),
    latency: summariseLatency(probes.flatMap(timesOf)),
    addedPages: probes.reduce<number | null>(
      (sum, { addedPages }) => (sum === null || addedPages === null ? null : sum + addedPages),
      0,
    ),
  };
}

function toOptions(flags: Flags, { signal }: Session): ProbeReadsOptions {
  const { block, pattern, way, rate, seed, priority } = flags;
  return { blockBytes: block, pattern, way, bytesPerSecond: rate, seed, priority, signal };
}

function judge(set: WarmSet, { samples, latency }: ReadProbe): number {
  const failed = set.failures.length > 0 || samples.some(({ state }) => state === 'failed');
  return failed || latency === null ? EXIT.notAllDone : EXIT.done;
}
