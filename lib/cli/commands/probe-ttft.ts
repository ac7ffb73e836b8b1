import { type Command, Option } from 'commander';
import {
  listModels,
  probeTtft,
  probeTtftFromMetrics,
  probeTtftFromPrometheus,
  spawnedAt,
  type TtftProbe,
} from '../../probe/ttft/index.ts';
import { EXIT } from '../exit-codes.ts';
import { probeTtftJson, probeTtftTrafficJson } from '../json-contract-probe.ts';
import { stringifyJson } from '../render/json.ts';
import { describeOutcome, renderTraffic, renderTtft } from '../render/probe-ttft.ts';
import type { Session } from '../session.ts';
import type { Define } from '../verbs.ts';
import { duration, pair, refusal, wholeNumber } from './probe-options.ts';

interface Flags {
  readonly json?: boolean;
  readonly model?: string;
  readonly prompt?: string;
  readonly chat?: boolean;
  readonly requests: number;
  readonly concurrency: number;
  readonly warmUp: number;
  readonly maxTokens: number;
  readonly timeout?: number;
  readonly stall?: number;
  readonly header?: Readonly<Record<string, string>>;
  readonly apiKeyEnv?: string;
  readonly keepAlive?: boolean;
  readonly pid?: number;
  readonly metrics?: boolean;
  readonly prometheus?: boolean;
  readonly for?: number;
  readonly window?: number;
  readonly metric?: string;
  readonly label?: Readonly<Record<string, string>>;
}

const DAY_MS = 86_400_000;
// A list of models takes no computation, however busy the server is.
const LIST_MS = 30_000;

export const define: Define = (command: Command, session, exit) => {
  command
    .argument('<url>', 'where the server answers, such as http://127.0.0.1:8000')
    .option('--json', 'JSON for programs, with times in milliseconds')
    .option('--model <name>', 'as the server knows it (default: the first that it lists)')
    .option('--prompt <text>', 'what is asked')
    .option('--chat', 'ask /v1/chat/completions instead of /v1/completions')
    .option('--requests <n>', 'requests that are measured', wholeNumber('--requests', 1, 10_000), 5)
    .option('--concurrency <n>', 'of them in flight at once', wholeNumber('--concurrency', 1, 1_024), 1)
    .option(
      '--warm-up <n>',
      'requests before those, which do not count',
      wholeNumber('--warm-up', 0, 1_000),
      0,
    )
    .option('--max-tokens <n>', 'tokens of an answer', wholeNumber('--max-tokens', 1, 65_536), 64)
    .option('--timeout <duration>', 'of one request (default: 2min)', duration('--timeout', 1, DAY_MS, '30s'))
    .option(
      '--stall <duration>',
      'longest silence between tokens (default: 30s)',
      duration('--stall', 1, DAY_MS, '30s'),
    )
    .option(
      '--header <header>',
      "another header, such as 'X-Team: search'; several times for more",
      pair('--header', ':'),
    )
    .option('--api-key-env <name>', 'variable of the environment that holds the key')
    .option('--keep-alive', 'let requests share connections')
    .option(
      '--pid <pid>',
      "the server's process: also tell the time from its start",
      wholeNumber('--pid', 1, 2 ** 22),
    )
    .addOption(
      new Option('--metrics', "send nothing: read real requests from the server's /metrics").conflicts(
        'prometheus',
      ),
    )
    .option('--prometheus', 'send nothing: ask the Prometheus that is at this address')
    .option(
      '--for <duration>',
      'with --metrics: how long (default: 1min)',
      duration('--for', 1, DAY_MS, '60s'),
    )
    .option(
      '--window <duration>',
      'with --prometheus: how far back (default: 5min)',
      duration('--window', 1_000, 365 * DAY_MS, '5m'),
    )
    .option('--metric <name>', 'with either: the histogram (default: any of the time to first token)')
    .option(
      '--label <name=value>',
      'with either: only series with this label; several times for more',
      pair('--label', '='),
    )
    .addHelpText('after', '\nExample:\n  $ warmset probe ttft http://127.0.0.1:8000')
    .action((url: string, flags: Flags) =>
      flags.metrics || flags.prometheus ? traffic(url, flags, session, exit) : ask(url, flags, session, exit),
    );
};

async function ask(url: string, flags: Flags, session: Session, exit: (code: number) => void): Promise<void> {
  const { signal } = session;
  const headers = flags.header ?? {};
  const key = readKey(flags.apiKeyEnv);
  const authorised = key === undefined ? headers : { authorization: `Bearer ${key}`, ...headers };
  const [model] = flags.model
    ? [flags.model]
    : await listModels(url, { headers: authorised, timeoutMs: flags.timeout ?? LIST_MS, signal });
  const started = flags.pid === undefined ? null : await spawnedAt(flags.pid);
  if (flags.pid !== undefined && started === null) throw refusal('--pid', `there is no process ${flags.pid}`);
  const probe = await probeTtft({
    url,
    model: model ?? '',
    prompt: flags.prompt,
    endpoint: flags.chat ? 'chat' : undefined,
    requests: flags.requests,
    concurrency: flags.concurrency,
    warmUp: flags.warmUp,
    maxTokens: flags.maxTokens,
    timeoutMs: rounded(flags.timeout),
    stallMs: rounded(flags.stall),
    headers,
    apiKey: key,
    keepAlive: flags.keepAlive,
    spawnedAt: started ?? undefined,
    signal,
    onOutcome: (outcome, warmUp) => {
      if (flags.json || !session.terminal.isTTY) return;
      const line = `${warmUp ? 'warm-up' : 'request'}  ${describeOutcome(session.terminal, outcome)}`;
      void session.err.writeLines([line]);
    },
  });
  exit(judge(probe));
  if (flags.json) await session.out.write(`${stringifyJson(session.terminal, probeTtftJson(probe))}\n`);
  else await session.out.writeLines(renderTtft(session.terminal, probe));
}

async function traffic(
  url: string,
  flags: Flags,
  session: Session,
  exit: (code: number) => void,
): Promise<void> {
  const key = readKey(flags.apiKeyEnv);
  const { metric, label: labels, timeout } = flags;
  const headers = { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...flags.header };
  const common = { url, metric, labels, headers, timeoutMs: timeout, signal: session.signal };
  const found = flags.prometheus
    ? await probeTtftFromPrometheus({ ...common, windowMs: rounded(flags.window) })
    : await probeTtftFromMetrics({ ...common, duringMs: flags.for });
  exit(found.p95.state === 'none' ? EXIT.notAllDone : EXIT.done);
  if (flags.json)
    await session.out.write(`${stringifyJson(session.terminal, probeTtftTrafficJson(found))}\n`);
  else await session.out.writeLines(renderTraffic(session.terminal, found));
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms);
}

function readKey(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const key = process.env[name];
  if (key) return key;
  throw refusal(
    '--api-key-env',
    `the variable ${JSON.stringify(name)} is not set`,
    'set it, or name another one',
  );
}

function judge({ outcomes, ttftP95Ms }: TtftProbe): number {
  const all = outcomes.every(({ state }) => state === 'answered');
  return all && ttftP95Ms !== null ? EXIT.done : EXIT.notAllDone;
}
