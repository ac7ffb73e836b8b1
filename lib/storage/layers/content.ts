import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { JobOptions } from '../../native/job.ts';
import type { SetAside } from '../steps/set-aside.ts';
import { readOverlayMarks } from '../tree/overlay-marks.ts';
import { walkTree } from '../tree/walk-tree.ts';

/** What lies in a directory that shall become an upper layer. */
export interface Content {
  readonly files: number;
  readonly bytes: number;
  /** Names of files that have several. */
  readonly hardLinks: number;
  /** Sockets, FIFOs and devices. */
  readonly special: number;
  /** Large files that may equal the base's: same name, same size. */
  readonly candidates: SetAside['files'];
  readonly candidateBytes: number;
  /** Names that hide a file of the base which differs, or isn't worth comparing. */
  readonly shadows: readonly string[];
  readonly shadowCount: number;
  /** What an overlay left here earlier; `null`: not known, `trusted.` attributes are told to root only. */
  readonly marks: readonly string[] | null;
  readonly unreadable: number;
  /** Directories whose names will change, and when they were modified. */
  readonly times: readonly { readonly path: string; readonly mtimeNs: bigint }[];
}

export interface ContentOptions extends JobOptions {
  /** Bytes: smaller files stay where they are. */
  readonly least: number;
  /** Below these nothing is compared. */
  readonly locals: readonly string[];
  readonly readMarks: boolean;
}

const MOST_NAMED = 5;

export async function readContent(own: string, base: string, options: ContentOptions): Promise<Content> {
  let [files, bytes, hardLinks, special, candidateBytes, shadowCount, unreadable] = [0, 0, 0, 0, 0, 0, 0];
  const shadows: string[] = [];
  const marks: string[] = [];
  const candidates: SetAside['files'][number][] = [];
  const changing = new Set<string>(options.locals.map((path) => dirname(path)));
  const isLocal = (path: string) => options.locals.some((local) => path.startsWith(`${local}/`));
  const walk = walkTree(own, {
    signal: options.signal,
    onUnreadable: () => {
      unreadable += 1;
    },
  });
  for await (const { kind, at, path, below, size, links, dev, ino, modifiedNs } of walk) {
    if (kind === 'unreadable') unreadable += 1;
    if (kind === 'other') {
      const facts = await lstat(at).catch(() => null);
      if (facts?.isCharacterDevice() && facts.rdev === 0) marks.push(path);
      else special += 1;
    }
    if (kind !== 'file') continue;
    files += 1;
    bytes += size;
    if (links > 1) hardLinks += 1;
    if (typeof below !== 'string' || isLocal(path)) continue;
    const other = await lstat(join(base, path), { bigint: true }).catch(() => null);
    if (other === null) continue;
    if (other.isFile() && other.size === BigInt(size) && links === 1 && size >= options.least) {
      candidates.push({ path, identity: `${dev}:${ino}`, size, mtimeNs: modifiedNs.toString() });
      candidateBytes += size;
      changing.add(dirname(path));
    } else {
      shadowCount += 1;
      if (shadows.length < MOST_NAMED) shadows.push(path);
    }
  }
  return {
    ...{ files, bytes, hardLinks, special, candidates, candidateBytes, shadows, shadowCount, unreadable },
    marks: options.readMarks ? [...marks, ...(await attributesOf(own, options))] : null,
    times: await timesOf(own, changing),
  };
}

async function attributesOf(own: string, options: JobOptions): Promise<readonly string[]> {
  const { attributes } = await readOverlayMarks(own, options);
  return [...new Set([...attributes.values()].flat())];
}

/** Of these directories and those above them, as far as they are there. */
async function timesOf(own: string, paths: ReadonlySet<string>): Promise<Content['times']> {
  const all = new Set<string>();
  for (const path of paths)
    for (let at = path; ; at = dirname(at)) {
      all.add(at);
      if (at === '.') break;
    }
  const times: { path: string; mtimeNs: bigint }[] = [];
  for (const path of all) {
    const facts = await lstat(join(own, path), { bigint: true }).catch(() => null);
    if (facts?.isDirectory()) times.push({ path, mtimeNs: facts.mtimeNs });
  }
  return times;
}
