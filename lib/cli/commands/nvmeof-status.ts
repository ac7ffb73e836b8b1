import type { Command } from 'commander';
import { WarmsetError } from '../../errors.ts';
import {
  checkNvmeofBaseline,
  readNvmeofStatus,
  saveNvmeofBaseline,
  watchNvmeof,
} from '../../storage/nvmeof/index.ts';
import { parseDuration } from '../../units.ts';
import { EXIT } from '../exit-codes.ts';
import { nvmeofBaselineJson, nvmeofStatusJson, nvmeofWatchJson } from '../json-contract-nvmeof.ts';
import { stringifyJson } from '../render/json.ts';
import { renderComparisons, renderNvmeofStatus, renderTransitions } from '../render/nvmeof-status.ts';
import { printable } from '../render/width.ts';
import type { Session } from '../session.ts';
import type { Define } from '../verbs.ts';

interface Flags {
  readonly json?: boolean;
  readonly watch?: boolean;
  readonly baseline?: readonly string[];
  readonly for?: number;
  readonly maxReconnects?: number;
  readonly maxErrors?: number;
}

export const define: Define = (command: Command, session, exit) => {
  command
    .option('--watch', 'tell every change of a state, and count reconnects, until it is stopped')
    .option(
      '--baseline <words...>',
      'save FILE writes down how it is; check FILE compares: exit code 1 if worse',
    )
    .option('--for <time>', 'with check: watch for so long and count reconnects, such as 60s', (text) =>
      parseDuration(text, '--for'),
    )
    .option('--max-reconnects <n>', 'with check: so many more are not worse (default: 0)', count)
    .option('--max-errors <n>', 'with check: so many more of each kind are not worse (default: 0)', count)
    .option('--json', 'JSON for programs; with --watch a line for each look')
    .addHelpText('after', '\nExample:\n  $ warmset nvmeof status')
    .action(async (flags: Flags) => {
      if (flags.baseline !== undefined) exit(await againstBaseline(flags.baseline, flags, session));
      else if (flags.watch === true) await watch(flags, session);
      else await show(flags, session);
    });
};

/** Only root may ask a controller itself. */
function mayAsk(): boolean {
  return process.geteuid?.() === 0;
}

async function show({ json }: Flags, { out, terminal, signal }: Session): Promise<void> {
  const status = await readNvmeofStatus({ log: mayAsk(), signal });
  if (json) await out.write(`${stringifyJson(terminal, nvmeofStatusJson(status))}\n`);
  else await out.writeLines(renderNvmeofStatus(terminal, status));
}

async function watch({ json }: Flags, { out, terminal, signal }: Session): Promise<void> {
  let first = true;
  for await (const look of watchNvmeof({ signal })) {
    if (json) {
      await out.write(`${stringifyJson({ ...terminal, isTTY: false }, nvmeofWatchJson(look))}\n`);
      continue;
    }
    if (first) await out.writeLines(renderNvmeofStatus(terminal, look.status));
    first = false;
    await out.writeLines(renderTransitions(terminal, look.transitions, look.paths));
  }
}

async function againstBaseline(words: readonly string[], flags: Flags, session: Session): Promise<number> {
  const [action, file, ...more] = words;
  if ((action !== 'save' && action !== 'check') || file === undefined || more.length > 0) {
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', '--baseline takes two words: save FILE or check FILE', {
      subject: '--baseline',
      remedy: 'warmset nvmeof status --baseline save /var/lib/warmset/nvmeof.json',
    });
  }
  const { out, terminal, signal } = session;
  if (action === 'save') {
    const { paths } = await saveNvmeofBaseline(file, { log: mayAsk(), signal });
    const document = { schema: 'warmset.nvmeofSaved/1', file, paths: paths.length };
    const text = flags.json
      ? stringifyJson(terminal, document)
      : `${paths.length} path${paths.length === 1 ? '' : 's'} written to ${printable(file)}`;
    await out.writeLines([text]);
    // A baseline of nothing would let everything through later.
    return paths.length === 0 ? EXIT.notAllDone : EXIT.done;
  }
  const comparisons = await checkNvmeofBaseline(file, {
    log: mayAsk(),
    signal,
    watchMs: flags.for,
    thresholds: {
      ...(flags.maxReconnects === undefined ? {} : { reconnects: flags.maxReconnects }),
      ...(flags.maxErrors === undefined ? {} : { errors: flags.maxErrors }),
    },
  });
  if (flags.json) await out.write(`${stringifyJson(terminal, nvmeofBaselineJson(comparisons))}\n`);
  else await out.writeLines(renderComparisons(terminal, comparisons));
  return comparisons.some(({ verdict }) => verdict === 'worse') ? EXIT.notAllDone : EXIT.done;
}

function count(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${JSON.stringify(text)} is not a whole number`, {
    remedy: 'see warmset nvmeof status --help',
  });
}
