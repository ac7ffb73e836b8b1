import { lstat } from 'node:fs/promises';
import { runCommand } from '../../change/index.ts';
import { decodeOctal } from '../../host/index.ts';
import type { JobOptions } from '../../native/job.ts';
import { walkTree } from './walk-tree.ts';

/** What overlayfs has left in an upper layer. Paths are relative to it; names that aren't UTF-8 are told by `walkTree` only. */
export interface OverlayMarks {
  /** Names that hide what a lower layer has: character devices 0:0, and empty files with an attribute (6.7). */
  readonly whiteouts: readonly Whiteout[];
  /** Directories that hide all that a lower layer has there. */
  readonly opaque: readonly string[];
  /** Files whose data still lies in a lower layer. */
  readonly metacopies: readonly string[];
  /** Directories that show another one of a lower layer. */
  readonly redirects: readonly string[];
  /** Files and directories that were copied up. */
  readonly origins: readonly string[];
  /** Every attribute of overlayfs, by name, and the absolute paths that have it. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

export interface Whiteout {
  readonly path: string;
  readonly form: 'device' | 'attribute';
}

const PREFIX = /^(trusted|user)\.overlay\./;

/**
 * Reads the marks of an upper layer. `trusted.` attributes are told to CAP_SYS_ADMIN alone.
 *
 * @throws WarmsetError `WARMSET_CHANGE` where getfattr isn't installed: Node reads no attributes itself
 */
export async function readOverlayMarks(upper: string, options: JobOptions = {}): Promise<OverlayMarks> {
  const attributes = parseAttributes(
    await runCommand(
      // One process for the whole tree: a process a file would take minutes.
      ['getfattr', '-R', '-P', '-h', '-d', '-m', PREFIX.source, '-e', 'hex', '--absolute-names', '--', upper],
      { signal: options.signal, timeoutMs: 600_000 },
    ),
  );
  const within = (path: string): string => path.slice(upper.length + 1);
  const withMark = (name: string, value?: RegExp): string[] =>
    attributes
      .filter((one) => one.name.replace(PREFIX, '') === name && (value?.test(one.value) ?? true))
      .map(({ path }) => within(path));
  const byName = new Map<string, string[]>();
  for (const { name, path } of attributes) byName.set(name, [...(byName.get(name) ?? []), path]);
  return {
    whiteouts: [
      ...(await deviceWhiteouts(upper, options)),
      ...withMark('whiteout').map((path): Whiteout => ({ path, form: 'attribute' })),
    ],
    // 'x' only says that the directory holds whiteouts of the other form.
    opaque: withMark('opaque', /^0x79/i),
    metacopies: withMark('metacopy'),
    redirects: withMark('redirect'),
    origins: withMark('origin').filter((path) => path !== ''),
    attributes: byName,
  };
}

async function deviceWhiteouts(upper: string, options: JobOptions): Promise<readonly Whiteout[]> {
  const found: Whiteout[] = [];
  for await (const { kind, at, path } of walkTree(upper, options)) {
    if (kind !== 'other') continue;
    const facts = await lstat(at);
    if (facts.isCharacterDevice() && facts.rdev === 0) found.push({ path, form: 'device' });
  }
  return found;
}

export interface Attribute {
  readonly path: string;
  readonly name: string;
  readonly value: string;
}

/** Pure reading of what `getfattr -d -e hex --absolute-names` prints. */
export function parseAttributes(text: string): readonly Attribute[] {
  const found: Attribute[] = [];
  let path = '';
  for (const line of text.split('\n')) {
    const file = /^# file: (.*)$/.exec(line)?.[1];
    if (file !== undefined) path = decodeOctal(file);
    const [, name, value = ''] = /^([a-z]+\.[^=]+)(?:=(.*))?$/.exec(line) ?? [];
    if (name !== undefined && file === undefined) found.push({ path, name, value });
  }
  return found;
}

const PATHS_AT_ONCE = 200;

/** Takes the marks off what is there still: a plain directory has none. */
export async function removeMarks(
  attributes: OverlayMarks['attributes'],
  exists: (path: string) => Promise<boolean>,
  signal?: AbortSignal,
): Promise<void> {
  for (const [name, all] of attributes) {
    const paths: string[] = [];
    // A name that isn't UTF-8 came garbled: its mark stays, and means nothing outside an overlay.
    for (const path of all) if (!path.includes('\ufffd') && (await exists(path))) paths.push(path);
    for (let at = 0; at < paths.length; at += PATHS_AT_ONCE) {
      const some = paths.slice(at, at + PATHS_AT_ONCE);
      await runCommand(['setfattr', '-h', '-x', name, '--', ...some], { signal });
    }
  }
}
