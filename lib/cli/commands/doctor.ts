import type { Command } from 'commander';
import { diagnose } from '../../doctor/index.ts';
import { EXIT } from '../exit-codes.ts';
import { doctorJson } from '../json-contract.ts';
import { readTargets } from '../read-targets.ts';
import { renderDiagnosis } from '../render/diagnosis.ts';
import { stringifyJson } from '../render/json.ts';
import type { Define } from '../verbs.ts';
import { type BudgetFlags, type CommonFlags, withBudget, withCommon, withOrder } from './options.ts';

interface Flags extends CommonFlags, BudgetFlags {
  readonly all?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  const withTargets = withOrder(command.argument('[target...]', 'what it is about; - for a list'));
  withBudget(withCommon(withTargets, 'normal'))
    .option('-0, --null', 'the list on standard input is separated by zero bytes')
    .option('--all', 'also what is well, in full')
    .addHelpText('after', '\nExample:\n  $ warmset doctor /models/llama')
    .action(async (targets: string[], flags: Flags) => {
      const set = targets.length > 0 ? await readTargets(targets, flags, session) : undefined;
      const diagnosis = await diagnose(set, {
        budget: { maxBytes: flags.maxBytes, fractionOfAvailable: flags.fraction },
        priority: flags.priority,
        signal: session.signal,
      });
      exit(diagnosis.worst === 'problem' ? EXIT.notAllDone : EXIT.done);
      if (flags.json) {
        await session.out.write(`${stringifyJson(session.terminal, doctorJson(diagnosis))}\n`);
      } else {
        await session.out.writeLines(renderDiagnosis(session.terminal, diagnosis, flags.all ?? false));
      }
    });
};
