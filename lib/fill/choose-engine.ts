import { WarmsetError } from '../errors.ts';
import type { RawFeatures } from '../native/addon-types.ts';
import type { DeviceFacts } from './device-facts.ts';
import { ENGINES, type Engine, type EngineChoice } from './types.ts';

export interface EngineOptions {
  /** @default chosen by what the kernel offers */
  readonly engine?: Engine | undefined;
  /** Threads, each with a contiguous stretch of its own: 1 to 64. @default 2; 8 for small files, 1 over NVMe/TCP */
  readonly streams?: number | undefined;
  /** Bytes a call, a multiple of the page size. @default 4 MiB */
  readonly windowBytes?: number | undefined;
  /**
   * Does what the first reader of the pages would have to. The host of a virtual machine may have taken the memory
   * back, and then whoever touches it first waits, 0.9 s of CPU a GiB where it was measured; and faults that read huge
   * folios mark every second one for read-ahead, which its first reader pays for, 4 ms a GiB with a `read_ahead_kb` of
   * 8192. It costs the fill what it saves its readers, and next to nothing where touching is quick and read-ahead
   * short. With `populate` only: other engines copy, which touches, or read nothing themselves (`willneed`).
   * @default true
   */
  readonly touch?: boolean | undefined;
}

// One is slower than the device by its own work between two reads. More cost CPU (on two processors four took half as much
// again as two, for a hundredth of the rate), so a large fill tries on its first bytes whether they are worth it. Opening and
// closing thousands of small files waits for the device much longer than it works, and so does every read over a network.
const STREAMS_FOR_LARGE = 2;
const STREAMS_FOR_SMALL = 8;
const STREAMS_FOR_REMOTE = 8;
// Several would have the head go back and forth between their stretches, huge page by huge page.
const STREAMS_FOR_ROTATIONAL = 1;
// Two wait for each other where one loses its processor while it sends (readingPriority() has the cause): on one processor
// most guarded fills took ten times as long as with one stream, which was never slower.
const STREAMS_FOR_NVME_TCP = 1;
// Two huge pages, which a fault can read at once.
const DEFAULT_WINDOW = 4 * 1024 * 1024;

/** Up to here mapping a file costs more than copying it: 2,000 files were read three times faster by pread(2). */
const SMALL_BYTES = 1024 * 1024;

/**
 * Which engine to use. Pure.
 *
 * @param meanFileBytes of the files to be read
 * @param facts of the device that they lie on
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` for options out of range, `WARMSET_UNSUPPORTED` for an engine that this
 * kernel or sandbox doesn't offer.
 */
export function chooseEngine(
  features: RawFeatures,
  options: EngineOptions = {},
  meanFileBytes = Number.POSITIVE_INFINITY,
  facts: DeviceFacts = { rotational: false, remote: false, nvmeTcp: false },
): EngineChoice {
  const usual = usualStreams(meanFileBytes, facts);
  const because = options.streams === undefined && usual.why !== '' ? `; ${usual.why}` : '';
  const calibrate = options.streams === undefined && options.engine !== 'willneed' && !facts.nvmeTcp;
  const { streams = usual.streams, windowBytes = DEFAULT_WINDOW, touch = true } = options;
  check(
    'streams',
    streams,
    Number.isInteger(streams) && streams >= 1 && streams <= 64,
    'a whole number from 1 to 64',
  );
  check(
    'windowBytes',
    windowBytes,
    Number.isSafeInteger(windowBytes) && windowBytes > 0 && windowBytes % features.pageSize === 0,
    `a positive multiple of the page size (${features.pageSize})`,
  );
  if (options.engine !== undefined) {
    check('engine', options.engine, ENGINES.includes(options.engine), `one of ${ENGINES.join(', ')}`);
    if (options.engine === 'populate' && features.populateRead !== 'available') {
      throw new WarmsetError(
        'WARMSET_UNSUPPORTED',
        `The engine populate can't be used: ${populateGap(features)}.`,
        {
          subject: options.engine,
          remedy: 'Leave the engine out, or use sendfile.',
        },
      );
    }
    return {
      engine: options.engine,
      streams,
      windowBytes,
      smallBytes: 0,
      touch,
      calibrate,
      why: 'asked for',
    };
  }
  if (features.populateRead === 'available') {
    const why =
      'MADV_POPULATE_READ copies nothing and gets huge folios where the filesystem can; files up to 1 MiB are cheaper to read';
    return {
      engine: 'populate',
      streams,
      windowBytes,
      smallBytes: SMALL_BYTES,
      touch,
      calibrate,
      why: why + because,
    };
  }
  return {
    engine: 'sendfile',
    streams,
    windowBytes,
    smallBytes: SMALL_BYTES,
    touch,
    calibrate,
    why: `${populateGap(features)}; sendfile copies nothing either${because}`,
  };
}

function usualStreams(
  meanFileBytes: number,
  { rotational, remote, nvmeTcp }: DeviceFacts,
): { readonly streams: number; readonly why: string } {
  if (rotational) return { streams: STREAMS_FOR_ROTATIONAL, why: 'the disk rotates: one stream' };
  if (remote)
    return { streams: STREAMS_FOR_REMOTE, why: 'reads wait for a network or a daemon: more streams' };
  if (nvmeTcp && meanFileBytes > SMALL_BYTES)
    return { streams: STREAMS_FOR_NVME_TCP, why: 'over NVMe/TCP streams wait for each other: one stream' };
  return { streams: meanFileBytes <= SMALL_BYTES ? STREAMS_FOR_SMALL : STREAMS_FOR_LARGE, why: '' };
}

function populateGap(features: RawFeatures): string {
  return features.populateRead === 'blocked'
    ? 'a sandbox blocks MADV_POPULATE_READ'
    : `kernel ${features.kernelRelease} has no MADV_POPULATE_READ (5.14)`;
}

function check(name: string, value: unknown, good: boolean, expected: string): void {
  if (good) return;
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${name} must be ${expected}, not ${String(value)}.`, {
    subject: name,
    remedy: `Give ${expected}, or leave it out.`,
  });
}
