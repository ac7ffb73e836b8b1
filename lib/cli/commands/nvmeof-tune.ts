import { resolve } from 'node:path';
import type { Command } from 'commander';
import {
  applyNvmeofTune,
  nvmeofTuneStatus,
  planNvmeofTune,
  removeNvmeofTune,
  SYSCTL_FILE,
} from '../../storage/nvmeof/index.ts';
import type { Define } from '../verbs.ts';
import {
  type Action,
  actionArgument,
  type ChangeFlags,
  changeOptions,
  refuseOthers,
  showInEffect,
  showPlan,
  showRecords,
  withChange,
} from './nvmeof-change.ts';

interface Flags extends ChangeFlags {
  readonly address?: readonly string[];
  readonly busyPoll?: boolean;
  readonly rings?: boolean;
  readonly interrupts?: boolean;
  readonly file?: string;
  readonly persist: boolean;
  readonly ping: boolean;
}

const SCHEMA = 'warmset.nvmeofTune/1';

export const define: Define = (command: Command, session, exit) => {
  withChange(command.addArgument(actionArgument()))
    .option('--address <address...>', 'targets whose way is looked at (default: those connected to)')
    .option('--busy-poll', 'let queues poll: less latency for processor time')
    .option(
      '--rings',
      'make the rings of the network card as large as it has them; its link is lost for a moment',
    )
    .option('--interrupts', 'bring interrupts of the network card to the processors near it')
    .option('--file <file>', `keeps the settings over a boot (default: ${SYSCTL_FILE})`)
    .option('--no-persist', 'set them until the next boot only')
    .option('--no-ping', 'send no pings to see which packets arrive undivided')
    .addHelpText('after', '\nExample:\n  $ warmset nvmeof tune plan --address 10.0.0.7')
    .action(async (action: Action, flags: Flags) => {
      refuseOthers(action);
      const options = {
        addresses: flags.address,
        busyPoll: flags.busyPoll,
        rings: flags.rings,
        interrupts: flags.interrupts,
        ping: flags.ping,
        file: flags.persist ? (flags.file === undefined ? undefined : resolve(flags.file)) : null,
      };
      const change = changeOptions(flags, session);
      switch (action) {
        case 'plan': {
          const plan = await planNvmeofTune({ ...options, signal: session.signal });
          exit(await showPlan(plan, SCHEMA, flags, session, 'Nothing was changed; apply does it.'));
          return;
        }
        case 'apply': {
          const record = await applyNvmeofTune({ ...options, ...change });
          if (record === null && !flags.json) await session.out.writeLines(['nothing to do']);
          else await showRecords(record === null ? [] : [record], SCHEMA, flags, session);
          return;
        }
        case 'status': {
          const status = await nvmeofTuneStatus(change);
          exit(await showInEffect(status === null ? [] : [status], SCHEMA, flags, session));
          return;
        }
        case 'remove':
          await showRecords([await removeNvmeofTune(change)], SCHEMA, flags, session);
      }
    });
};
