import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NvmeofController, NvmeofStatus } from '../../../../lib/storage/nvmeof/index.ts';
import { Transitions } from '../../../../lib/storage/nvmeof/watch/transitions.ts';
import { CONTROLLER } from './requests.ts';

function status(...controllers: readonly NvmeofController[]): NvmeofStatus {
  const subsystem = {
    name: 'nvme-subsys1',
    nqn: null,
    ioPolicy: null,
    model: null,
    serial: null,
    controllers,
  };
  return { canConnect: true, ioTimeoutSeconds: null, nativeMultipath: true, subsystems: [subsystem] };
}

const inState = (state: string | null): NvmeofStatus => status({ ...CONTROLLER, state });
const counting = (reconnects: number): NvmeofStatus =>
  status({ ...CONTROLLER, counters: { ...CONTROLLER.counters, reconnects } });

function watch(...looks: readonly NvmeofStatus[]): Transitions {
  const seen = new Transitions();
  looks.forEach((look, at) => void seen.observe(look, at));
  return seen;
}

test('a connection that comes back is a reconnect, one that stays away is none', () => {
  const back = watch(inState('live'), inState('resetting'), inState('connecting'), inState('live'));
  expect(back.paths()).toMatchObject([{ controller: 'nvme1', reconnects: 1, source: 'seen' }]);
  expect(watch(inState('live'), inState('connecting')).paths()[0]?.reconnects).toBe(0);
  expect(watch(inState('live'), inState('live')).paths()[0]?.reconnects).toBe(0);
  expect(watch(inState('connecting'), inState('live')).paths()[0]?.reconnects).toBe(1);
});

test('a controller that was given up and connected anew under another number is the same path', () => {
  const seen = new Transitions();
  expect(seen.observe(inState('live'), 0)).toEqual([]);
  expect(seen.observe(status(), 1)).toMatchObject([{ controller: 'nvme1', from: 'live', to: null, atMs: 1 }]);
  expect(seen.observe(status(), 2)).toEqual([]);
  const again = status({ ...CONTROLLER, name: 'nvme5' });
  expect(seen.observe(again, 3)).toMatchObject([{ controller: 'nvme5', from: null, to: 'live' }]);
  expect(seen.paths()).toMatchObject([{ controller: 'nvme5', reconnects: 1 }]);
});

test('one that comes first later is told, and is no reconnect', () => {
  const seen = watch(status({ ...CONTROLLER, name: 'nvme0', service: '1' }));
  const both = status({ ...CONTROLLER, name: 'nvme0', service: '1' }, CONTROLLER);
  expect(seen.observe(both, 1)).toMatchObject([{ controller: 'nvme1', from: null, to: 'live' }]);
  expect(seen.paths().map(({ reconnects }) => reconnects)).toEqual([0, 0]);
});

test('where the kernel counts, its count is taken: states that were too short to be seen are in it', () => {
  const seen = watch(counting(4), counting(4), counting(6));
  expect(seen.paths()).toMatchObject([{ reconnects: 2, source: 'kernel' }]);
  seen.observe(counting(1), 9);
  expect(seen.paths()[0]?.reconnects).toBe(3);
});

test('reconnects never go down, and are never more than the times it became live', () => {
  const states = fc.array(fc.constantFrom('live', 'connecting', 'resetting', 'new', 'dead', null), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(states, (words) => {
      const seen = new Transitions();
      let before = 0;
      words.forEach((state, at) => {
        seen.observe(inState(state), at);
        const now = seen.paths()[0]?.reconnects ?? 0;
        expect(now).toBeGreaterThanOrEqual(before);
        before = now;
      });
      expect(before).toBeLessThanOrEqual(words.filter((word, at) => word === 'live' && at > 0).length);
    }),
  );
});
