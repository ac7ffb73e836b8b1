import { chmod, chown } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePagesResident, PAGE_SIZE } from '../support/cache.ts';
import {
  cachestat,
  describeWith,
  idmappedMount,
  itWith,
  nobody,
  overlayMount,
  root,
  seccomp,
  userNamespace,
} from '../support/capabilities.ts';
import { type LibraryChild, type LibraryChildOptions, libraryChild } from '../support/library-child.ts';
import { type Measured, measuredIn } from '../support/measured.ts';
import { bindReadOnly, mountIdmapped, mountOverlay } from '../support/mounts.ts';
import { NOBODY } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const PAGES = 100;
const RESIDENT = [0, 3, 10, 11, 12, 50, 99];
const RIGHT = { state: 'known', pages: PAGES, residentPages: RESIDENT.length };
const SANDBOXES: readonly (readonly string[])[] = [[], ['cachestat=ENOSYS'], ['cachestat=EPERM']];

function expectNoNumber(answer: Measured): void {
  expect(answer).toMatchObject({ state: 'unknown', reason: { code: 'not-permitted' } });
  expect(answer.reason?.remedy).toMatch(/owner|root|CAP_FOWNER/);
  expect(answer).not.toHaveProperty('residentPages');
  expect(answer).not.toHaveProperty('residentBytes');
  expect(answer).not.toHaveProperty('pageMap');
}

// Who may not know is told by the kernel that every page is resident. No one here may ever repeat that.
describe.each(SANDBOXES.map((deny) => [deny.join() || 'cachestat', deny] as const))('with %s', (_, deny) => {
  describeWith([root, nobody, cachestat, seccomp], 'of a partly resident file', () => {
    let directory: TemporaryDirectory;
    let stranger: LibraryChild;
    const file = () => directory.file('model');
    const ask = async (options: LibraryChildOptions, path = file()): Promise<Measured> => {
      await using child = await libraryChild({ deny, ...options });
      return await measuredIn(child, path, { map: 16 });
    };
    beforeAll(async () => {
      directory = await temporaryDirectory('rights');
      stranger = await libraryChild({ deny, uid: NOBODY });
    });
    afterAll(async () => {
      await stranger[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    });
    const prepare = async (owner: number, mode: number) => {
      await writeRandomFile(file(), PAGES * PAGE_SIZE);
      await chown(file(), owner, owner);
      await chmod(file(), mode);
      await makePagesResident(file(), RESIDENT);
    };

    it('a stranger learns nothing, and what to do', async () => {
      await prepare(0, 0o644);
      expectNoNumber(await measuredIn(stranger, file()));
      const report = await stranger.call(
        'return (await warmset.residency(await warmset.resolveTargets([args]))).total',
        file(),
      );
      expect(report).toMatchObject({ unknownFiles: 1, residentBytes: 0, cacheHitRatio: null });
    });

    it('the owner, and who may write, and root know', async () => {
      await prepare(NOBODY, 0o444);
      expect(await measuredIn(stranger, file())).toMatchObject(RIGHT);
      expect(await ask({})).toMatchObject(RIGHT);
      await prepare(0, 0o646);
      expect(await measuredIn(stranger, file())).toMatchObject(RIGHT);
      await prepare(NOBODY, 0o000);
      expect(await measuredIn(stranger, file())).toMatchObject({ reason: { code: 'unreadable' } });
      expect(await ask({})).toMatchObject(RIGHT);
    });

    it('CAP_FOWNER is enough, and root without it is a stranger', async () => {
      await prepare(1000, 0o644);
      const without = ['setpriv', '--bounding-set=-fowner,-dac_override', '--inh-caps=-all', '--'];
      const only = ['setpriv', `--reuid=${NOBODY}`, '--clear-groups'];
      const withIt = [...only, '--inh-caps=+fowner', '--ambient-caps=+fowner', '--'];
      expectNoNumber(await ask({ wrap: without }));
      expect(await ask({ wrap: withIt })).toMatchObject(RIGHT);
    });

    it('a read-only mount never makes a number up', async () => {
      await prepare(0, 0o646);
      await using mount = await bindReadOnly(directory.path);
      const answer = await measuredIn(stranger, mount.file('model'));
      if (answer.state === 'known') expect(answer).toMatchObject(RIGHT);
      await prepare(NOBODY, 0o644);
      expect(await measuredIn(stranger, mount.file('model'))).toMatchObject(RIGHT);
    });

    itWith(userNamespace, 'root of a user namespace owns only what is mapped into it', async () => {
      const wrap = ['unshare', '--user', '--map-root-user'];
      await using inside = await libraryChild({ deny, uid: NOBODY, wrap });
      await prepare(0, 0o644);
      expectNoNumber(await measuredIn(inside, file()));
      await prepare(1000, 0o644);
      expectNoNumber(await measuredIn(inside, file()));
      await prepare(NOBODY, 0o644);
      expect(await measuredIn(inside, file())).toMatchObject(RIGHT);
      await prepare(0, 0o646);
      expect(await measuredIn(inside, file())).toMatchObject(RIGHT);
    });

    itWith(overlayMount, 'on overlayfs a stranger learns nothing, the owner and root do', async () => {
      await prepare(0, 0o644);
      await using mount = await mountOverlay(directory.path);
      expectNoNumber(await measuredIn(stranger, mount.file('model')));
      expect(await ask({}, mount.file('model'))).toMatchObject(RIGHT);
      await prepare(0, 0o646);
      const answer = await measuredIn(stranger, mount.file('model'));
      if (answer.state === 'known') expect(answer).toMatchObject(RIGHT);
    });

    // Podman's default: chown changes the metadata above, and the pages stay those of another user's file below.
    itWith(overlayMount, 'on overlayfs with metacopy the owner above may be a stranger below', async () => {
      await prepare(0, 0o644);
      await using mount = await mountOverlay(directory.path, ['metacopy=on']);
      await chown(mount.file('model'), NOBODY, NOBODY);
      await makePagesResident(file(), RESIDENT);
      expectNoNumber(await measuredIn(stranger, mount.file('model')));
      expect(await ask({}, mount.file('model'))).toMatchObject(RIGHT);
    });

    itWith(
      idmappedMount,
      'on an idmapped mount without a number for the owner even root learns nothing',
      async () => {
        await prepare(0, 0o644);
        {
          await using mount = await mountIdmapped(directory.path, { inside: 1000, outside: 2000, count: 1 });
          expectNoNumber(await ask({}, mount.file('model')));
          expectNoNumber(await measuredIn(stranger, mount.file('model')));
        }
        await using mount = await mountIdmapped(directory.path, { inside: 0, outside: NOBODY, count: 1 });
        expect(await measuredIn(stranger, mount.file('model'))).toMatchObject(RIGHT);
        expect(await ask({}, mount.file('model'))).toMatchObject(RIGHT);
      },
    );
  });
});
