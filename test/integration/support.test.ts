import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { evict, hold, makePagesResident, oracle, PAGE_SIZE, pageRuns } from '../support/cache.ts';
import {
  bindMount,
  btrfsLoop,
  cachestat,
  capability,
  cc,
  cgroupV1Memory,
  describeWith,
  ext4Loop,
  fuse,
  itWith,
  loopDevices,
  nobody,
  otherNodes,
  otherNodeVersions,
  overlayMount,
  root,
  seccomp,
  skippedTitle,
  tmpfsMount,
  vmtouch,
  xfsLoop,
} from '../support/capabilities.ts';
import { memoryCgroup } from '../support/cgroup.ts';
import { fixture } from '../support/compile.ts';
import { isMounted, mountTable } from '../support/mount-table.ts';
import {
  bindReadOnly,
  type LoopFilesystem,
  type Mount,
  mountLoop,
  mountOverlay,
  mountSlowfs,
  mountTmpfs,
} from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { mulberry32, residencyPatterns } from '../support/pattern.ts';
import { mustRun, NOBODY, run, start } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const MIB = 1 << 20;

async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

/** What became of reading a range in this way: `ok BYTES` or an errno name. */
async function readBy(way: string, file: string, offset: number, length: number): Promise<string> {
  return (await mustRun(fixture('read-by'), [way, file, String(offset), String(length)])).trim();
}

/** Neither gone nor waiting to be reaped by whoever adopted it. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('run', () => {
  it('returns the output and the exit code', async () => {
    const result = await run('sh', ['-c', 'cat; echo "$WORD $PWD" >&2; exit 3'], {
      input: 'from stdin',
      cwd: '/',
      env: { WORD: 'word' },
    });
    expect(result).toEqual({
      code: 3,
      signal: null,
      stdout: 'from stdin',
      stderr: 'word /\n',
      timedOut: false,
    });
  });

  itWith([root, nobody], 'runs as another user without the groups of this one', async () => {
    expect(await mustRun('sh', ['-c', 'id -u; id -g; id -G'], { uid: NOBODY })).toBe('65534\n65534\n65534\n');
  });

  it('ends a program that takes too long, and what that started', async () => {
    const began = performance.now();
    const result = await run('sh', ['-c', 'sleep 60 & echo $!; wait'], { timeoutMs: 200 });
    expect(result).toMatchObject({ code: null, signal: 'SIGTERM', timedOut: true });
    expect(performance.now() - began).toBeLessThan(2_000);
    await expect.poll(() => isRunning(Number(result.stdout)), { timeout: 2_000 }).toBe(false);
  });

  it('ends what a program left running', async () => {
    const result = await run('sh', ['-c', 'sleep 60 & echo $!'], { timeoutMs: 200 });
    expect(result).toMatchObject({ code: 0, timedOut: true });
    await expect.poll(() => isRunning(Number(result.stdout)), { timeout: 2_000 }).toBe(false);
  });

  it('kills a program that ignores SIGTERM', async () => {
    const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')";
    await using running = start(process.execPath, ['--eval', script]);
    await running.saw(/up/);
    await running.stop();
    expect(await running.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it('rejects for a program that is not there', async () => {
    await expect(run('/nonexistent/program', [])).rejects.toThrow(/could not be started/);
    await expect(start('/nonexistent/program', []).saw(/./)).rejects.toThrow(/could not be started/);
  });

  it('says what a program said that ended before it was ready', async () => {
    await using running = start('sh', ['-c', 'echo no reason >&2; exit 4']);
    await expect(running.saw(/ready/)).rejects.toThrow(/ended \(4\)[\s\S]*no reason/);
  });
});

describe('capabilities', () => {
  it('asks the machine once', () => {
    let asked = 0;
    const counted = capability('counted', () => {
      asked++;
      return undefined;
    });
    expect([counted.missing(), counted.missing(), asked]).toEqual([undefined, undefined, 1]);
  });

  it('names what is missing, and only that, in the title', () => {
    const there = capability('there', () => undefined);
    const gone = capability('xfs loop mount', () => 'no mkfs.xfs');
    const broken = capability('broken probe', () => {
      throw new Error('it broke');
    });
    expect(skippedTitle([there], 'works')).toBeUndefined();
    expect(skippedTitle(gone, 'works')).toBe('[skipped: needs xfs loop mount] works');
    expect(skippedTitle([there, gone, broken], 'works')).toBe(
      '[skipped: needs xfs loop mount, broken probe] works',
    );
    expect(broken.missing()).toBe('it broke');
  });

  it('leaves nothing behind', () => {
    for (const probed of [
      ext4Loop,
      xfsLoop,
      btrfsLoop,
      overlayMount,
      tmpfsMount,
      bindMount,
      fuse,
      cgroupV1Memory,
    ]) {
      probed.missing();
    }
    expect(mountTable().filter((entry) => entry.path.includes('warmset-probe'))).toEqual([]);
  });

  itWith(otherNodeVersions, 'finds other Node binaries that run', async () => {
    for (const node of otherNodes()) {
      expect((await mustRun(node.path, ['--print', 'process.versions.node'])).trim()).toBe(node.version);
    }
  });
});

describe('temporary files', () => {
  it('lie on a disk, open to every user, and go', async () => {
    let kept = '';
    {
      await using directory = await temporaryDirectory();
      kept = directory.path;
      expect(statSync(kept).mode & 0o777).toBe(0o755);
      expect(await mustRun('stat', ['--file-system', '--format=%T', kept])).not.toMatch(
        /tmpfs|ramfs|overlay/,
      );
      await writeFile(directory.file('a'), 'a');
    }
    expect(existsSync(kept)).toBe(false);
  });

  it('go when the test fails', async () => {
    let kept = '';
    const failing = async () => {
      await using directory = await temporaryDirectory();
      kept = directory.path;
      throw new Error('as a failing test does');
    };
    await expect(failing()).rejects.toThrow('as a failing test does');
    expect(existsSync(kept)).toBe(false);
  });

  it('depend on their seed alone', async () => {
    await using directory = await temporaryDirectory();
    const sizes = [0, 1, 5 * MIB + 17];
    for (const size of sizes) {
      await writeRandomFile(directory.file('a'), size, 7);
      await writeRandomFile(directory.file('b'), size, 7);
      expect((await stat(directory.file('a'))).size).toBe(size);
      expect(await sha256(directory.file('a'))).toBe(await sha256(directory.file('b')));
    }
    await writeRandomFile(directory.file('c'), 5 * MIB + 17, 8);
    expect(await sha256(directory.file('c'))).not.toBe(await sha256(directory.file('a')));
    // A prefix of one seed is a prefix of the other length.
    await truncate(directory.file('a'), MIB);
    await writeRandomFile(directory.file('b'), MIB, 7);
    expect(await sha256(directory.file('b'))).toBe(await sha256(directory.file('a')));
  });

  itWith([root, bindMount], 'go without taking along what a forgotten mount shows', async () => {
    await using precious = await temporaryDirectory();
    await writeFile(precious.file('model'), 'weights');
    const directory = await temporaryDirectory();
    await mkdir(directory.file('forgotten'));
    await mustRun('mount', ['--bind', precious.path, directory.file('forgotten')]);
    await directory[Symbol.asyncDispose]();
    expect(existsSync(directory.path)).toBe(false);
    expect(await readFile(precious.file('model'), 'utf8')).toBe('weights');
  });
});

describe('patterns', () => {
  it('depend on their seed alone', () => {
    expect(residencyPatterns(100, 3)).toEqual(residencyPatterns(100, 3));
    expect(residencyPatterns(100, 3)).not.toEqual(residencyPatterns(100, 4));
    const random = mulberry32(1);
    // What the reference implementation gives for seed 1.
    expect([random(), random()]).toEqual([0.6270739405881613, 0.002735721180215478]);
  });

  it('are ascending pages within the file, whatever its size', () => {
    for (const pages of [0, 1, 2, 3, 64, 1000]) {
      for (const { resident } of residencyPatterns(pages, pages)) {
        expect(resident).toEqual([...new Set(resident)].sort((a, b) => a - b));
        expect(resident.every((page) => Number.isInteger(page) && page >= 0 && page < pages)).toBe(true);
      }
    }
  });

  it('turn into runs', () => {
    expect(pageRuns([])).toEqual([]);
    expect(pageRuns([9, 3, 1, 2, 2, 7])).toEqual([
      [1, 3],
      [7, 1],
      [9, 1],
    ]);
  });
});

describeWith(cc, 'the oracle', () => {
  it('tells residency page by page', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, 100 * PAGE_SIZE - 5);
    expect(await oracle(file)).toEqual({ pages: 100, resident: 100, runs: [[0, 100]] });
    await makePagesResident(file, [0, 10, 11, 99]);
    expect(await oracle(file)).toEqual({
      pages: 100,
      resident: 4,
      runs: [
        [0, 1],
        [10, 2],
        [99, 1],
      ],
    });
    // A range that only touches the pages 10 and 11.
    expect(await oracle(file, 11 * PAGE_SIZE - 1, 2)).toEqual({ pages: 2, resident: 2, runs: [[10, 2]] });
    expect(await oracle(file, 99 * PAGE_SIZE, 10 * PAGE_SIZE)).toEqual({
      pages: 1,
      resident: 1,
      runs: [[99, 1]],
    });
    expect(await oracle(file, 200 * PAGE_SIZE, 1)).toEqual({ pages: 0, resident: 0, runs: [] });
  });

  it('knows the empty file', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(directory.file('empty'), '');
    expect(await oracle(directory.file('empty'))).toEqual({ pages: 0, resident: 0, runs: [] });
  });

  it('joins runs across its own windows of 262,144 pages', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('sparse');
    await writeFile(file, '');
    await truncate(file, 262_150 * PAGE_SIZE);
    await makePagesResident(file, [262_142, 262_143, 262_144, 262_145]);
    expect((await oracle(file)).runs).toEqual([[262_142, 4]]);
  });

  itWith([root, nobody], 'refuses where mincore would lie', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, 10 * PAGE_SIZE);
    const result = await run(fixture('mincore-oracle'), [file], { uid: NOBODY });
    expect(result).toMatchObject({ code: 3, stdout: '' });
    expect(result.stderr).toMatch(/belongs to someone else/);
  });

  it('rejects for a missing file and for a directory', async () => {
    await expect(oracle('/nonexistent')).rejects.toThrow(/ENOENT/);
    await expect(oracle('/')).rejects.toThrow(/not a regular file/);
  });

  itWith(vmtouch, 'agrees with vmtouch', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    const pages = 301;
    await writeRandomFile(file, pages * PAGE_SIZE - 100);
    for (const { name, resident } of residencyPatterns(pages, 5)) {
      await makePagesResident(file, resident);
      const said = /Resident Pages: (\d+)\/(\d+)/.exec(await mustRun('vmtouch', [file]));
      const { pages: all, resident: some } = await oracle(file);
      expect([said?.[1], said?.[2]], name).toEqual([String(some), String(all)]);
    }
  });
});

interface Place {
  readonly name: string;
  readonly needs: readonly (typeof root)[];
  /** Gives a file of random bytes on that filesystem to `use`. */
  with(bytes: number, use: (file: string, mount: Mount | undefined) => Promise<void>): Promise<void>;
}

function loop(kind: LoopFilesystem, needs: typeof root): Place {
  return {
    name: `${kind} on a loop device`,
    needs: [needs],
    async with(bytes, use) {
      await using mount = await mountLoop(kind);
      await writeRandomFile(mount.file('model'), bytes);
      await use(mount.file('model'), mount);
    },
  };
}

const EVICTABLE: readonly Place[] = [
  {
    name: 'the disk',
    needs: [],
    async with(bytes, use) {
      await using directory = await temporaryDirectory();
      await writeRandomFile(directory.file('model'), bytes);
      await use(directory.file('model'), undefined);
    },
  },
  loop('ext4', ext4Loop),
  loop('xfs', xfsLoop),
  loop('btrfs', btrfsLoop),
  {
    name: 'overlayfs',
    needs: [overlayMount],
    async with(bytes, use) {
      await using directory = await temporaryDirectory();
      await writeRandomFile(directory.file('model'), bytes);
      await using mount = await mountOverlay(directory.path);
      await use(mount.file('model'), mount);
    },
  },
  {
    name: 'FUSE',
    needs: [fuse],
    async with(bytes, use) {
      await using directory = await temporaryDirectory();
      await writeRandomFile(directory.file('model'), bytes);
      await using mount = await mountSlowfs(directory.path);
      await use(mount.file('model'), mount);
    },
  },
];

for (const place of EVICTABLE) {
  describeWith([cc, ...place.needs], `half-resident files on ${place.name}`, () => {
    it('are built exactly as asked for', async () => {
      const pages = 517;
      await place.with(pages * PAGE_SIZE - 1, async (file) => {
        for (const seed of [1, 2]) {
          for (const { name, resident } of residencyPatterns(pages, seed)) {
            await makePagesResident(file, resident);
            const seen = await oracle(file);
            expect(seen.resident, name).toBe(resident.length);
            expect(seen.runs, name).toEqual(pageRuns(resident));
          }
        }
      });
    });

    it('are the same for every later reader that asks nothing', async () => {
      await place.with(64 * PAGE_SIZE, async (file) => {
        await makePagesResident(file, [1, 5]);
        // Opening, mapping and stat bring no page.
        await mustRun('stat', [file]);
        expect((await oracle(file)).runs).toEqual([
          [1, 1],
          [5, 1],
        ]);
        await evict(file);
        expect((await oracle(file)).resident).toBe(0);
      });
    });

    it('become whole again', async () => {
      await place.with(2 * MIB + 5, async (file) => {
        const content = await sha256(file);
        await makePagesResident(file, [3]);
        expect(await readBy('pread', file, 0, 4 * MIB)).toBe(`ok ${2 * MIB + 5}`);
        const seen = await oracle(file);
        expect(seen.resident).toBe(seen.pages);
        expect(await sha256(file)).toBe(content);
      });
    });
  });
}

describeWith(cc, 'eviction', () => {
  itWith(tmpfsMount, 'says that tmpfs keeps its pages', async () => {
    await using mount = await mountTmpfs();
    await writeRandomFile(mount.file('model'), 16 * PAGE_SIZE);
    await expect(evict(mount.file('model'))).rejects.toThrow(/16 of 16 pages survived eviction/);
    await expect(makePagesResident(mount.file('model'), [1])).rejects.toThrow(/survived eviction/);
  });

  it('writes dirty pages back first', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('dirty');
    await writeRandomFile(file, 64 * PAGE_SIZE);
    await appendFile(file, Buffer.alloc(64 * PAGE_SIZE, 1));
    await evict(file);
    expect(await oracle(file)).toEqual({ pages: 128, resident: 0, runs: [] });
  });

  itWith(fuse, 'waits for the reads that are still in flight', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), 32 * PAGE_SIZE);
    await using mount = await mountSlowfs(directory.path, { faults: { delayUs: 300_000 } });
    const file = mount.file('model');
    expect(await readBy('willneed', file, 0, 32 * PAGE_SIZE)).toBe(`ok ${32 * PAGE_SIZE}`);
    // Not up to date yet, so not resident: but on their way.
    expect((await oracle(file)).resident).toBe(0);
    await evict(file);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await oracle(file)).resident).toBe(0);
    expect(mount.stats().bytes).toBe(32 * PAGE_SIZE);
  });

  it.for(['mmap', 'mlock'] as const)("can't take the pages that another process holds by %s", async (how) => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, 64 * PAGE_SIZE);
    await evict(file);
    {
      await using holder = await hold(how, file, 4 * PAGE_SIZE, 8 * PAGE_SIZE);
      expect((await oracle(file)).runs).toEqual([[4, 8]]);
      await expect(evict(file)).rejects.toThrow(/8 of 64 pages survived eviction/);
      expect((await oracle(file)).runs).toEqual([[4, 8]]);
      const locked = /VmLck:\s+(\d+) kB/.exec(await readFile(`/proc/${holder.pid}/status`, 'utf8'))?.[1];
      expect(Number(locked) * 1024).toBe(how === 'mlock' ? 8 * PAGE_SIZE : 0);
    }
    await evict(file);
  });

  it('refuses a list of pages that the file does not have', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), 8 * PAGE_SIZE);
    await expect(makePagesResident(directory.file('model'), [8])).rejects.toThrow(
      /not within the file's 8 pages/,
    );
    for (const list of ['1,', '-1', '3-2', 'one', '1 2', '1,,2']) {
      const result = await run(fixture('make-resident'), [directory.file('model'), list]);
      expect(result.code, list).toBe(2);
    }
  });

  it('refuses to hold what the file does not have', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), 8 * PAGE_SIZE);
    await expect(hold('mmap', directory.file('model'), 0, 9 * PAGE_SIZE)).rejects.toThrow(/has only/);
    await expect(hold('mmap', directory.file('model'), 1, PAGE_SIZE)).rejects.toThrow(/expected a multiple/);
  });
});

describeWith([cc, seccomp], 'denied system calls', () => {
  const CALLS = [
    'faccessat2',
    'fadvise64',
    'fadvise64:4',
    'ioprio_set',
    'madvise',
    'madvise:3',
    'madvise:22',
    'mincore',
    'mlock2',
    'preadv2',
    'readahead',
    'sendfile',
    'setpriority',
  ];

  async function answers(
    rules: readonly string[],
    calls: readonly string[],
  ): Promise<Record<string, string>> {
    const probe = [fixture('try-syscall'), fixture('try-syscall'), ...calls];
    const [command = '', ...args] =
      rules.length === 0 ? probe : [fixture('deny-syscall'), ...rules, '--', ...probe];
    const lines = (await mustRun(command, args)).trim().split('\n');
    return Object.fromEntries(lines.map((line) => line.split('=')));
  }

  it('succeed without the filter', async () => {
    expect(await answers([], CALLS)).toEqual(Object.fromEntries(CALLS.map((call) => [call, 'ok'])));
  });

  it.for(CALLS)('%s alone fails', async (denied) => {
    const seen = await answers([`${denied}=EBADMSG`], CALLS);
    const name = denied.split(':')[0];
    for (const [call, answer] of Object.entries(seen)) {
      // A rule without a value denies every form of the call.
      const hit = call === denied || (denied === name && call.startsWith(`${name}:`));
      expect(answer, call).toBe(hit ? 'EBADMSG' : 'ok');
    }
  });

  itWith(cachestat, 'cachestat fails with the errno asked for', async () => {
    expect(await answers([], ['cachestat'])).toEqual({ cachestat: 'ok' });
    expect(await answers(['cachestat=ENOSYS'], ['cachestat'])).toEqual({ cachestat: 'ENOSYS' });
    expect(await answers(['cachestat=EPERM'], ['cachestat'])).toEqual({ cachestat: 'EPERM' });
    const both = await answers(
      ['cachestat=EOPNOTSUPP', 'mincore=EAGAIN'],
      ['cachestat', 'mincore', 'madvise'],
    );
    expect(both).toEqual({ cachestat: 'EOPNOTSUPP', mincore: 'EAGAIN', madvise: 'ok' });
  });

  it('leave Node working, and its exit code and signals alone', async () => {
    const rules = [
      'cachestat=ENOSYS',
      'faccessat2=ENOSYS',
      'mincore=EPERM',
      'madvise:22=EINVAL',
      'ioprio_set=EPERM',
    ];
    const node = (script: string) =>
      run(fixture('deny-syscall'), [...rules, '--', process.execPath, '--eval', script], {
        timeoutMs: 10_000,
      });
    expect(await node("console.log('up'); process.exitCode = 7")).toMatchObject({ code: 7, stdout: 'up\n' });
    expect(await node("process.kill(process.pid, 'SIGTERM')")).toMatchObject({
      code: null,
      signal: 'SIGTERM',
    });
  });

  it('must be known by name', async () => {
    for (const rule of [
      'cachestats=EPERM',
      'cachestat=EWHAT',
      'cachestat',
      'cachestat:1=EPERM',
      'madvise:x=EPERM',
    ]) {
      const result = await run(fixture('deny-syscall'), [rule, '--', 'true']);
      expect(result.code, rule).toBe(2);
    }
    expect((await run(fixture('deny-syscall'), ['cachestat=EPERM'])).code).toBe(2);
    expect((await run(fixture('deny-syscall'), ['mincore=EPERM', '--', '/nonexistent'])).code).toBe(127);
  });
});

describe('mounts', () => {
  itWith([root, tmpfsMount], 'tmpfs has its size and goes', async () => {
    const mount = await mountTmpfs(8 * MIB);
    await writeFile(mount.file('a'), Buffer.alloc(4 * MIB));
    await expect(writeFile(mount.file('b'), Buffer.alloc(8 * MIB))).rejects.toMatchObject({ code: 'ENOSPC' });
    await mount[Symbol.asyncDispose]();
    expect([isMounted(mount.path), existsSync(mount.path)]).toEqual([false, false]);
    // Twice is fine.
    await mount[Symbol.asyncDispose]();
  });

  itWith([root, tmpfsMount], 'go even while someone is in them', async () => {
    const mount = await mountTmpfs();
    await using squatter = start('sh', ['-c', 'echo in; exec sleep 60'], { cwd: mount.path });
    await squatter.saw(/in/);
    await mount[Symbol.asyncDispose]();
    expect([isMounted(mount.path), existsSync(mount.path)]).toEqual([false, false]);
  });

  itWith([root, bindMount], 'a read-only view refuses writes and shows changes', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(directory.file('model'), 'weights');
    await using mount = await bindReadOnly(directory.path);
    expect(await readFile(mount.file('model'), 'utf8')).toBe('weights');
    await expect(writeFile(mount.file('model'), 'x')).rejects.toMatchObject({ code: 'EROFS' });
    await writeFile(directory.file('later'), 'x');
    expect((await readdir(mount.path)).sort()).toEqual(['later', 'model']);
  });

  itWith([root, overlayMount], 'an overlay keeps its changes apart', async () => {
    await using lower = await temporaryDirectory();
    await writeFile(lower.file('model'), 'weights');
    await writeFile(lower.file('other'), 'weights');
    await using mount = await mountOverlay(lower.path);
    await writeFile(mount.file('model'), 'changed');
    await rm(mount.file('other'));
    expect(await readFile(lower.file('model'), 'utf8')).toBe('weights');
    expect(await readFile(path.join(mount.upper, 'model'), 'utf8')).toBe('changed');
    expect(existsSync(lower.file('other'))).toBe(true);
    expect(mountTable().find((entry) => entry.path === mount.path)?.type).toBe('overlay');
  });

  for (const [kind, needs] of [
    ['ext4', ext4Loop],
    ['xfs', xfsLoop],
    ['btrfs', btrfsLoop],
  ] as const) {
    itWith([root, loopDevices, needs], `${kind} on a loop device frees the device`, async () => {
      const mount = await mountLoop(kind);
      const entry = mountTable().find((candidate) => candidate.path === mount.path);
      expect([entry?.type, entry?.source]).toEqual([kind, mount.device]);
      await writeRandomFile(mount.file('model'), MIB);
      const image = path.join(path.dirname(mount.path), 'image');
      expect(await mustRun('losetup', ['--noheadings', '--output=BACK-FILE', mount.device])).toContain(image);
      // Sparse: it takes what was written and the metadata, not its size.
      const { blocks, size } = await stat(image);
      expect(blocks * 512).toBeLessThan(size / 2);
      await mount[Symbol.asyncDispose]();
      expect(existsSync(image)).toBe(false);
      expect(await mustRun('losetup', ['--all'])).not.toContain(image);
    });
  }

  itWith([root, ext4Loop], 'a loop device caches nothing of its image', async () => {
    await using mount = await mountLoop('ext4', 64 * MIB);
    await writeRandomFile(mount.file('model'), 16 * MIB);
    const image = path.join(path.dirname(mount.path), 'image');
    await evict(mount.file('model'));
    await evict(image);
    await readBy('pread', mount.file('model'), 0, 16 * MIB);
    expect((await oracle(image)).resident).toBe(0);
  });

  itWith([root, ext4Loop], 'that fail leave nothing behind', async () => {
    await expect(mountLoop('xfs', 16 * MIB)).rejects.toThrow(RangeError);
    await expect(mountOverlay('/nonexistent')).rejects.toThrow(/mount/);
    await expect(bindReadOnly('/nonexistent')).rejects.toThrow(/mount/);
    expect(mountTable().filter((entry) => /warmset-(overlay|bind|xfs)-/.test(entry.path))).toEqual([]);
  });
});

describeWith([root, fuse], 'slowfs', () => {
  const SIZE = 8 * MIB;

  it('mirrors a tree, read-only', async () => {
    await using directory = await temporaryDirectory();
    await mkdir(directory.file('sub'));
    await writeRandomFile(directory.file('sub', 'model'), SIZE + 3);
    await mustRun('ln', ['-s', 'sub/model', directory.file('link')]);
    await using mount = await mountSlowfs(directory.path);
    expect((await readdir(mount.path)).sort()).toEqual(['link', 'sub']);
    expect(await sha256(mount.file('link'))).toBe(await sha256(directory.file('sub', 'model')));
    const [here, there] = [
      await stat(mount.file('sub', 'model')),
      await stat(directory.file('sub', 'model')),
    ];
    expect([here.size, here.ino, here.mtimeMs]).toEqual([there.size, there.ino, there.mtimeMs]);
    await expect(writeFile(mount.file('new'), '')).rejects.toMatchObject({ code: 'EROFS' });
    await expect(readFile(mount.file('gone'))).rejects.toMatchObject({ code: 'ENOENT' });
    await writeFile(directory.file('later'), 'x');
    expect(await readFile(mount.file('later'), 'utf8')).toBe('x');
    expect(await mustRun('cat', [mount.file('later')], { uid: NOBODY })).toBe('x');
  });

  it('keeps the page cache across opens, and counts what is asked of it', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), SIZE);
    await using mount = await mountSlowfs(directory.path);
    expect(mount.stats()).toEqual({ reads: 0, bytes: 0 });
    await readBy('pread', mount.file('model'), 0, SIZE);
    const first = mount.stats();
    expect(first.bytes).toBe(SIZE);
    expect((await oracle(mount.file('model'))).resident).toBe(SIZE / PAGE_SIZE);
    await readBy('pread', mount.file('model'), 0, SIZE);
    expect(mount.stats()).toEqual(first);
  });

  it('can lose the page cache at each open, or have none', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), SIZE);
    {
      await using mount = await mountSlowfs(directory.path, { dropOnOpen: true });
      await readBy('pread', mount.file('model'), 0, SIZE);
      expect((await oracle(mount.file('model'))).resident).toBe(0);
    }
    await using mount = await mountSlowfs(directory.path, { directIo: true });
    await readBy('pread', mount.file('model'), 0, SIZE);
    await readBy('pread', mount.file('model'), 0, SIZE);
    expect(mount.stats().bytes).toBe(2 * SIZE);
    expect((await oracle(mount.file('model'))).resident).toBe(0);
  });

  it('is as slow as told, from the next read on', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), SIZE);
    await using mount = await mountSlowfs(directory.path);
    const file = mount.file('model');
    const timed = async (page: number) => {
      const began = performance.now();
      await readBy('pread', file, page * PAGE_SIZE, 1);
      return performance.now() - began;
    };
    await makePagesResident(file, []);
    expect(await timed(0)).toBeLessThan(250);
    await mount.set({ delayUs: 300_000 });
    expect(await timed(1024)).toBeGreaterThanOrEqual(300);
    // What is resident asks the daemon nothing.
    expect(await timed(1024)).toBeLessThan(250);
    await mount.set({});
    expect(await timed(1536)).toBeLessThan(250);
  });

  it.for(['pread', 'sendfile'])('fails %s from the byte on, and not before', async (way) => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), SIZE);
    await using mount = await mountSlowfs(directory.path, { faults: { eioFrom: 4 * MIB } });
    const file = mount.file('model');
    expect(await readBy(way, file, 4 * MIB - PAGE_SIZE, PAGE_SIZE)).toBe(`ok ${PAGE_SIZE}`);
    expect(await readBy(way, file, 0, 4 * MIB)).toBe(`ok ${4 * MIB}`);
    expect(await readBy(way, file, 4 * MIB, 1)).toBe('EIO');
    expect(await readBy(way, file, 7 * MIB, MIB)).toBe('EIO');
    expect((await oracle(file)).runs.every(([first, count]) => (first + count) * PAGE_SIZE <= 4 * MIB)).toBe(
      true,
    );
    // The medium recovers.
    await mount.set({});
    expect(await readBy(way, file, 0, SIZE)).toBe(`ok ${SIZE}`);
  });

  it('fails MADV_POPULATE_READ with EFAULT, and touching by SIGBUS', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), SIZE);
    await using mount = await mountSlowfs(directory.path, { faults: { eioFrom: 4 * MIB } });
    const file = mount.file('model');
    expect(await readBy('populate', file, 0, 4 * MIB)).toBe(`ok ${4 * MIB}`);
    expect(await readBy('populate', file, 4 * MIB, MIB)).toBe('EFAULT');
    expect(await readBy('populate', file, 3 * MIB, 2 * MIB)).toBe('EFAULT');
    const touched = await run(fixture('read-by'), ['touch', file, String(4 * MIB), '1']);
    expect(touched.signal).toBe('SIGBUS');
  });

  it('fails only the paths named', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('a.good'), MIB);
    await writeRandomFile(directory.file('b.bad'), MIB);
    await using mount = await mountSlowfs(directory.path, { faults: { eioPath: '.bad' } });
    expect(await readBy('pread', mount.file('a.good'), 0, MIB)).toBe(`ok ${MIB}`);
    expect(await readBy('pread', mount.file('b.bad'), 0, MIB)).toBe('EIO');
    await mount.set({ eioPath: '.good', eioFrom: MIB / 2 });
    await evict(mount.file('a.good'));
    expect(await readBy('pread', mount.file('a.good'), 0, MIB / 2)).toBe(`ok ${MIB / 2}`);
    expect(await readBy('pread', mount.file('a.good'), 0, MIB)).toBe('EIO');
    expect(await readBy('pread', mount.file('b.bad'), 0, MIB)).toBe(`ok ${MIB}`);
  });

  it('never lets a test pass because its faults were not understood', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), MIB);
    await using mount = await mountSlowfs(directory.path);
    const control = path.join(path.dirname(mount.path), 'control');
    for (const text of ['delay_ms 3\n', 'delay_us -1\n', 'eio_from x\n', 'delay_us 3 4\n']) {
      await writeFile(control, text);
      expect(await readBy('pread', mount.file('model'), 0, 1), text).toBe('EPROTO');
    }
    await rm(control);
    expect(await readBy('pread', mount.file('model'), 0, 1)).toBe('EPROTO');
    await mount.set({});
    expect(await readBy('pread', mount.file('model'), 0, 1)).toBe('ok 1');
  });

  it('goes while a reader hangs in it, and frees the reader', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), MIB);
    const mount = await mountSlowfs(directory.path, { faults: { delayUs: 60_000_000 } });
    await using reader = start(fixture('read-by'), ['pread', mount.file('model'), '0', '1']);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const began = performance.now();
    await mount[Symbol.asyncDispose]();
    expect([isMounted(mount.path), existsSync(mount.path)]).toEqual([false, false]);
    // The daemon is killed at once, not after the two seconds that a polite end may take.
    const { stdout } = await reader.ended;
    expect(stdout.trim()).toMatch(/^E[A-Z]+$/);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('goes after its daemon was killed', async () => {
    await using directory = await temporaryDirectory();
    const mount = await mountSlowfs(directory.path);
    expect(mount.pid).toBeGreaterThan(0);
    process.kill(mount.pid ?? Number.NaN, 'SIGKILL');
    await mount[Symbol.asyncDispose]();
    expect([isMounted(mount.path), existsSync(mount.path)]).toEqual([false, false]);
  });

  itWith(ext4Loop, 'makes a slow block device', async () => {
    await using directory = await temporaryDirectory();
    const image = directory.file('image');
    await writeFile(image, '');
    await truncate(image, 32 * MIB);
    await mustRun('mkfs.ext4', ['-q', image]);
    await using mount = await mountSlowfs(directory.path);
    const device = (
      await mustRun('losetup', ['--find', '--show', '--read-only', mount.file('image')])
    ).trim();
    try {
      await mount.set({ delayUs: 100_000 });
      const began = performance.now();
      await mustRun('dd', [
        `if=${device}`,
        'of=/dev/null',
        'bs=4096',
        'count=1',
        'skip=4096',
        'iflag=direct',
      ]);
      expect(performance.now() - began).toBeGreaterThanOrEqual(100);
    } finally {
      await mount.set({});
      await mustRun('losetup', ['--detach', device]);
    }
  });
});

describeWith([root, cc, cgroupV1Memory], 'memory cgroups', () => {
  it('cap what their members can make resident', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, 96 * MIB);
    await evict(file);
    await using cgroup = await memoryCgroup(32 * MIB);
    expect((await cgroup.run(fixture('read-by'), ['pread', file, '0', String(96 * MIB)])).stdout).toBe(
      `ok ${96 * MIB}\n`,
    );
    const resident = (await oracle(file)).resident * PAGE_SIZE;
    expect(resident).toBeLessThanOrEqual(32 * MIB);
    expect(resident).toBeGreaterThan(8 * MIB);
    expect(await cgroup.usage()).toBeLessThanOrEqual(32 * MIB);
    expect(await cgroup.stat('cache')).toBeGreaterThan(8 * MIB);
    // Outside it the same read takes the whole file in.
    await readBy('pread', file, 0, 96 * MIB);
    expect((await oracle(file)).resident * PAGE_SIZE).toBe(96 * MIB);
  });

  it('go with what runs in them', async () => {
    const cgroup = await memoryCgroup(64 * MIB);
    const member = cgroup.start('sleep', ['60']);
    await expect
      .poll(() => readFile(path.join(cgroup.path, 'cgroup.procs'), 'utf8'), { timeout: 5_000 })
      .toBe(`${member.pid}\n`);
    await cgroup[Symbol.asyncDispose]();
    expect(existsSync(cgroup.path)).toBe(false);
    expect(await member.ended).toMatchObject({ signal: 'SIGKILL' });
    await cgroup[Symbol.asyncDispose]();
  });

  it('hand over the exit code', async () => {
    await using cgroup = await memoryCgroup(64 * MIB);
    const result = await cgroup.run('sh', ['-c', 'cat; exit 5'], { input: 'in' });
    expect(result).toMatchObject({ code: 5, stdout: 'in' });
  });
});

describe('what a test leaves', () => {
  const disposed: string[] = [];

  it('belongs to the test that made it', () => {
    owned({
      [Symbol.asyncDispose]: async () => {
        disposed.push('resource');
      },
    });
    expect(disposed).toEqual([]);
  });

  it('went when that test was over', () => {
    expect(disposed).toEqual(['resource']);
  });

  /** The support files as JavaScript, so that a bare Node process can end in the middle of using them. */
  async function supportFor(directory: string): Promise<void> {
    await writeFile(path.join(directory, 'package.json'), '{ "type": "module" }');
    const sources = fileURLToPath(new URL('../support/', import.meta.url));
    for (const name of await readdir(sources)) {
      const { outputText } = ts.transpileModule(await readFile(path.join(sources, name), 'utf8'), {
        compilerOptions: {
          target: ts.ScriptTarget.ES2022,
          module: ts.ModuleKind.ESNext,
          rewriteRelativeImportExtensions: true,
          verbatimModuleSyntax: true,
        },
      });
      await writeFile(path.join(directory, name.replace(/\.ts$/, '.js')), outputText);
    }
  }

  for (const ending of ['process.exit(0)', "process.kill(process.pid, 'SIGTERM')", 'nowhere.nothing()']) {
    itWith([root, tmpfsMount, cgroupV1Memory], `goes when the process ends by ${ending}`, async () => {
      await using directory = await temporaryDirectory();
      await supportFor(directory.path);
      const script = directory.file('script.js');
      await writeFile(
        script,
        `import { memoryCgroup } from './cgroup.js';
        import { mountTmpfs } from './mounts.js';
        import { start } from './run.js';
        const mount = await mountTmpfs();
        const cgroup = await memoryCgroup(64 << 20);
        const child = start('sleep', ['60']);
        console.log(JSON.stringify([mount.path, cgroup.path, '/proc/' + child.pid]));
        ${ending};
        setInterval(() => {}, 1000);`,
      );
      const result = await run(process.execPath, [script], { timeoutMs: 10_000 });
      const made: unknown = JSON.parse(result.stdout);
      expect(made).toHaveLength(3);
      expect(result.timedOut).toBe(false);
      if (ending.includes('SIGTERM')) expect(result.signal).toBe('SIGTERM');
      for (const left of Array.isArray(made) ? made : []) {
        await expect.poll(() => existsSync(String(left)), { timeout: 2_000 }).toBe(false);
      }
    });
  }
});
