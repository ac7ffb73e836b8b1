import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { WarmsetError } from '../../errors.ts';
import { judgeColdStart, probeHost } from '../../probe/host/index.ts';
import { EXIT } from '../exit-codes.ts';
import { probeHostJson } from '../json-contract-probe.ts';
import { stringifyJson } from '../render/json.ts';
import { renderHostProbe } from '../render/probe-host.ts';
import type { Define } from '../verbs.ts';
import { duration } from './probe-options.ts';

interface Flags {
  readonly json?: boolean;
  readonly for?: number;
  readonly every?: number;
}

interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export const define: Define = (command: Command, session, exit) => {
  command
    .argument('[command...]', 'behind --: a command that is run and watched until it ends')
    .option('--json', 'JSON for programs, with sizes in bytes and every look')
    .option(
      '--for <duration>',
      'no longer than this (default without a command: 30s)',
      duration('--for', 1, 86_400_000, '30s'),
    )
    .option(
      '--every <duration>',
      'from one look to the next (default: 500ms)',
      duration('--every', 20, 60_000, '1s'),
    )
    .addHelpText('after', '\nExample:\n  $ warmset probe host --for 10m')
    .action(async (words: string[], flags: Flags) => {
      const over = new AbortController();
      const stop = (): void => over.abort();
      session.signal.addEventListener('abort', stop, { once: true });
      if (session.signal.aborted) stop();
      const limit = flags.for ?? (words.length === 0 ? 30_000 : undefined);
      const timer = limit === undefined ? undefined : setTimeout(stop, limit);
      try {
        const running = words.length === 0 ? null : runCommand(words, over.signal);
        void running?.then(stop, stop);
        const samples = await probeHost({ everyMs: Math.round(flags.every ?? 500), signal: over.signal });
        const ended = await running;
        const verdict = judgeColdStart(samples);
        exit(
          verdict.verdict === 'unknown' || (ended !== null && ended.exitCode !== 0)
            ? EXIT.notAllDone
            : EXIT.done,
        );
        if (flags.json) {
          await session.out.write(
            `${stringifyJson(session.terminal, probeHostJson(verdict, samples, ended))}\n`,
          );
        } else {
          await session.out.writeLines(renderHostProbe(session.terminal, verdict));
        }
      } finally {
        clearTimeout(timer);
        session.signal.removeEventListener('abort', stop);
      }
    });
};

/** Its output goes to standard error: standard output is ours. Ended by SIGTERM when the watching is over. */
function runCommand(words: readonly string[], signal: AbortSignal): Promise<Ended> {
  const [program = '', ...rest] = words;
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { stdio: ['inherit', 2, 2] });
    const end = (): boolean => child.kill('SIGTERM');
    signal.addEventListener('abort', end, { once: true });
    child.once('error', (cause) => {
      signal.removeEventListener('abort', end);
      reject(
        new WarmsetError(
          'WARMSET_BAD_ARGUMENT',
          `${JSON.stringify(program)} could not be started: ${cause.message}`,
          {
            subject: program,
            remedy: 'check its name and path',
            cause,
          },
        ),
      );
    });
    child.once('close', (exitCode, ending) => {
      signal.removeEventListener('abort', end);
      resolve({ exitCode, signal: ending });
    });
  });
}
