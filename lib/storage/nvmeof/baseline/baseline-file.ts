import { z } from 'zod';
import { WarmsetError } from '../../../errors.ts';
import { readRange } from '../../../native/read-range.ts';
import { writeAtomically } from '../../../write-atomically.ts';
import { everyController } from '../status/read-status.ts';
import type { NvmeofStatus } from '../status/types.ts';

const COUNT = z.number().int().nonnegative().nullable();
const TIMEOUT = z.union([z.literal('off'), COUNT]);
const WORD = z.string().max(512).nullable();

const PATH = z.strictObject({
  subsystem: WORD,
  transport: WORD,
  address: WORD,
  service: WORD,
  state: WORD,
  queueCount: COUNT,
  keepAliveSeconds: COUNT,
  reconnectDelaySeconds: TIMEOUT,
  ctrlLossSeconds: TIMEOUT,
  fastIoFailSeconds: TIMEOUT,
  reconnects: COUNT,
  resets: COUNT,
  commandErrors: COUNT,
  mediaErrors: COUNT,
  /** Namespaces by number, with their ANA state. */
  namespaces: z.record(z.string().max(16), WORD),
});

const BASELINE = z.strictObject({
  schema: z.literal('warmset.nvmeofBaseline/1'),
  atMs: z.number().int().nonnegative(),
  paths: z.array(PATH).max(4096),
});

export type BaselinePath = z.infer<typeof PATH>;
export type Baseline = z.infer<typeof BASELINE>;

/** What of a status is compared. Pure. */
export function baselineOf(status: NvmeofStatus, atMs: number): Baseline {
  const paths = everyController(status).map((one): BaselinePath => {
    const { subsystem, transport, address, service, state, queueCount, keepAliveSeconds, counters } = one;
    const { reconnectDelaySeconds, ctrlLossSeconds, fastIoFailSeconds } = one;
    return {
      ...{ subsystem, transport, address, service, state, queueCount, keepAliveSeconds },
      ...{ reconnectDelaySeconds, ctrlLossSeconds, fastIoFailSeconds },
      reconnects: counters.reconnects,
      resets: counters.resets,
      commandErrors: counters.commandErrors,
      mediaErrors: one.log?.mediaErrors ?? null,
      namespaces: Object.fromEntries(
        one.paths.map(({ namespaceId, device, anaState }) => [String(namespaceId ?? device), anaState]),
      ),
    };
  });
  return { schema: 'warmset.nvmeofBaseline/1', atMs, paths };
}

export async function saveBaseline(path: string, baseline: Baseline, signal?: AbortSignal): Promise<void> {
  await writeAtomically(path, `${JSON.stringify(baseline, null, 2)}\n`, { signal });
}

const MOST_BYTES = 16 << 20;

/** @throws WarmsetError `WARMSET_NVMEOF` for what isn't a baseline; SystemError where it can't be read. */
export async function loadBaseline(path: string): Promise<Baseline> {
  const text = (await readRange(path, { length: MOST_BYTES })).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged(path, 'it is not JSON', cause);
  }
  const read = BASELINE.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw damaged(path, `${issue?.path.join('.') || 'the document'}: ${issue?.message}`, read.error);
}

function damaged(path: string, what: string, cause: unknown): WarmsetError {
  return new WarmsetError('WARMSET_NVMEOF', `the baseline can't be read: ${what}`, {
    subject: path,
    remedy: 'make a new one with: warmset nvmeof status --baseline save FILE',
    cause,
  });
}
