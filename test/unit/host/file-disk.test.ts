import { expect, test } from 'vitest';
import { findFileDisk } from '../../../lib/host/index.ts';
import { fixtureRoot } from './fixture-root.ts';

const NOWHERE = { major: 0, minor: 99 };

const MOUNTS = `1 0 8:1 / / rw - ext4 /dev/sda1 rw
2 1 8:16 / /base ro - ext4 /dev/sdb ro
3 1 0:40 / /models rw - overlay overlay rw,lowerdir=/base/shared,upperdir=/upper,workdir=/work
4 3 0:41 /part /models/again rw - overlay overlay rw,lowerdir=/models/deep
5 1 0:42 / /pool rw - btrfs /dev/sdb rw
6 1 0:43 / /network rw - nfs server:/export rw
7 1 0:44 / /image rw - overlay overlay rw,lowerdir=l/ABC:/elsewhere
8 1 0:45 / /round rw - overlay overlay rw,lowerdir=/round
`;

const FILES = {
  '/proc/self/mountinfo': MOUNTS,
  '/sys/dev/block/8:1/queue/rotational': '0\n',
  '/sys/dev/block/8:16/queue/rotational': '1\n',
  '/sys/class/block/sdb/dev': '8:16\n',
  '/base/shared/model': 'x',
  '/base/shared/deep/part/model': 'x',
  '/upper/own': 'x',
  '/models/model': 'x',
  '/models/own': 'x',
  '/models/deep/part/model': 'x',
  '/models/again/model': 'x',
  '/pool/model': 'x',
  '/network/model': 'x',
  '/image/model': 'x',
  '/round/model': 'x',
  '/snapshot': { link: 'models/model' },
};

test.for([
  ['/models/model', 'that of the layer that has it', true],
  ['/models/own', 'that of the topmost such layer', false],
  ['/models/again/model', 'found through a bind of a part, and an overlay over an overlay', true],
  ['/snapshot', 'found behind a link', true],
  ['/pool/model', 'that of the source of a filesystem with an anonymous number', true],
  ['/network/model', 'none for a network', null],
  ['/image/model', 'hidden where layers are named relatively', null],
  ['/round/model', 'nowhere for an overlay of itself', null],
  ['/missing', 'nowhere for what is gone', null],
] as const)('%s: the disk is %s', async ([path, , rotational]) => {
  const host = await fixtureRoot(FILES);
  expect((await findFileDisk(path, NOWHERE, host))?.rotational ?? null).toBe(rotational);
});

test('a number of its own is the answer', async () => {
  const host = await fixtureRoot(FILES);
  expect(await findFileDisk('/anything', { major: 8, minor: 16 }, host)).toMatchObject({ rotational: true });
});
