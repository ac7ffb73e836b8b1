import { REASONS } from './defaults.ts';
import type { ConnectRequest } from './request.ts';

/** One option of a connection, as both ways of connecting have it. */
export interface ConnectOption {
  /** Of nvme-cli, without the dashes: `nr-io-queues`. The kernel has underscores in it. */
  readonly name: string;
  /** `true`: it is said by being there. */
  readonly value: string | true;
  readonly why: string | null;
  /** nvme-cli 2.3 has no word for it: it is set in sysfs once the controller is there. */
  readonly later?: 'fast_io_fail_tmo';
}

/** Everything about a connection but its secrets, in a fixed order. Pure. */
export function connectOptions(request: ConnectRequest): readonly ConnectOption[] {
  const { transport, nqn, address, service, hostNqn, hostId, hostAddress, hostInterface } = request;
  const named: readonly (readonly [string, string | number | boolean | null])[] = [
    ['transport', transport],
    ['nqn', nqn],
    ['traddr', address],
    ['trsvcid', service],
    ['host-traddr', hostAddress],
    ['host-iface', hostInterface],
    ['hostnqn', hostNqn],
    ['hostid', hostId],
    ['nr-io-queues', request.ioQueues],
    ['queue-size', request.queueSize],
    ['keep-alive-tmo', request.keepAliveSeconds],
    ['reconnect-delay', request.reconnectDelaySeconds],
    ['ctrl-loss-tmo', request.ctrlLossSeconds],
    ['hdr-digest', request.headerDigest],
    ['data-digest', request.dataDigest],
  ];
  const reasons: Readonly<Record<string, string>> = REASONS;
  const options: ConnectOption[] = named.flatMap(([name, value]) =>
    value === null || value === false
      ? []
      : [{ name, value: value === true ? true : String(value), why: reasons[name] ?? null }],
  );
  if (request.fastIoFailSeconds !== null) {
    options.push({
      name: 'fast-io-fail-tmo',
      value: String(request.fastIoFailSeconds),
      why: REASONS['fast-io-fail-tmo'],
      later: 'fast_io_fail_tmo',
    });
  }
  return options;
}

/** A command line for nvme-cli. `--config=none`: a file of the host's must not add anything. Pure. */
export function nvmeConnectCommand(request: ConnectRequest): readonly string[] {
  const words = connectOptions(request)
    .filter(({ later }) => later === undefined)
    .map(({ name, value }) => (value === true ? `--${name}` : `--${name}=${value}`));
  return ['nvme', 'connect', '--config=none', ...words];
}

export interface ConnectSecrets {
  readonly secret: string | null;
  readonly controllerSecret: string | null;
}

/** What is written to /dev/nvme-fabrics. With secrets it must never be shown. Pure. */
export function fabricsLine(request: ConnectRequest, secrets: ConnectSecrets | null = null): string {
  const words = connectOptions(request)
    .filter(({ later }) => later === undefined)
    .map(({ name, value }) => {
      const key = name.replaceAll('-', '_');
      return value === true ? key : `${key}=${value}`;
    });
  if (secrets?.secret) words.push(`dhchap_secret=${secrets.secret}`);
  if (secrets?.controllerSecret) words.push(`dhchap_ctrl_secret=${secrets.controllerSecret}`);
  return words.join(',');
}
