import type { Command } from 'commander';
import { describeProblem } from '../../config/index.ts';
import { WarmsetError } from '../../errors.ts';
import { parseListen } from '../../listen-address.ts';
import { parseDuration, parseShare } from '../../units.ts';
import { EXIT } from '../exit-codes.ts';
import { type KeepFlags, loadKeepConfig } from '../keep/load-config.ts';
import { runOnce } from '../keep/run-once.ts';
import { runService } from '../keep/run-service.ts';
import { askKeeper } from '../keep/status.ts';
import { createLog } from '../log.ts';
import { stringifyJson } from '../render/json.ts';
import { renderKeeper } from '../render/keeper.ts';
import type { Session } from '../session.ts';
import type { Define } from '../verbs.ts';
import { TARGETS } from './options.ts';

interface Flags extends KeepFlags {
  readonly once?: boolean;
  readonly status?: boolean;
  readonly json?: boolean;
  readonly bestEffort?: boolean;
}

const FORMATS = ['plain', 'json'] as const;

export const define: Define = (command: Command, session, exit) => {
  command
    .argument('[target...]', `${TARGETS}; instead of a configuration`)
    .option('--config <file>', 'the configuration (default: warmset.yaml where there is one)')
    .option('--once', 'fill, verify and exit: 0 when the share is resident, 3 when held back')
    .option('--deadline <duration>', 'how long --once may take, such as 5m', (text) =>
      parseDuration(text, '--deadline'),
    )
    .option(
      '--share <share>',
      'share of the bytes that must be resident, such as 95% (default: 100%)',
      (text) => parseShare(text, '--share'),
    )
    .option('--best-effort', 'with --once: 0 also where something is missing or held back')
    .option('--listen <address>', 'serve metrics, health and status here, such as 127.0.0.1:9464')
    .option('--status', 'ask the keeper that listens there how it is')
    .option('--json', 'with --status and --once: JSON for programs')
    .option('--log-format <format>', 'plain or json (default: plain)', readFormat)
    .addHelpText('after', '\nExample:\n  $ warmset keep --once --deadline 5m /models/llama')
    .action(async (targets: string[], flags: Flags) => {
      const load = () => loadKeepConfig(targets, flags, process.env, session.signal);
      if (flags.status) {
        // Whoever gives the address needs no configuration.
        const listen =
          flags.listen === undefined ? (await load()).config.listen : parseListen(flags.listen, '--listen');
        return exit(await showStatus(flags, await askKeeper(listen, session.signal), session));
      }
      const { config, warnings } = await load();
      const log = createLog({ ...config.log, write: (line) => void session.err.write(line) });
      for (const warning of warnings) log.warn('config', describeProblem(warning));
      if (!flags.once) return exit(await runService(config, load, log, session));
      const code = await runOnce(config, log, session, flags.json === true);
      exit(flags.bestEffort === true ? forgive(code) : code);
    });
};

async function showStatus(
  { json }: Flags,
  status: Awaited<ReturnType<typeof askKeeper>>,
  { out, terminal }: Session,
): Promise<number> {
  if (json) await out.writeLines([stringifyJson(terminal, status)]);
  else await out.writeLines(renderKeeper(terminal, status));
  return status.health.live ? EXIT.done : EXIT.notAllDone;
}

/** What waits for an init container is worth more than a full set: a server that starts cold is slow, not away. */
function forgive(code: number): number {
  return code === EXIT.notAllDone || code === EXIT.stopped ? EXIT.done : code;
}

function readFormat(text: string): (typeof FORMATS)[number] {
  const format = FORMATS.find((one) => one === text);
  if (format !== undefined) return format;
  throw new WarmsetError(
    'WARMSET_BAD_ARGUMENT',
    `${JSON.stringify(text)} is not one of ${FORMATS.join(', ')}`,
    {
      subject: '--log-format',
      remedy: 'give one of these, or leave it out',
    },
  );
}
