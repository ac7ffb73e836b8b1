import type { Baseline, BaselinePath } from './baseline-file.ts';

export interface Thresholds {
  /** More since the baseline than this is worse. @default 0 */
  readonly reconnects: number;
  /** Of each kind, since the baseline. @default 0 */
  readonly errors: number;
}

/** Reconnects that were seen while somebody watched, by path. */
export type SeenReconnects = ReadonlyMap<string, number>;

export interface BaselineComparison {
  readonly path: string;
  readonly measure: string;
  readonly verdict: 'same' | 'better' | 'worse';
  readonly before: string | number | null;
  readonly now: string | number | null;
  readonly reason: string;
}

/**
 * A connection against what it was, a line for each measure. What the baseline knows and nobody knows now is worse: a
 * gate must not open because a counter is missing. Pure.
 *
 * @param seen where somebody watched; `null`: nobody did
 */
export function judgeBaseline(
  baseline: Baseline,
  now: Baseline,
  seen: SeenReconnects | null,
  thresholds: Thresholds,
): readonly BaselineComparison[] {
  if (baseline.paths.length === 0) {
    return [
      line('every path', 'present', 'worse', 0, now.paths.length, 'the baseline has no path to compare with'),
    ];
  }
  return baseline.paths.flatMap((before) => {
    const path = pathName(before);
    const after = now.paths.find((one) => pathName(one) === path);
    if (after === undefined) return [line(path, 'present', 'worse', 'yes', 'no', 'the path is not there')];
    return [...comparePath(path, before, after, seen, thresholds)];
  });
}

/** A path's name in lines: what it connects to. */
export function pathName(path: {
  readonly subsystem: string | null;
  readonly transport: string | null;
  readonly address: string | null;
  readonly service: string | null;
}): string {
  const { subsystem, transport, address, service } = path;
  return [subsystem ?? 'NQN unknown', transport, address, service].filter((part) => part !== null).join(' ');
}

function* comparePath(
  path: string,
  before: BaselinePath,
  now: BaselinePath,
  seen: SeenReconnects | null,
  thresholds: Thresholds,
): Generator<BaselineComparison> {
  yield compareState(path, 'state', 'live', before.state, now.state);
  yield compareQueues(path, before.queueCount, now.queueCount);
  for (const [name, was] of Object.entries(before.namespaces)) {
    const has = Object.hasOwn(now.namespaces, name);
    const measure = `namespace ${name}`;
    if (!has) yield line(path, measure, 'worse', 'there', 'gone', 'the namespace is not there');
    else yield compareState(path, measure, 'optimized', was, now.namespaces[name] ?? null);
  }
  yield compareReconnects(
    path,
    before.reconnects,
    now.reconnects,
    seen?.get(path) ?? null,
    thresholds.reconnects,
  );
  for (const measure of ['resets', 'commandErrors', 'mediaErrors'] as const) {
    const [was, is] = [before[measure], now[measure]];
    if (was !== null) yield compareCount(path, measure, was, is, thresholds.errors);
  }
}

function compareState(
  path: string,
  measure: string,
  best: string,
  before: string | null,
  now: string | null,
): BaselineComparison {
  if (now === before && now !== null) return line(path, measure, 'same', before, now, 'as it was');
  if (now === best) return line(path, measure, 'better', before, now, `now ${best}`);
  // Without ANA there is no such state, before or now.
  if (now === null && before === null && measure !== 'state')
    return line(path, measure, 'same', null, null, 'there');
  return line(
    path,
    measure,
    'worse',
    before,
    now,
    now === null ? 'not known now' : `was ${before ?? 'not known'}`,
  );
}

function compareQueues(path: string, before: number | null, now: number | null): BaselineComparison {
  const measure = 'queueCount';
  if (before === null) return line(path, measure, 'same', before, now, 'the baseline does not know');
  if (now === null) return line(path, measure, 'worse', before, now, 'not known now');
  if (now < before) return line(path, measure, 'worse', before, now, 'fewer queues came back');
  return line(
    path,
    measure,
    now > before ? 'better' : 'same',
    before,
    now,
    now > before ? 'more' : 'as it was',
  );
}

function compareReconnects(
  path: string,
  before: number | null,
  now: number | null,
  seen: number | null,
  most: number,
): BaselineComparison {
  const measure = 'reconnects';
  if (before !== null) return compareCount(path, measure, before, now, most);
  if (seen !== null) {
    const worse = seen > most;
    return line(
      path,
      measure,
      worse ? 'worse' : 'same',
      null,
      seen,
      `${seen} seen while watching, ${most} allowed`,
    );
  }
  const reason = 'this kernel does not count reconnects, and nobody watched: check with --for';
  return line(path, measure, 'worse', before, now, reason);
}

function compareCount(
  path: string,
  measure: string,
  before: number,
  now: number | null,
  most: number,
): BaselineComparison {
  if (now === null) return line(path, measure, 'worse', before, now, 'not known now');
  if (now < before)
    return line(path, measure, 'worse', before, now, 'it began anew: the path was connected again');
  const more = now - before;
  return line(path, measure, more > most ? 'worse' : 'same', before, now, `${more} more, ${most} allowed`);
}

function line(
  path: string,
  measure: string,
  verdict: BaselineComparison['verdict'],
  before: BaselineComparison['before'],
  now: BaselineComparison['now'],
  reason: string,
): BaselineComparison {
  return { path, measure, verdict, before, now, reason };
}
