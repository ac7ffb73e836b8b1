import type { Command } from 'commander';
import { applyNvmeofDisconnect, planNvmeofDisconnect } from '../../storage/nvmeof/index.ts';
import type { Define } from '../verbs.ts';
import { type ChangeFlags, changeOptions, showPlan, showRecords, withChange } from './nvmeof-change.ts';

interface Flags extends ChangeFlags {
  readonly apply?: boolean;
  readonly address?: string;
  readonly service?: string;
}

const SCHEMA = 'warmset.nvmeofDisconnect/1';

export const define: Define = (command: Command, session, exit) => {
  withChange(command.argument('<name>', "a subsystem's NQN, a controller (nvme0) or a disk (nvme0n1)"))
    .option('--address <address>', 'of several paths only those to this target')
    .option('--service <port>', 'and only those to this port')
    .option('--apply', 'disconnect; without it only the plan is shown')
    .addHelpText('after', '\nExample:\n  $ warmset nvmeof disconnect nqn.2024-01.org.example:models')
    .action(async (name: string, flags: Flags) => {
      const { address, service } = flags;
      if (!flags.apply) {
        const hint = 'Nothing was changed; --apply disconnects.';
        exit(
          await showPlan(
            await planNvmeofDisconnect(name, { address, service }),
            SCHEMA,
            flags,
            session,
            hint,
          ),
        );
        return;
      }
      const records = await applyNvmeofDisconnect(name, {
        ...changeOptions(flags, session),
        address,
        service,
      });
      await showRecords(records, SCHEMA, flags, session);
    });
};
