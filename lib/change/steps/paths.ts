import { lstat } from 'node:fs/promises';
import { isAbsolute, normalize } from 'node:path';
import { z } from 'zod';
import { isSystemError } from '../../errors.ts';

/** A path in a journal: absolute and plain, so that it means the same whoever reads it from wherever. */
export const PATH = z
  .string()
  .max(4095)
  .refine((path) => isAbsolute(path) && normalize(path) === path && !path.includes('\0'), 'an absolute path');

/** What a path names, links not followed; `null` where there is nothing. */
export async function look(
  path: string,
): Promise<{ readonly identity: string; readonly kind: FileKind } | null> {
  try {
    const facts = await lstat(path, { bigint: true });
    const kind = facts.isDirectory()
      ? 'directory'
      : facts.isSymbolicLink()
        ? 'link'
        : facts.isFile()
          ? 'file'
          : 'other';
    return { identity: `${facts.dev}:${facts.ino}`, kind };
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  }
}

export type FileKind = 'directory' | 'link' | 'file' | 'other';
