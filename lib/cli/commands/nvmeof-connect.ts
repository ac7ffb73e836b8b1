import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { WarmsetError } from '../../errors.ts';
import {
  applyNvmeofConnect,
  completeRequest,
  planNvmeofConnect,
  type SecretSource,
  TRANSPORTS,
  type Transport,
} from '../../storage/nvmeof/index.ts';
import { EXIT } from '../exit-codes.ts';
import { printable } from '../render/width.ts';
import type { Define } from '../verbs.ts';
import { type ChangeFlags, changeOptions, showPlan, showRecords, withChange } from './nvmeof-change.ts';
import { oneOf } from './options.ts';

export interface ConnectFlags {
  readonly transport: Transport;
  readonly nqn: string;
  readonly address?: string;
  readonly service?: string;
  readonly hostNqn?: string;
  readonly hostId?: string;
  readonly hostAddress?: string;
  readonly hostInterface?: string;
  readonly keepAlive?: number;
  readonly reconnectDelay?: number;
  readonly ctrlLoss?: number;
  readonly fastIoFail?: number;
  readonly ioQueues?: number;
  readonly queueSize?: number;
  readonly headerDigest?: boolean;
  readonly dataDigest?: boolean;
  readonly secretFile?: string;
  readonly secretEnv?: string;
  readonly controllerSecretFile?: string;
  readonly controllerSecretEnv?: string;
}

interface Flags extends ConnectFlags, ChangeFlags {
  readonly apply?: boolean;
}

const SCHEMA = 'warmset.nvmeofConnect/1';

export const define: Define = (command: Command, session, exit) => {
  withChange(withConnection(command))
    .option('--apply', 'connect; without it only the plan is shown')
    .addHelpText(
      'after',
      '\nExample:\n  $ warmset nvmeof connect --transport tcp --address 10.0.0.7 --nqn nqn.2024-01.org.example:models',
    )
    .action(async (flags: Flags) => {
      const request = await requestOf(flags);
      if (!flags.apply) {
        const hint = 'Nothing was changed; --apply connects.';
        exit(await showPlan(await planNvmeofConnect(request), SCHEMA, flags, session, hint));
        return;
      }
      const { record, controllers } = await applyNvmeofConnect(request, changeOptions(flags, session));
      const names = controllers.map(({ name }) => name);
      exit(names.length > 0 ? EXIT.done : EXIT.notAllDone);
      await showRecords([record], SCHEMA, flags, session, { controllers: names });
      if (flags.json) return;
      const lines = controllers.map(({ name, state, paths }) => {
        const disks = [...new Set(paths.map(({ disk }) => `/dev/${disk}`))].join(', ');
        return printable(`${name} is ${state ?? 'in an unknown state'}${disks === '' ? '' : `: ${disks}`}`);
      });
      await session.out.writeLines(lines);
    });
};

/** What describes a connection; units have the same, of which two actions need none. */
export function withConnection(command: Command, needed = true): Command {
  return command
    .addOption(
      oneOf(new Option('--transport <name>', 'what the fabric is made of'), TRANSPORTS).makeOptionMandatory(
        needed,
      ),
    )
    .addOption(new Option('--nqn <nqn>', 'of the subsystem').makeOptionMandatory(needed))
    .option('--address <address>', 'of the target: IPv4, IPv6, or nn-0x…:pn-0x… for fc')
    .option('--service <port>', 'of the target (default: 4420)')
    .option('--host-nqn <nqn>', 'of this host (default: the first line of /etc/nvme/hostnqn)')
    .option('--host-id <uuid>', 'of this host (default: /etc/nvme/hostid, or as the NQN has it)')
    .option('--host-address <address>', 'of this host, from which to connect')
    .option('--host-interface <name>', 'of this host, through which to connect (tcp)')
    .option(
      '--keep-alive <seconds>',
      'until a silent target counts as gone (default: 5)',
      seconds('--keep-alive'),
    )
    .option(
      '--reconnect-delay <seconds>',
      'between attempts to reconnect (default: 5)',
      seconds('--reconnect-delay'),
    )
    .option(
      '--ctrl-loss <seconds>',
      'until a target is given up and its disk is gone, -1 for never (default: 600)',
      seconds('--ctrl-loss'),
    )
    .option(
      '--fast-io-fail <seconds>',
      'until reads fail while the target is gone (default: when it is given up)',
      seconds('--fast-io-fail'),
    )
    .option('--io-queues <n>', 'at most so many (default: one a processor, at most 4)', whole('--io-queues'))
    .option('--queue-size <n>', 'entries of each, 16 to 1024 (default: 128)', whole('--queue-size'))
    .option('--header-digest', 'checks headers against damage on the way (tcp)')
    .option('--data-digest', 'checks data against damage on the way (tcp)')
    .option('--secret-file <file>', 'with the DH-HMAC-CHAP secret of this host')
    .option('--secret-env <name>', 'the environment variable with it')
    .option('--controller-secret-file <file>', 'with the secret that the target must know')
    .option('--controller-secret-env <name>', 'the environment variable with it');
}

export function requestOf(flags: ConnectFlags) {
  const { secretFile, secretEnv, controllerSecretFile, controllerSecretEnv } = flags;
  return completeRequest({
    transport: flags.transport,
    nqn: flags.nqn,
    address: flags.address,
    service: flags.service,
    hostNqn: flags.hostNqn,
    hostId: flags.hostId,
    hostAddress: flags.hostAddress,
    hostInterface: flags.hostInterface,
    keepAliveSeconds: flags.keepAlive,
    reconnectDelaySeconds: flags.reconnectDelay,
    ctrlLossSeconds: flags.ctrlLoss,
    fastIoFailSeconds: flags.fastIoFail,
    ioQueues: flags.ioQueues,
    queueSize: flags.queueSize,
    headerDigest: flags.headerDigest,
    dataDigest: flags.dataDigest,
    secret: sourceOf(secretFile, secretEnv, '--secret'),
    controllerSecret: sourceOf(controllerSecretFile, controllerSecretEnv, '--controller-secret'),
  });
}

function sourceOf(file: string | undefined, env: string | undefined, option: string): SecretSource | null {
  if (file !== undefined && env !== undefined) {
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${option}-file and ${option}-env are both given`, {
      subject: option,
      remedy: 'give one of them',
    });
  }
  if (file !== undefined) return { from: 'file', path: resolve(file) };
  return env === undefined ? null : { from: 'environment', name: env };
}

function whole(option: string, pattern = /^\d{1,10}$/): (text: string) => number {
  return (text) => {
    if (pattern.test(text)) return Number(text);
    throw new WarmsetError(
      'WARMSET_BAD_ARGUMENT',
      `${option} ${JSON.stringify(text)} is not a whole number`,
      {
        subject: option,
        remedy: 'see warmset nvmeof connect --help',
      },
    );
  };
}

function seconds(option: string): (text: string) => number {
  return whole(option, option === '--ctrl-loss' ? /^(\d{1,10}|-1)$/ : undefined);
}
