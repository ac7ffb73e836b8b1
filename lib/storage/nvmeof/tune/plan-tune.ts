import type { ChangePlan, Check, MakeDirectory, SetValue, Step, WriteFile } from '../../../change/index.ts';
import type { Interrupt, Way } from './network.ts';
import { parseProcessorList } from './parse-network.ts';
import type { EthtoolRings } from './rings-step.ts';
import { type Setting, wantedValue } from './settings.ts';

export const TUNE = 'nvmeof-tune';

/** One at a time: what it sets is the host's. */
export const TUNE_SUBJECT = 'network';

/** A setting as it is; `writable` by root from this network namespace. */
export interface SettingReading {
  readonly setting: Setting;
  readonly value: string | null;
  readonly writable: boolean;
}

export interface TuneFacts {
  readonly root: boolean;
  readonly settings: readonly SettingReading[];
  readonly ways: readonly Way[];
  readonly irqbalance: boolean;
  /** Where the settings are kept over a boot; `null`: they aren't. */
  readonly file: {
    readonly path: string;
    readonly before: string | null;
    readonly directory: boolean;
  } | null;
}

export interface TuneWish {
  /** Lets queues poll. @default false */
  readonly busyPoll?: boolean | undefined;
  /** Makes rings as large as the card has them, for which it loses its link for a moment. @default false */
  readonly rings?: boolean | undefined;
  /** Brings interrupts to the processors near the card. @default false */
  readonly interrupts?: boolean | undefined;
}

/** Pure. */
export function planTune(wish: TuneWish, facts: TuneFacts): ChangePlan {
  const wanted = facts.settings.filter(({ setting }) => setting.on === undefined || wish.busyPoll === true);
  const values = wanted.flatMap((reading) => setStep(reading) ?? []);
  const ways = facts.ways.filter(
    ({ device }, at, all) => all.findIndex((one) => one.device === device) === at,
  );
  const steps: Step[] = [
    ...values,
    ...(wish.rings === true ? ways.flatMap(ringsOf) : []),
    ...(wish.interrupts === true && !facts.irqbalance ? ways.flatMap(interruptsOf) : []),
    ...(values.length > 0 ? fileSteps(values, facts.file) : []),
  ];
  const checks = [
    ...(facts.root ? [] : [warn('root', 'this needs root, and this is another user', 'apply it as root')]),
    ...wanted.map(checkSetting),
    ...facts.ways.map(checkWay),
    ...ways.flatMap((way) => [...checkDevice(way, wish, facts.irqbalance)]),
  ];
  return { kind: TUNE, subject: TUNE_SUBJECT, checks, steps };
}

function setStep({ setting, value, writable }: SettingReading): SetValue | null {
  const to = value === null || !writable ? null : wantedValue(setting, value);
  return to === null || value === null ? null : { do: 'set-value', path: setting.path, from: value, to };
}

function checkSetting({ setting, value, writable }: SettingReading): Check {
  const { key, why } = setting;
  if (value === null) return warn(key, 'it can not be seen from here (another network namespace?)');
  const to = wantedValue(setting, value);
  if (to === null) return ok(key, `${value} is good as it is: ${why}`);
  const remedy = `run it in the network namespace of the host, or there: sysctl -w '${key}=${to}'`;
  if (!writable) return warn(key, `${value} should be ${to}, and can not be set from here: ${why}`, remedy);
  return ok(key, `${value} becomes ${to}: ${why}`);
}

function checkWay({ address, device, mtu, routeMtu, undivided }: Way): Check {
  if (device === null)
    return warn('mtu', `nobody knows the way to ${address}`, 'install iproute2, or look at the routes');
  const size = routeMtu ?? mtu;
  const where = `${device}, MTU ${size ?? 'unknown'}, to ${address}`;
  if (undivided === 'reached') return ok('mtu', `${where}: packets of that size arrive undivided (ping)`);
  if (undivided === 'unknown') {
    return warn(
      'mtu',
      `${where}: sure for the first hop only, because nobody answered a ping or there is no ping`,
    );
  }
  const remedy = `give every switch and host on the way this MTU, or ${device} the one that they have`;
  return warn('mtu', `${where}: packets of that size do not arrive, although small ones do`, remedy);
}

function* checkDevice(way: Way, { rings, interrupts }: TuneWish, irqbalance: boolean): Generator<Check> {
  const { device } = way;
  if (device === null) return;
  const [ring] = ringsOf(way);
  if (way.rings === null)
    yield warn('rings', `${device}: sizes unknown (ethtool is missing, or the card has none)`);
  else if (ring === undefined) yield ok('rings', `${device}: as large as the card has them`);
  else {
    const { from, to } = ring;
    const message = `${device} keeps ${from.rx} received packets and could keep ${to.rx}`;
    const remedy = 'with --rings; the link is lost for a moment, so not while something is mounted over it';
    yield rings === true
      ? ok('rings', `${message}; the link is lost for a moment`)
      : warn('rings', message, remedy);
  }
  const far = interruptsOf(way);
  if (far.length === 0) return;
  const message = `${far.length} interrupts of ${device} go to processors of other NUMA nodes`;
  if (irqbalance)
    yield warn('interrupts', `${message}; irqbalance runs and deals them out itself`, 'configure irqbalance');
  else
    yield interrupts === true ? ok('interrupts', message) : warn('interrupts', message, 'with --interrupts');
}

function ringsOf({ device, rings }: Way): readonly EthtoolRings[] {
  if (device === null || rings === null) return [];
  const { rx, tx, rxMost, txMost } = rings;
  if (rx === null || tx === null || rxMost === null || txMost === null) return [];
  const to = { rx: Math.max(rx, rxMost), tx: Math.max(tx, txMost) };
  return to.rx === rx && to.tx === tx ? [] : [{ do: 'ethtool-rings', device, from: { rx, tx }, to }];
}

/** Only where the machine has several nodes, and only interrupts that may go to processors far away. */
function interruptsOf({ numaNode, nearProcessors, interrupts }: Way): readonly SetValue[] {
  const near = nearProcessors === null ? null : parseProcessorList(nearProcessors);
  if (numaNode === null || near === null || nearProcessors === null) return [];
  return interrupts
    .filter((one) => isFar(one, near))
    .map(
      ({ number, processors }): SetValue => ({
        do: 'set-value',
        path: `/proc/irq/${number}/smp_affinity_list`,
        from: processors ?? '',
        to: nearProcessors,
      }),
    );
}

function isFar({ processors }: Interrupt, near: ReadonlySet<number>): boolean {
  const may = processors === null ? null : parseProcessorList(processors);
  return may !== null && [...may].some((one) => !near.has(one));
}

function fileSteps(
  values: readonly SetValue[],
  file: TuneFacts['file'],
): readonly (MakeDirectory | WriteFile)[] {
  if (file === null) return [];
  const lines = values.map(
    ({ path, to }) => `${path.slice('/proc/sys/'.length).replaceAll('/', '.')} = ${to}`,
  );
  const text = `# Written by warmset nvmeof tune, which also removes it.\n${lines.join('\n')}\n`;
  const write: WriteFile = { do: 'write-file', path: file.path, text, mode: 0o644, before: file.before };
  if (file.directory) return [write];
  const path = file.path.slice(0, file.path.lastIndexOf('/'));
  return [{ do: 'make-directory', path, mode: 0o755, uid: 0, gid: 0 }, write];
}

function ok(code: string, message: string): Check {
  return { code, verdict: 'ok', message };
}

function warn(code: string, message: string, remedy?: string): Check {
  return { code, verdict: 'warn', message, ...(remedy === undefined ? {} : { remedy }) };
}
