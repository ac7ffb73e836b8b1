import type {
  Comparison,
  NvmeofController,
  NvmeofStatus,
  NvmeofSubsystem,
  Timeout,
  Transition,
  WatchedPath,
} from '../../storage/nvmeof/index.ts';
import { bad, bold, dim, good, plain, type Style, warn } from './style.ts';
import { type Cell, type Column, renderTable } from './table.ts';
import type { Terminal } from './terminal.ts';
import { printable, wrap } from './width.ts';

const COLUMNS: readonly Column[] = [
  { header: 'CONTROLLER' },
  { header: 'TRANSPORT' },
  { header: 'ADDRESS', flexible: true },
  { header: 'STATE' },
  { header: 'ANA', drop: 4 },
  { header: 'DISKS', drop: 5 },
  { header: 'QUEUES', align: 'right', drop: 2 },
  { header: 'KEEP-ALIVE', align: 'right', drop: 1 },
  { header: 'RETRY EVERY', align: 'right', drop: 0 },
  { header: 'GIVEN UP', align: 'right', drop: 3 },
  { header: 'RECONNECTS', align: 'right' },
  { header: 'ERRORS', align: 'right', drop: 6 },
];

/** What this host is connected to, a table for each subsystem. */
export function renderNvmeofStatus(terminal: Terminal, status: NvmeofStatus): string[] {
  const { subsystems, canConnect } = status;
  if (subsystems.length === 0) {
    const why = canConnect ? '' : ' This kernel has no NVMe-oF loaded (modprobe nvme-fabrics).';
    return wrap(`This host is connected to no NVMe-oF subsystem.${why}`, terminal.columns);
  }
  return [
    ...subsystems.flatMap((subsystem, at) => [
      ...(at > 0 ? [''] : []),
      ...renderSubsystem(terminal, subsystem),
    ]),
    '',
    ...wrap(facts(status), terminal.columns).map((line) => dim(terminal, line)),
  ];
}

function renderSubsystem(
  terminal: Terminal,
  { name, nqn, ioPolicy, controllers }: NvmeofSubsystem,
): string[] {
  const policy = ioPolicy === null ? '' : `, paths by ${printable(ioPolicy)}`;
  return [
    `${bold(terminal, printable(nqn ?? 'NQN unknown'))} ${dim(terminal, `${printable(name)}${policy}`)}`,
    ...renderTable(terminal, COLUMNS, controllers.map(rowOf)),
  ];
}

function rowOf(controller: NvmeofController): readonly Cell[] {
  const { paths, counters, log } = controller;
  const ana = unique(paths.map(({ anaState }) => anaState));
  const errors = [counters.commandErrors, log?.mediaErrors ?? null].filter((one) => one !== null);
  return [
    controller.name,
    controller.transport ?? 'unknown',
    [controller.address, controller.service].filter((part) => part !== null).join(' ') || 'unknown',
    { text: controller.state ?? 'unknown', style: styleOf(controller.state) },
    ana.length === 0 ? '-' : ana.join(','),
    unique(paths.map(({ disk }) => disk)).join(',') || '-',
    count(controller.queueCount),
    controller.keepAliveSeconds === 0 ? 'off' : duration(controller.keepAliveSeconds),
    duration(controller.reconnectDelaySeconds),
    duration(controller.ctrlLossSeconds, 'never'),
    count(counters.reconnects),
    errors.length === 0 ? 'unknown' : String(errors.reduce((sum, one) => sum + one, 0)),
  ];
}

function styleOf(state: string | null): Style {
  return state === 'live' ? good : state === null ? plain : warn;
}

function unique(values: readonly (string | null)[]): readonly string[] {
  return [...new Set(values.filter((one) => one !== null))];
}

function count(value: number | null): string {
  return value === null ? 'unknown' : String(value);
}

function duration(value: Timeout, off = 'off'): string {
  return value === null ? 'unknown' : value === 'off' ? off : `${value} s`;
}

function facts({ nativeMultipath, ioTimeoutSeconds, subsystems }: NvmeofStatus): string {
  const uncounted = subsystems.some(({ controllers }) =>
    controllers.some(({ counters }) => counters.reconnects === null),
  );
  return [
    nativeMultipath === null ? null : `native multipathing ${nativeMultipath ? 'on' : 'off'}`,
    ioTimeoutSeconds === null ? null : `requests time out after ${ioTimeoutSeconds} s`,
    uncounted ? 'this kernel does not count reconnects: --watch counts them while it looks' : null,
  ]
    .filter((one) => one !== null)
    .join('; ');
}

/** One line for each change of a state. */
export function renderTransitions(
  terminal: Terminal,
  transitions: readonly Transition[],
  paths: readonly WatchedPath[],
): string[] {
  return transitions.map(({ atMs, controller, from, to }) => {
    const at = new Date(atMs).toISOString().slice(11, 19);
    const reconnects = paths.find((path) => path.controller === controller)?.reconnects ?? 0;
    const text = `${controller} ${from ?? 'absent'} -> ${to ?? 'gone'}, reconnects ${reconnects}`;
    return `${dim(terminal, at)} ${(to === 'live' ? good : warn)(terminal, printable(text))}`;
  });
}

const CHECK_COLUMNS: readonly Column[] = [
  { header: 'VERDICT' },
  { header: 'MEASURE' },
  { header: 'BEFORE', align: 'right' },
  { header: 'NOW', align: 'right' },
  { header: 'REASON', flexible: true, minWidth: 24 },
];

/** A baseline's check, a table for each path, and what it comes to. */
export function renderComparisons(terminal: Terminal, comparisons: readonly Comparison[]): string[] {
  const worse = comparisons.filter(({ verdict }) => verdict === 'worse').length;
  const lines = [...new Set(comparisons.map(({ path }) => path))].flatMap((path) => [
    bold(terminal, printable(path)),
    ...renderTable(
      terminal,
      CHECK_COLUMNS,
      comparisons.filter((one) => one.path === path).map(comparisonRow),
    ),
    '',
  ]);
  const verdict =
    worse === 0
      ? good(terminal, 'same or better')
      : bad(terminal, `worse in ${worse} of ${comparisons.length}`);
  return [...lines, verdict];
}

function comparisonRow({ verdict, measure, before, now, reason }: Comparison): readonly Cell[] {
  const style = verdict === 'worse' ? bad : verdict === 'better' ? good : plain;
  return [{ text: verdict, style }, measure, String(before ?? 'unknown'), String(now ?? 'unknown'), reason];
}
