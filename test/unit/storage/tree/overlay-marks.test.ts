import { expect, it } from 'vitest';
import { hiddenBy } from '../../../../lib/storage/steps/plain-upper.ts';
import { parseAttributes } from '../../../../lib/storage/tree/overlay-marks.ts';

it('reads what getfattr prints, escaped names included', () => {
  const text = [
    '# file: /up/a b\\012c\\134d\\303\\274',
    'trusted.overlay.opaque=0x79',
    '',
    '# file: /up/e=f',
    'trusted.overlay.metacopy',
    'user.overlay.origin=0x00fb',
    '',
  ].join('\n');
  expect(parseAttributes(text)).toEqual([
    { path: '/up/a b\nc\\dü', name: 'trusted.overlay.opaque', value: '0x79' },
    { path: '/up/e=f', name: 'trusted.overlay.metacopy', value: '' },
    { path: '/up/e=f', name: 'user.overlay.origin', value: '0x00fb' },
  ]);
  expect(parseAttributes('')).toEqual([]);
});

it('knows what whiteouts and opaque directories hide, and what they do not', () => {
  const hidden = hiddenBy({ whiteouts: [{ path: 'a/w', form: 'device' }], opaque: ['o/p'] });
  expect(['a/w', 'a/w/x/y', 'o/p/q', 'o/p/q/r'].map(hidden)).toEqual([true, true, true, true]);
  expect(['a', 'a/wx', 'o/p', 'o/px/q', 'b'].map(hidden)).toEqual([false, false, false, false, false]);
  expect(hiddenBy({ whiteouts: [], opaque: [''] })('anything')).toBe(true);
});
