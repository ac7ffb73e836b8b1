import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, chown, link, mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun } from './run.ts';
import { writeRandomFile } from './temp.ts';

/** Everything below a directory as one line a name: kind, owner, mode, size, links, times to the nanosecond, content. */
export function treeOf(root: string): readonly string[] {
  const lines: string[] = [];
  const visit = (at: string): void => {
    const facts = lstatSync(at, { bigint: true });
    const content = facts.isFile()
      ? createHash('sha256').update(readFileSync(at)).digest('hex').slice(0, 16)
      : facts.isSymbolicLink()
        ? readlinkSync(at)
        : '';
    const { mode, uid, gid, nlink, ino, mtimeNs, rdev } = facts;
    const size = facts.isDirectory() ? '' : facts.size;
    const name = path.relative(root, at);
    lines.push([name, mode.toString(8), uid, gid, nlink, ino, rdev, size, mtimeNs, content].join(' '));
    if (facts.isDirectory()) for (const one of readdirSync(at).sort()) visit(path.join(at, one));
  };
  visit(root);
  return lines;
}

/** Only names, for what is expected to change in nothing but one of them. */
export function namesOf(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
}

const WEIGHTS = 'hub/models--org--llama/blobs/w1';

/** A backend's cache: weights, hard and symbolic links, locks, a FIFO, a socket, other owners, old times. */
export async function makeCache(at: string): Promise<void> {
  const file = (name: string): string => path.join(at, name);
  await mkdir(file('hub/models--org--llama/blobs'), { recursive: true });
  await mkdir(file('hub/models--org--llama/snapshots/abc'), { recursive: true });
  await mkdir(file('hub/.locks'));
  await writeRandomFile(file(WEIGHTS), 1 << 20, 1);
  await writeRandomFile(file('hub/models--org--llama/blobs/w2'), 1 << 20, 2);
  await symlink('../../blobs/w1', file('hub/models--org--llama/snapshots/abc/model.safetensors'));
  await writeFile(file('hub/mine'), 'mine');
  await link(file('hub/mine'), file('hub/mine-too'));
  await writeFile(file('hub/.locks/own.lock'), '');
  await mkdir(file('empty'), { mode: 0o750 });
  await mkdir(file('names with spaces, commas:\\and more'));
  await writeFile(file('names with spaces, commas:\\and more/ü'), 'x');
  await mustRun('mkfifo', [file('fifo')]);
  // A socket that nobody listens on any more.
  await mustRun('python3', [
    '-c',
    'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])',
    file('socket'),
  ]);
  await chown(file('hub/mine'), 1234, 4321);
  await chmod(file('hub/mine'), 0o4750);
  await mustRun('touch', [
    '-d',
    '2024-05-06 07:08:09.123456789',
    file('hub/mine'),
    file('hub'),
    file('empty'),
    file('hub/models--org--llama/blobs'),
    at,
  ]);
  await utimes(file(WEIGHTS), 1_700_000_000, 1_700_000_000);
}

/** A shared base: the same weights, others of its own, a seed, locks of somebody else. */
export async function makeBase(at: string): Promise<void> {
  const file = (name: string): string => path.join(at, name);
  await mkdir(file('hub/models--org--llama/blobs'), { recursive: true });
  await mkdir(file('hub/models--org--qwen/blobs'), { recursive: true });
  await mkdir(file('hub/.locks'));
  await mkdir(file('triton/deep'), { recursive: true });
  await writeRandomFile(file(WEIGHTS), 1 << 20, 1);
  // Of the same size, but not the same.
  await writeRandomFile(file('hub/models--org--llama/blobs/w2'), 1 << 20, 3);
  await writeFile(file('hub/models--org--qwen/blobs/q'), 'qwen');
  await writeFile(file('hub/shared.txt'), 'shared');
  await writeFile(file('hub/.locks/base.lock'), '');
  await writeFile(file('triton/deep/kernel'), 'kernel');
}
