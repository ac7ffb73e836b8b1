import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { HostGuard, warm } from '../../../../lib/fill/index.ts';
import { resolveTargets } from '../../../../lib/targets/index.ts';
import { check, until } from '../checks.ts';
import type { InspectDocument, NvmeofDocument, StatusDocument, WarmDocument } from '../documents.ts';
import { controllerStates } from '../initiator.ts';
import { MODEL } from '../places.ts';
import { warmset } from '../programs.ts';
import { breakPath, NQN, restorePath } from '../target.ts';
import { evictAll, through } from './residency.ts';

const MIB = 2 ** 20;

export async function breakPaths(): Promise<void> {
  await check('with one of two paths broken a warm is complete all the same', async () => {
    await evictAll();
    await breakPath('4421');
    await until('states', controllerStates, (states) => states['4421'] === 'connecting');
    const { asked, read, residentNow, lost, unverifiedFiles, stopped, files } = await warmset<WarmDocument>(
      'warm',
      ...through,
    );
    const errors = files.flatMap(({ error }) => error ?? []);
    assert.deepEqual(
      { residentNow, lost, unverifiedFiles, stopped, errors },
      { residentNow: asked, lost: 0, unverifiedFiles: 0, stopped: null, errors: [] },
    );
    return `read ${read} bytes`;
  });
  await check('nvmeof status says which connection is broken, and that it reconnects', async () => {
    const { subsystems } = await warmset<NvmeofDocument>('nvmeof', 'status');
    const [ours] = subsystems.filter(({ nqn }) => nqn === NQN);
    const told = ours?.controllers.map(({ service, state, live, reconnectDelaySeconds }) => [
      service,
      state,
      live,
      reconnectDelaySeconds,
    ]);
    assert.deepEqual(told?.sort(), [
      ['4420', 'live', true, 2],
      ['4421', 'connecting', false, 2],
    ]);
    return undefined;
  });
  await check('storage inspect says which path is broken', async () => {
    const [inspected] = (await warmset<InspectDocument>('storage', 'inspect', MODEL)).paths;
    const paths = inspected?.devices.flatMap(({ nvme }) => nvme?.paths ?? []) ?? [];
    const told = paths.map(({ address, state }) => `${/trsvcid=(\d+)/.exec(address ?? '')?.[1]} ${state}`);
    assert.ok(told.includes('4420 live') && told.includes('4421 connecting'), told.join(', '));
    return inspected?.findings.map(({ message }) => message).find((message) => /connecting/.test(message));
  });
  await check(
    'with both broken a fill stands still, the guard says slow, and it goes on where it was',
    loseAndFind,
  );
  await check('once the target is back both controllers are live, and a warm is complete', async () => {
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

/** The kernel holds reads back until a path is there again, or it gives the controllers up after ten minutes. */
async function loseAndFind(): Promise<string> {
  await evictAll();
  const stop = new AbortController();
  let reached = 0;
  const guard = new HostGuard();
  const filling = warm(await resolveTargets(through), {
    guard,
    rate: 2 * MIB,
    signal: stop.signal,
    onProgress: ({ read }) => {
      reached = read;
    },
  });
  await until(
    'bytes read',
    () => reached,
    (bytes) => bytes > MIB,
  );
  await breakPath('4420');
  await until('states', controllerStates, ({ 4420: first, 4421: second }) =>
    [first, second].every((state) => state === 'connecting'),
  );
  // It says so while nothing is answered, not when something is again.
  await until(
    'verdict',
    () => guard.verdict.action,
    (action) => action !== 'go',
  );
  // What is in flight now may still come; behind that nothing does.
  await setTimeout(1500);
  const before = reached;
  await setTimeout(3000);
  assert.equal(reached, before);
  await restorePath('4420');
  await until(
    'bytes read',
    () => reached,
    (bytes) => bytes > before + MIB,
  );
  stop.abort();
  const { files, lost, residentNow, stopped } = await filling;
  assert.equal(stopped?.reason, 'aborted');
  assert.ok(files.every(({ failure }) => failure === null));
  assert.equal(lost, 0);
  assert.ok(residentNow >= reached);
  return `stood at ${before} bytes, and went on`;
}
