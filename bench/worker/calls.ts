import { residency, resolveTargets, warm } from 'warmset';
import { median } from '../statistics.ts';

/** The library's calls, timed inside the process that makes them. */

const REPEATS = 5;
// The peers run at the priority that everybody has.
const NORMAL = { priority: 'normal' } as const;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function firstAndRepeated(work: () => Promise<unknown>): Promise<object> {
  const firstSeconds = await timed(work);
  const repeated: number[] = [];
  for (let time = 0; time < REPEATS; time += 1) repeated.push(await timed(work));
  return { firstSeconds, seconds: median(repeated) };
}

export async function warmCold(targets: readonly string[], touch: boolean): Promise<object> {
  const set = await resolveTargets(targets);
  const before = process.cpuUsage();
  const started = performance.now();
  const { seconds, read } = await warm(set, { ...NORMAL, touch });
  const callSeconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  if (read < set.size) throw new Error(`only ${read} of ${set.size} bytes were read`);
  return { callSeconds, fillSeconds: seconds, cpuSeconds: (user + system) / 1e6 };
}

export async function rewarm(targets: readonly string[]): Promise<object> {
  const set = await resolveTargets(targets);
  return firstAndRepeated(() => warm(set, NORMAL));
}

export async function askResidency(targets: readonly string[]): Promise<object> {
  const set = await resolveTargets(targets);
  return firstAndRepeated(() => residency(set, NORMAL));
}
