import type { Command } from 'commander';
import { explainTargets } from '../../targets/index.ts';
import { EXIT } from '../exit-codes.ts';
import { targetsExplainJson } from '../json-contract-targets.ts';
import { nameTargets, reportFailures, resolveOptions } from '../read-targets.ts';
import { renderExplanation } from '../render/explanation.ts';
import { stringifyJson } from '../render/json.ts';
import type { Define } from '../verbs.ts';
import { type CommonFlags, withCommon, withTargets } from './options.ts';

interface Flags extends CommonFlags {
  readonly all?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  withCommon(withTargets(command), 'normal')
    .option('--all', 'a line for every file, on a terminal too')
    .addHelpText('after', '\nExample:\n  $ warmset targets explain --order load /models/llama')
    .action(async (words: string[], flags: Flags) => {
      const targets = await nameTargets(words, flags, session);
      const { priority } = flags;
      const explanation = await explainTargets(targets, { ...resolveOptions(flags, session), priority });
      await reportFailures(explanation.set.failures, session);
      exit(explanation.set.failures.length > 0 ? EXIT.notAllDone : EXIT.done);
      if (flags.json) {
        await session.out.write(`${stringifyJson(session.terminal, targetsExplainJson(explanation))}\n`);
      } else {
        await session.out.writeLines(renderExplanation(session.terminal, explanation, flags.all ?? false));
      }
    });
};
