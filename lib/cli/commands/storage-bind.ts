import { Argument, type Command } from 'commander';
import { applyBind, BIND, type BindOptions, prepareBind, removeBind } from '../../storage/bind/index.ts';
import { readLayersStatus } from '../../storage/layers/run-change.ts';
import { STORAGE_STEPS } from '../../storage/step-kinds.ts';
import { EXIT } from '../exit-codes.ts';
import { bindJson, bindPlanJson } from '../json-contract-layers.ts';
import { renderChangePlan } from '../render/change-plan.ts';
import { renderApplied, renderBindStatus, renderRemoved } from '../render/layers.ts';
import type { Session } from '../session.ts';
import type { Define } from '../verbs.ts';
import {
  addLayerOptions,
  changeOptions,
  type LayerFlags,
  needed,
  policyOf,
  printer,
} from './layer-options.ts';

const ACTIONS = ['plan', 'apply', 'status', 'remove'] as const;
type Action = (typeof ACTIONS)[number];

interface Flags extends LayerFlags {
  readonly shared?: string;
  readonly readOnly?: boolean;
}

const EXAMPLE = 'warmset storage bind plan /srv/vllm/cache --shared /mnt/shared/cache';

export const define: Define = (command: Command, session, exit) => {
  command
    .addArgument(new Argument('<action>', 'what to do').choices([...ACTIONS]))
    .argument('<path>', 'the directory that the backend uses')
    .option('--shared <dir>', 'the directory that all share')
    .option('--read-only', 'let nothing be written to it here');
  addLayerOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (action: Action, path: string, flags: Flags) => {
      const change = changeOptions(flags.state, session);
      const print = printer(flags.json, session);
      if (action === 'plan') {
        const plan = await prepareBind(path, await optionsOf(flags, session), change);
        if (plan.checks.some(({ verdict }) => verdict === 'refuse')) exit(EXIT.notAllDone);
        await print(bindPlanJson(plan, STORAGE_STEPS), () =>
          renderChangePlan(session.terminal, plan, STORAGE_STEPS),
        );
        return;
      }
      if (action === 'apply') {
        const record = await applyBind(path, await optionsOf(flags, session), change);
        await print(bindJson(action, record, null, STORAGE_STEPS), () =>
          renderApplied(session.terminal, record),
        );
      } else if (action === 'remove') {
        const record = await removeBind(path, change);
        await print(bindJson(action, record, null, STORAGE_STEPS), () =>
          renderRemoved(session.terminal, record, null),
        );
      } else {
        const { record, mounts } = await readLayersStatus(BIND, path, change);
        if (record.state !== 'applied' || mounts.some(({ mounted }) => !mounted)) exit(EXIT.notAllDone);
        await print(bindJson(action, record, mounts, STORAGE_STEPS), () =>
          renderBindStatus(session.terminal, record, mounts),
        );
      }
    });
};

const EXAMPLES = `
Example:
  $ ${EXAMPLE} --read-only`;

async function optionsOf(flags: Flags, session: Session): Promise<BindOptions> {
  const { local, readOnly, persist } = flags;
  return {
    shared: needed(flags.shared, '--shared', EXAMPLE),
    policy: await policyOf(flags, session),
    ...{ local, readOnly, persist, signal: session.signal },
  };
}
