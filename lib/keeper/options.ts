import { type Config, parseConfig, type SetConfig } from '../config/index.ts';
import { WarmsetError } from '../errors.ts';

type Some<T> = { readonly [Key in keyof T]?: T[Key] | undefined };
type SnapshotConfig = NonNullable<Config['snapshot']>;

/**
 * What a keeper can be told by a program: a {@link Config}, of which all but the sets can be left out. Sizes are bytes,
 * rates bytes a second, durations milliseconds, shares 0 to 1; the defaults are those of docs/config.md.
 */
export interface KeeperOptions {
  readonly sets: readonly (Pick<SetConfig, 'name' | 'targets'> & Some<SetConfig>)[];
  /** `false`: nothing is done at all. @default true */
  readonly enabled?: boolean | undefined;
  readonly budget?: Some<Config['budget']> | undefined;
  /** `false` reads as fast as it can, whoever waits. */
  readonly guard?: false | Some<Exclude<Config['guard'], false>> | undefined;
  readonly fill?: Some<Config['fill']> | undefined;
  readonly sweep?: Some<Config['sweep']> | undefined;
  /** `false` for a program that knows by itself that it is the node's only keeper. */
  readonly lock?: false | Some<Config['lock']> | undefined;
  readonly snapshot?: (Some<SnapshotConfig> & Pick<SnapshotConfig, 'path'>) | null | undefined;
  readonly watch?: Config['watch'];
  readonly probe?: Some<Config['probe']> | undefined;
  /** That has to be resident for the keeper to be ready. @default 1 */
  readonly share?: number | undefined;
}

export interface SweepOptions {
  /** Stays in a fill that the guard holds still, instead of giving it up after a while: for a caller with a deadline. */
  readonly patient?: boolean | undefined;
}

export interface Settings {
  readonly config: Config;
  /** Whether there is a lock at all. */
  readonly locks: boolean;
}

/** @throws WarmsetError `WARMSET_BAD_ARGUMENT` */
export function toSettings(options: KeeperOptions): Settings {
  const defaults = parseConfig('{sets: [{name: none, targets: [/]}], snapshot: {path: /none}}').config;
  const [set] = defaults.sets;
  // The defaults of a set are those of any set.
  const sets = options.sets.map((given): SetConfig => ({ ...(set as SetConfig), ...onlyGiven(given) }));
  const { snapshot, lock, guard } = options;
  const config: Config = {
    ...defaults,
    ...onlyGiven(options as Some<Config>),
    sets,
    budget: { ...defaults.budget, ...onlyGiven(options.budget) },
    guard: guard === false || defaults.guard === false ? false : { ...defaults.guard, ...onlyGiven(guard) },
    fill: { ...defaults.fill, ...onlyGiven(options.fill) },
    sweep: { ...defaults.sweep, ...onlyGiven(options.sweep) },
    lock: { ...defaults.lock, ...onlyGiven(lock === false ? undefined : lock) },
    probe: { ...defaults.probe, ...onlyGiven(options.probe) },
    snapshot: snapshot && defaults.snapshot ? { ...defaults.snapshot, ...onlyGiven(snapshot) } : null,
  };
  check(config);
  return { config, locks: lock !== false };
}

/** `undefined` means the default, not nothing. */
function onlyGiven<T extends object>(
  options: T | undefined,
): Partial<{ [Key in keyof T]: Exclude<T[Key], undefined> }> {
  return Object.fromEntries(
    Object.entries(options ?? {}).filter(([, value]) => value !== undefined),
  ) as Partial<{
    [Key in keyof T]: Exclude<T[Key], undefined>;
  }>;
}

// Longer ones overflow Node's timers to 1 ms.
const LONGEST_MS = 10 * 86_400_000;

/** What types alone don't promise; a configuration that was loaded has been through more than this. */
function check({ sets, sweep, probe, snapshot, share, budget }: Config): void {
  for (const [name, value] of [
    ['sweep.interval', sweep.interval],
    ['probe.interval', probe.interval],
    ['snapshot.interval', snapshot?.interval ?? 1],
  ] as const) {
    if (!(value >= 1 && value <= LONGEST_MS)) refuse(name, value, 'milliseconds from 1 to 10 days');
  }
  for (const [name, value] of [
    ['sweep.jitter', sweep.jitter],
    ['share', share],
    ['budget.fractionOfAvailable', budget.fractionOfAvailable],
  ] as const) {
    if (!(value >= 0 && value <= 1)) refuse(name, value, 'a number from 0 to 1');
  }
  const names = sets.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) refuse('sets', JSON.stringify(twice), 'a name of its own for each set');
}

function refuse(name: string, value: unknown, expected: string): never {
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${name} is ${String(value)}`, {
    subject: name,
    remedy: `give ${expected}`,
  });
}
