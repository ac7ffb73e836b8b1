import { expect, test } from 'vitest';
import { type ProbeReadsOptions, probeOpenMmap, probeReads } from '../../../lib/probe/index.ts';

const hostile: readonly (readonly [string, unknown])[] = [
  ['count', 0],
  ['count', 65_537],
  ['count', 1.5],
  ['count', Number.NaN],
  ['blockBytes', 0],
  ['blockBytes', 4097],
  ['blockBytes', 2 ** 21],
  ['spacingMs', -1],
  ['spacingMs', Number.POSITIVE_INFINITY],
  ['seed', -1],
  ['seed', 2 ** 32],
  ['way', 'mmap'],
];

test.each(hostile)('%s %j is refused before anything is read', async (name, value) => {
  const options = { [name]: value } as ProbeReadsOptions;
  await expect(probeReads([], options)).rejects.toMatchObject({
    code: 'WARMSET_BAD_ARGUMENT',
    subject: name,
  });
});

test.each([{ files: 0 }, { places: 0 }, { places: 70_000 }, { seed: 0.5 }])(
  '%j is refused',
  async (options) => {
    await expect(probeOpenMmap({ files: [] }, options)).rejects.toMatchObject({
      code: 'WARMSET_BAD_ARGUMENT',
      subject: Object.keys(options)[0],
    });
  },
);

test('of no files nothing is known', async () => {
  expect(await probeReads([])).toEqual({ samples: [], latency: null, addedPages: 0 });
  expect(await probeOpenMmap({ files: [] })).toMatchObject({
    open: null,
    mmap: null,
    firstTouch: { cold: null, warm: null, unknown: null },
    broughtPages: 0,
  });
});

test('an aborted probe rejects with the reason', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(probeReads([], { signal })).rejects.toThrow('enough');
  const file = { path: '/nowhere', dev: 1n, ino: 1n, size: 4096 };
  await expect(probeOpenMmap({ files: [file] }, { signal })).rejects.toThrow('enough');
});
