import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { WarmsetError } from '../../errors.ts';
import { parseStartupLog } from '../../probe/startup/index.ts';
import { EXIT } from '../exit-codes.ts';
import { followFile } from '../follow-file.ts';
import { phasesJson } from '../json-contract-phases.ts';
import { rawArguments } from '../raw-arguments.ts';
import { stringifyJson } from '../render/json.ts';
import { createPhaseLines, renderPhases } from '../render/phases.ts';
import type { Session } from '../session.ts';
import { untilAborted } from '../until-aborted.ts';
import type { Define } from '../verbs.ts';

interface Flags {
  readonly json?: boolean;
  readonly follow?: boolean;
}

interface Source {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What time it is, once what is read is live. */
  readonly now: () => number | undefined;
}

export const define: Define = (command: Command, session, exit) => {
  command
    .argument('[file]', 'the log; - or nothing for standard input')
    .option('--json', 'JSON for programs, with times in seconds and sizes in bytes')
    .option('-f, --follow', 'read on as the log grows, say each phase as it ends, and stop when it is ready')
    .addHelpText('after', '\nExample:\n  $ warmset phases --follow /var/log/vllm.log')
    .action(async (file: string | undefined, { json = false, follow = false }: Flags) => {
      const { out, terminal, signal } = session;
      const source = await open(file ?? '-', follow, session);
      const lines = createPhaseLines(terminal);
      const report = await parseStartupLog(untilAborted(source.chunks, signal), {
        untilReady: follow,
        now: source.now,
        onEvent: (event) => {
          if (follow && !json) void out.writeLines(lines.take(event)).catch(() => {});
        },
      });
      exit(report.ready ? EXIT.done : EXIT.notAllDone);
      if (json) return out.write(`${stringifyJson(terminal, phasesJson(report))}\n`);
      await out.writeLines([...(follow ? lines.rest() : []), ...renderPhases(terminal, report)]);
    });
};

async function open(file: string, follow: boolean, { signal }: Session): Promise<Source> {
  if (file === '-') {
    if (process.stdin.isTTY) {
      throw new WarmsetError('WARMSET_BAD_ARGUMENT', 'no log was given', {
        remedy: "name a file, or pipe the server's output in: docker logs llm 2>&1 | warmset phases",
      });
    }
    return { chunks: process.stdin, now: () => (follow ? performance.now() : undefined) };
  }
  const [path = file] = rawArguments([file]);
  if ((await stat(path)).isDirectory()) {
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', 'a directory is no log', {
      subject: file,
      remedy: 'name the file in it',
    });
  }
  if (!follow) return { chunks: createReadStream(path), now: () => undefined };
  let live = false;
  const chunks = followFile(path, {
    signal,
    onEnd: () => {
      live = true;
    },
  });
  return { chunks, now: () => (live ? performance.now() : undefined) };
}
