import type { Command } from 'commander';
import { probeOpenMmap } from '../../probe/index.ts';
import { parseSize } from '../../units.ts';
import { EXIT } from '../exit-codes.ts';
import { probeOpenJson } from '../json-contract-probe.ts';
import { readTargets } from '../read-targets.ts';
import { stringifyJson } from '../render/json.ts';
import { renderOpenProbe } from '../render/probe-open.ts';
import type { Define } from '../verbs.ts';
import { type CommonFlags, withCommon, withTargets } from './options.ts';
import { wholeNumber } from './probe-options.ts';

interface Flags extends CommonFlags {
  readonly files?: number;
  readonly places?: number;
  readonly stretch?: number;
  readonly seed?: number;
}

export const define: Define = (command: Command, session, exit) => {
  withCommon(withTargets(command), 'normal')
    .option(
      '--files <n>',
      'files that are looked at, picked at random (default: 16)',
      wholeNumber('--files', 1, 65_536),
    )
    .option(
      '--places <n>',
      'single pages of each that are touched (default: 4)',
      wholeNumber('--places', 1, 65_536),
    )
    .option(
      '--stretch <size>',
      'stretch of each that is touched page by page, 0 for none, at most 256MiB (default: 1MiB)',
      (text) => parseSize(text, '--stretch'),
    )
    .option('--seed <n>', 'same number, same files and places', wholeNumber('--seed', 0, 2 ** 32 - 1))
    .addHelpText('after', '\nExample:\n  $ warmset probe open /models/llama')
    .action(async (targets: string[], flags: Flags) => {
      const set = await readTargets(targets, flags, session);
      const probe = await probeOpenMmap(set, {
        files: flags.files,
        places: flags.places,
        stretchBytes: flags.stretch ?? 2 ** 20,
        seed: flags.seed,
        priority: flags.priority,
        signal: session.signal,
      });
      const done = set.failures.length === 0 && probe.failures.length === 0 && probe.open !== null;
      exit(done ? EXIT.done : EXIT.notAllDone);
      if (flags.json) {
        await session.out.write(`${stringifyJson(session.terminal, probeOpenJson(set, probe))}\n`);
      } else {
        await session.out.writeLines(renderOpenProbe(session.terminal, probe));
      }
    });
};
