import type { Command } from 'commander';
import { nameFilter } from '../../targets/tensors/select.ts';
import { EXIT } from '../exit-codes.ts';
import { targetsTensorsJson } from '../json-contract-tensors.ts';
import { readTargets } from '../read-targets.ts';
import { stringifyJson } from '../render/json.ts';
import { renderError } from '../render/report-error.ts';
import { renderTensors } from '../render/tensor-table.ts';
import { describeFailure } from '../target-failure.ts';
import { reportTensors, type TensorReport } from '../tensor-report.ts';
import type { Define } from '../verbs.ts';
import { type CommonFlags, withCommon, withTargets } from './options.ts';

interface Flags extends Omit<CommonFlags, 'tensors'> {
  readonly tensors?: string;
  readonly all?: boolean;
}

export const define: Define = (command: Command, session, exit) => {
  // Only headers are read, and somebody waits for the answer.
  withCommon(withTargets(command), 'normal')
    .option('--tensors <glob>', "only these, such as 'model.layers.[0-9].*'")
    .option('--all', 'a line for every tensor, not for every layer')
    .addHelpText('after', '\nExample:\n  $ warmset targets tensors /models/llama')
    .action(async (targets: string[], { tensors, ...flags }: Flags) => {
      const matches = tensors === undefined ? () => true : nameFilter(tensors);
      const set = await readTargets(targets, flags, session);
      const failures = [...set.failures];
      const reports: TensorReport[] = [];
      for (const file of set.files) {
        const result = await reportTensors(file, matches, {
          priority: flags.priority,
          signal: session.signal,
        });
        if (result.kind === 'read') reports.push(result.report);
        if (result.kind === 'failed') failures.push(result.failure);
      }
      if (reports.length === 0 && failures.length === 0) failures.push(NO_MODEL);
      for (const failure of failures.slice(set.failures.length)) {
        await session.err.writeLines(renderError(session.errTerminal, describeFailure(failure)));
      }
      exit(failures.length > 0 ? EXIT.notAllDone : EXIT.done);
      if (flags.json) {
        const document = targetsTensorsJson(reports, failures);
        await session.out.write(`${stringifyJson(session.terminal, document)}\n`);
        return;
      }
      for (const report of reports) {
        await session.out.writeLines(renderTensors(session.terminal, report, flags.all ?? false));
      }
    });
};

const NO_MODEL = {
  path: 'these files',
  code: 'WARMSET_BAD_TARGET',
  message: 'none of these files is safetensors or GGUF',
  remedy: 'name a model file, or a directory that has some',
};
