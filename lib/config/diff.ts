import { type Leaf, leavesOf, setLeaves } from './effective.ts';
import { formatValue } from './format.ts';
import { writePath } from './problem.ts';
import type { Config } from './schema.ts';

/**
 * What a new configuration changes, a line a value, for the log of a reload: `sweep.interval: 30s -> 1m`. Sets are
 * told by their names. Empty where nothing changes.
 */
export function diffConfigs(before: Config, after: Config): string[] {
  return [
    ...diffLeaves(
      leavesOf(before).filter(({ keys }) => keys[0] !== 'sets'),
      leavesOf(after).filter(({ keys }) => keys[0] !== 'sets'),
    ),
    ...diffSets(before, after),
  ];
}

function diffSets(before: Config, after: Config): string[] {
  const [old, now] = [before.sets.map(({ name }) => name), after.sets.map(({ name }) => name)];
  const stay = now.filter((name) => old.includes(name));
  const moved = stay.join() !== old.filter((name) => now.includes(name)).join();
  return [
    ...old.filter((name) => !now.includes(name)).map((name) => `sets.${name}: removed`),
    ...now
      .filter((name) => !old.includes(name))
      .map((name) => {
        const { targets = [] } = after.sets[now.indexOf(name)] ?? {};
        return `sets.${name}: added, with targets ${formatValue('list', targets)}`;
      }),
    // Among equals the first is filled first.
    ...(moved ? [`sets: the order is now ${now.join(', ')}`] : []),
    ...stay.flatMap((name) =>
      diffLeaves(
        named(setLeaves(before, old.indexOf(name)), name),
        named(setLeaves(after, now.indexOf(name)), name),
      ),
    ),
  ];
}

function named(leaves: readonly Leaf[], name: string): Leaf[] {
  return leaves.map((leaf) => ({ ...leaf, keys: ['sets', name, ...leaf.keys.slice(2)] }));
}

function diffLeaves(before: readonly Leaf[], after: readonly Leaf[]): string[] {
  const [old, now] = [texts(before), texts(after)];
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((path) => {
    const [was, is] = [old.get(path) ?? 'not set', now.get(path) ?? 'not set'];
    return was === is ? [] : [`${path}: ${was} -> ${is}`];
  });
}

function texts(leaves: readonly Leaf[]): Map<string, string> {
  return new Map(
    leaves
      .filter(({ value }) => value !== undefined)
      .map(({ keys, kind, value }) => [writePath(keys), formatValue(kind, value)]),
  );
}
