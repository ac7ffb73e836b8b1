import assert from 'node:assert/strict';
import { check, until } from '../checks.ts';
import { controllerStates, diskOf } from '../initiator.ts';
import { warmset } from '../programs.ts';
import { ADDRESS, exportModels, NQN, SERVICES } from '../target.ts';

interface Connected {
  readonly applied: boolean;
  readonly controllers?: readonly string[];
}

const connection = (service: string): string[] => {
  const where = ['--transport', 'tcp', '--address', ADDRESS, '--service', service, '--nqn', NQN];
  return ['nvmeof', 'connect', ...where, '--keep-alive', '5', '--reconnect-delay', '2', '--io-queues', '1'];
};

/** @returns the namespace's disk */
export async function connectPaths(): Promise<string> {
  await check('a target in this machine exports the disk with the models', async () => {
    await exportModels();
    return undefined;
  });
  await check('nvmeof connect without --apply changes nothing', async () => {
    const { applied } = await warmset<Connected>(...connection(SERVICES[0]));
    assert.equal(applied, false);
    assert.deepEqual(await controllerStates(), {});
    return undefined;
  });
  await check('nvmeof connect --apply connects both paths', async () => {
    for (const service of SERVICES) {
      const { applied, controllers } = await warmset<Connected>(...connection(service), '--apply');
      assert.equal(applied, true);
      assert.equal(controllers?.length, 1);
    }
    assert.deepEqual(await controllerStates(), { 4420: 'live', 4421: 'live' });
    return undefined;
  });
  const disk = await until(
    'disk of the subsystem',
    () => diskOf(NQN),
    (found) => found !== null,
    10_000,
  );
  if (disk === null) throw new Error(`${NQN} has no disk`);
  return disk;
}
