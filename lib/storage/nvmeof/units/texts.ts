import { connectOptions } from '../connect/options.ts';
import type { ConnectRequest, SecretSource } from '../connect/request.ts';
import { escapeName, escapePath, unitPath, unitValue, unitWord } from './escape.ts';
import type { UnitsRequest } from './wish.ts';

/** A file of systemd's, by its name below the directory of units. */
export interface UnitFile {
  readonly name: string;
  readonly text: string;
  /** What wants or requires it at boot; `null` for a drop-in, which its own unit brings. */
  readonly wantedBy: string | null;
}

const HEAD = '# Written by warmset nvmeof units, which also removes it.';

/**
 * The chain in its order: connection, mount, overlay, services. Each requires what is before it and, because systemd
 * stops in the reverse of the order of starting, goes before it goes. Pure.
 */
export function unitFiles(request: UnitsRequest): readonly UnitFile[] {
  const { connection, mount, overlay, users } = request;
  const files: UnitFile[] = [connectUnit(request)];
  let last = connectName(connection);
  if (mount !== null) {
    files.push(mountUnit(mount, last));
    last = `${escapePath(mount.where)}.mount`;
  }
  if (overlay !== null) {
    files.push(overlayUnit(overlay, last));
    last = `${escapePath(overlay.where)}.mount`;
  }
  const needs = last;
  return [...files, ...users.map((user) => dropIn(user, needs))];
}

export function connectName({ nqn, address, service }: ConnectRequest): string {
  const place = [nqn, address, service].filter((part) => part !== null).join('/');
  // A file's name has 255 bytes, and `.service` and a temporary name need some of them.
  return `warmset-nvmeof-${escapeName(place).slice(0, 200)}.service`;
}

function connectUnit({ connection, program }: UnitsRequest): UnitFile {
  const { nqn, transport, secret, controllerSecret } = connection;
  const start = [...program, 'nvmeof', 'connect', ...connectWords(connection), '--apply'];
  const where = connectWords(connection).filter((word) => /^--(address|service)=/.test(word));
  const stop = [...program, 'nvmeof', 'disconnect', nqn, ...where, '--apply'];
  const secrets = [secret, controllerSecret].filter((one) => one?.from === 'environment');
  const text = [
    HEAD,
    '[Unit]',
    `Description=NVMe over fabrics: ${unitValue(nqn)}`,
    'Documentation=man:warmset-nvmeof-connect(1)',
    'Wants=network-online.target remote-fs-pre.target',
    'After=network-online.target',
    'Before=remote-fs-pre.target',
    // A target that boots at the same time needs minutes; a wrong name must not be tried for ever.
    'StartLimitIntervalSec=10min',
    'StartLimitBurst=20',
    '',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    ...(secrets.length > 0 ? ['EnvironmentFile=-/etc/warmset/nvmeof.environment'] : []),
    // By the name that the device node needs; the kernel itself only loads the transport.
    'ExecStartPre=-/sbin/modprobe nvme-fabrics',
    `ExecStartPre=-/sbin/modprobe ${transport === 'loop' ? 'nvme-loop' : `nvme-${transport}`}`,
    `ExecStart=${start.map(unitWord).join(' ')}`,
    // One that was given up is gone already.
    `ExecStop=-${stop.map(unitWord).join(' ')}`,
    'Restart=on-failure',
    'RestartSec=15s',
    'TimeoutStartSec=4min',
    'TimeoutStopSec=1min',
    '',
    '[Install]',
    'WantedBy=remote-fs.target',
    '',
  ];
  return { name: connectName(connection), text: text.join('\n'), wantedBy: 'remote-fs.target' };
}

/** The request as options of `warmset nvmeof connect`. */
function connectWords(request: ConnectRequest): readonly string[] {
  const own: Readonly<Record<string, string>> = {
    traddr: '--address',
    trsvcid: '--service',
    'host-traddr': '--host-address',
    'host-iface': '--host-interface',
    hostnqn: '--host-nqn',
    hostid: '--host-id',
    'nr-io-queues': '--io-queues',
    'keep-alive-tmo': '--keep-alive',
    'ctrl-loss-tmo': '--ctrl-loss',
    'fast-io-fail-tmo': '--fast-io-fail',
    'hdr-digest': '--header-digest',
  };
  const words = connectOptions(request).map(({ name, value }) => {
    const option = own[name] ?? `--${name}`;
    return value === true ? option : `${option}=${value}`;
  });
  return [
    ...words,
    ...secretWords('--secret', request.secret),
    ...secretWords('--controller-secret', request.controllerSecret),
  ];
}

function secretWords(option: string, source: SecretSource | null): readonly string[] {
  if (source === null) return [];
  return [source.from === 'file' ? `${option}-file=${source.path}` : `${option}-env=${source.name}`];
}

function mountUnit(
  { what, where, type, options }: NonNullable<UnitsRequest['mount']>,
  after: string,
): UnitFile {
  const all = [...new Set([...options, '_netdev', 'nofail'])];
  const text = [
    HEAD,
    '[Unit]',
    `Description=${unitValue(where)} over NVMe over fabrics`,
    `Requires=${after}`,
    `After=${after}`,
    `BindsTo=${after}`,
    'Before=remote-fs.target',
    '',
    '[Mount]',
    `What=${unitPath(what)}`,
    `Where=${unitPath(where)}`,
    `Type=${type}`,
    `Options=${unitValue(all.join(','))}`,
    'TimeoutSec=2min',
    '',
    '[Install]',
    'WantedBy=remote-fs.target',
    '',
  ];
  return { name: `${escapePath(where)}.mount`, text: text.join('\n'), wantedBy: 'remote-fs.target' };
}

function overlayUnit(overlay: NonNullable<UnitsRequest['overlay']>, after: string): UnitFile {
  const { lower, upper, work, where } = overlay;
  const text = [
    HEAD,
    '[Unit]',
    `Description=Overlay at ${unitValue(where)}: ${unitValue(lower)} shared, ${unitValue(upper)} local`,
    `Requires=${after}`,
    `After=${after}`,
    `BindsTo=${after}`,
    `RequiresMountsFor=${[lower, upper, work].map(unitPath).join(' ')}`,
    'Before=remote-fs.target',
    '',
    '[Mount]',
    'What=overlay',
    `Where=${unitPath(where)}`,
    'Type=overlay',
    `Options=${unitValue(`lowerdir=${lower},upperdir=${upper},workdir=${work},_netdev,nofail`)}`,
    '',
    '[Install]',
    'WantedBy=remote-fs.target',
    '',
  ];
  return { name: `${escapePath(where)}.mount`, text: text.join('\n'), wantedBy: 'remote-fs.target' };
}

/** The service itself is somebody else's: it only learns what it needs. */
function dropIn(service: string, needs: string): UnitFile {
  const text = [HEAD, '[Unit]', `Requires=${needs}`, `After=${needs}`, `BindsTo=${needs}`, ''];
  return { name: `${service}.d/warmset-nvmeof.conf`, text: text.join('\n'), wantedBy: null };
}
