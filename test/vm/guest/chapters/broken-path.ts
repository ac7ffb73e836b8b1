import assert from 'node:assert/strict';
import { HostGuard, warm } from '../../../../lib/fill/index.ts';
import type { Verdict } from '../../../../lib/guard/index.ts';
import { resolveTargets } from '../../../../lib/targets/index.ts';
import { check, until } from '../checks.ts';
import type { InspectDocument, StatusDocument, WarmDocument } from '../documents.ts';
import { controllerStates } from '../initiator.ts';
import { MODEL } from '../places.ts';
import { warmset } from '../programs.ts';
import { breakPath, restorePath } from '../target.ts';
import { evictAll, through } from './residency.ts';

const MIB = 2 ** 20;

export async function breakPaths(): Promise<void> {
  await check('with one of two paths broken a warm is complete all the same', async () => {
    await evictAll();
    await breakPath('4421');
    await until('states', controllerStates, (states) => states['4421'] === 'connecting');
    const warmed = await warmset<WarmDocument>('warm', ...through);
    assert.equal(warmed.residentNow, warmed.asked);
    assert.ok(warmed.files.every(({ error }) => error === null));
    return undefined;
  });
  await check('storage inspect says which path is broken', async () => {
    const [inspected] = (await warmset<InspectDocument>('storage', 'inspect', MODEL)).paths;
    const paths = inspected?.devices.flatMap(({ nvme }) => nvme?.paths ?? []) ?? [];
    const told = paths.map(({ address, state }) => `${/trsvcid=(\d+)/.exec(address ?? '')?.[1]} ${state}`);
    assert.ok(told.includes('4420 live') && told.includes('4421 connecting'), told.join(', '));
    return inspected?.findings.map(({ message }) => message).find((message) => /connecting/.test(message));
  });
  await check('with both broken a fill waits, can be left, and neither is anything lost', loseAndLeave);
  await check('once the target is back both controllers are live, and a warm is complete', async () => {
    await restorePath('4420');
    await restorePath('4421');
    await until('states', controllerStates, (states) =>
      Object.values(states).every((state) => state === 'live'),
    );
    const warmed = await warmset<WarmDocument>('warm', ...through);
    assert.equal(warmed.residentNow, warmed.asked);
    const { total } = await warmset<StatusDocument>('status', ...through);
    assert.equal(total.residentBytes, total.size);
    return undefined;
  });
}

async function loseAndLeave(): Promise<string> {
  await evictAll();
  const seen: Verdict[] = [];
  const guard = new HostGuard({ onVerdict: (verdict) => void seen.push(verdict) });
  const stop = new AbortController();
  const reached = { bytes: 0 };
  const filling = warm(await resolveTargets(through), {
    guard,
    rate: 2 * MIB,
    signal: stop.signal,
    onProgress: ({ read }) => {
      reached.bytes = read;
    },
  });
  await until(
    'bytes read',
    () => reached.bytes,
    (bytes) => bytes > MIB,
  );
  await breakPath('4420');
  await until('states', controllerStates, (states) => states['4420'] === 'connecting');
  const before = seen.length;
  await new Promise((resolve) => setTimeout(resolve, 4000));
  const after = seen.slice(before).map((verdict) => verdict.action);
  const started = performance.now();
  stop.abort();
  const result = await filling;
  const took = (performance.now() - started) / 1000;
  assert.equal(result.stopped?.reason, 'aborted');
  assert.ok(result.read < result.asked);
  return `left after ${took.toFixed(1)} s; verdicts meanwhile: ${[...new Set(after)].join(', ') || 'none'}; last ${JSON.stringify(seen.at(-1))}`;
}
