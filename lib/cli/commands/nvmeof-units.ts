import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { WarmsetError } from '../../errors.ts';
import {
  applyNvmeofUnits,
  checkUnits,
  nvmeofUnitsStatus,
  planNvmeofUnits,
  removeNvmeofUnits,
  type Transport,
  UNITS_DIRECTORY,
  type UnitsRequest,
  type UnitsWish,
} from '../../storage/nvmeof/index.ts';
import { isInstalled } from '../../storage/nvmeof/installed.ts';
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
import { type ConnectFlags, requestOf, withConnection } from './nvmeof-connect.ts';

interface Flags extends Partial<ConnectFlags>, ChangeFlags {
  readonly what?: string;
  readonly where?: string;
  readonly type: string;
  readonly mountOptions: string;
  readonly overlay?: string;
  readonly upper?: string;
  readonly work?: string;
  readonly beforeService?: readonly string[];
  readonly dir?: string;
}

const SCHEMA = 'warmset.nvmeofUnits/1';

export const define: Define = (command: Command, session, exit) => {
  withChange(withConnection(command.addArgument(actionArgument()), false))
    .option('--what <device>', 'the disk to mount, by a name that stays: /dev/disk/by-id/nvme-…')
    .option('--where <dir>', 'where to mount it')
    .option('--type <name>', 'of its filesystem', 'xfs')
    .option('--mount-options <list>', 'of its filesystem; _netdev and nofail are added', 'ro,noatime')
    .option('--overlay <dir>', 'a directory that becomes an overlay: what is mounted below, --upper above')
    .option('--upper <dir>', 'on a local filesystem, for what is written')
    .option('--work <dir>', 'on the same filesystem, empty')
    .option('--before-service <unit...>', 'services that need all this, such as warmset-keep@models.service')
    .option('--dir <dir>', `where units lie (default: ${UNITS_DIRECTORY})`)
    .addHelpText(
      'after',
      '\nExample:\n  $ warmset nvmeof units plan --transport tcp --address 10.0.0.7 --nqn nqn.2024-01.org.example:models \\\n      --what /dev/disk/by-id/nvme-models --where /mnt/models --before-service warmset-keep@models.service',
    )
    .action(async (action: Action, flags: Flags) => {
      refuseOthers(action);
      const change = changeOptions(flags, session);
      if (action === 'status') {
        exit(await showInEffect(await nvmeofUnitsStatus(change), SCHEMA, flags, session));
        return;
      }
      if (action === 'remove') {
        await showRecords(await removeNvmeofUnits(null, change), SCHEMA, flags, session);
        return;
      }
      const request = await unitsOf(flags);
      const options = { unitsDirectory: flags.dir === undefined ? undefined : resolve(flags.dir) };
      if (action === 'plan') {
        const plan = await planNvmeofUnits(request, options);
        exit(
          await showPlan(plan, SCHEMA, flags, session, 'Nothing was changed; apply writes and enables them.'),
        );
        return;
      }
      await showRecords([await applyNvmeofUnits(request, { ...options, ...change })], SCHEMA, flags, session);
    });
};

async function unitsOf(flags: Flags): Promise<UnitsRequest> {
  const { transport, nqn, beforeService } = flags;
  const connection = await requestOf({
    ...flags,
    transport: given<Transport>(transport, '--transport'),
    nqn: given(nqn, '--nqn'),
  });
  const wish = checkUnits({
    mount: mountOf(flags),
    overlay: overlayOf(flags),
    users: [...(beforeService ?? [])],
  });
  return { connection, program: await program(), ...wish };
}

function mountOf({ what, where, type, mountOptions }: Flags): UnitsWish['mount'] {
  if (what === undefined && where === undefined) return null;
  const options = mountOptions.split(',').filter((word) => word !== '');
  return { what: given(what, '--what'), where: resolve(given(where, '--where')), type, options };
}

function overlayOf({ overlay, upper, work, where }: Flags): UnitsWish['overlay'] {
  if (overlay === undefined) return null;
  return {
    where: resolve(overlay),
    lower: resolve(given(where, '--where')),
    upper: resolve(given(upper, '--upper')),
    work: resolve(given(work, '--work')),
  };
}

function given<T extends string>(value: T | undefined, option: string): T {
  if (value !== undefined) return value;
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${option} is missing`, {
    subject: option,
    remedy: 'see warmset nvmeof units --help',
  });
}

/** What systemd will start: warmset where it is installed, otherwise what runs now. */
async function program(): Promise<readonly string[]> {
  if (await isInstalled('warmset')) return ['warmset'];
  return [process.execPath, await realpath(process.argv[1] ?? '')];
}
