import fc from 'fast-check';
import { expect, it } from 'vitest';
import { overlayLayers } from '../../../../lib/host/overlay-layers.ts';
import { localName } from '../../../../lib/storage/layers/find-places.ts';
import { judgeRights } from '../../../../lib/storage/mount-rights.ts';
import { judgeFeatures, mountOptions } from '../../../../lib/storage/overlay/options.ts';
import { escapeLayer } from '../../../../lib/storage/overlay-escape.ts';

const ROOT = { uid: 0, admin: true, uidMap: '         0          0 4294967295', label: '' };
const FEATURES = { index: 'off', xino: 'auto', volatile: false } as const;

it('says why a mount isn’t possible, not only that it isn’t', () => {
  expect(judgeRights(ROOT).allowed).toBe(true);
  expect(judgeRights({ ...ROOT, uidMap: '0 1000 1' })).toMatchObject({
    allowed: false,
    why: expect.stringContaining('user namespace'),
  });
  expect(judgeRights({ ...ROOT, admin: false, label: 'docker-default (enforce)' })).toMatchObject({
    allowed: false,
    why: expect.stringMatching(/without CAP_SYS_ADMIN.*docker-default/),
  });
  expect(judgeRights({ ...ROOT, uid: 1000, admin: false })).toMatchObject({
    why: expect.stringContaining('user 1000'),
  });
  expect(judgeRights({ ...ROOT, uid: 1000, admin: null }).allowed).toBe(false);
});

it('escapes any path so that it is read back from the options as it was', () => {
  const path = fc.string({ unit: fc.constantFrom(...'ab/:,\\ ü%='), minLength: 1 }).map((text) => `/${text}`);
  fc.assert(
    fc.property(path, path, (lower, upper) => {
      const options = mountOptions({ lower, upper, work: '/w' }, FEATURES);
      // As the kernel parts them: at commas that no backslash stands before.
      const parted = options.join(',').match(/(?:\\.|[^,\\])+/gs) ?? [];
      expect(parted).toEqual(options);
      const layers = overlayLayers(parted);
      expect(layers.find(({ role }) => role === 'lower')?.path).toBe(lower);
      expect(layers.find(({ role }) => role === 'upper')?.path).toBe(upper);
    }),
  );
});

it('refuses what mount can’t be told, and says each risk', () => {
  expect(() => escapeLayer('/a"b', 'upper')).toThrow(expect.objectContaining({ code: 'WARMSET_STORAGE' }));
  expect(judgeFeatures(FEATURES).every(({ verdict }) => verdict === 'ok')).toBe(true);
  const risky = judgeFeatures({ index: 'on', xino: 'off', volatile: true }).filter(
    ({ verdict }) => verdict === 'warn',
  );
  expect(risky.map(({ code }) => code)).toEqual(['index', 'xino', 'volatile']);
  expect(mountOptions({ lower: '/l', upper: '/u', work: '/w' }, { ...FEATURES, volatile: true })).toContain(
    'volatile',
  );
});

it('gives every path a name of its own', () => {
  const path = fc.string({ unit: fc.constantFrom(...'a%2F/.'), minLength: 1 });
  fc.assert(
    fc.property(path, path, (a, b) => {
      expect(localName(a)).not.toContain('/');
      if (a !== b) expect(localName(a)).not.toBe(localName(b));
    }),
  );
});
