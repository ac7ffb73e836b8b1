import type { FileFailure } from '../errors.ts';
import type { RawFailure } from '../native/addon-types.ts';
import { isRawFailure, toFileFailure } from '../native/system-error.ts';
import type { WarmFile } from '../targets/index.ts';

/** Why nothing can be said of a file, whatever was asked about it. */
export interface WhyNot {
  readonly code: 'unreadable' | 'replaced';
  readonly message: string;
  readonly remedy: string;
  readonly failure?: FileFailure;
}

/** What is in the way of using an answer about a file, if anything: it couldn't be opened, or another is there. */
export function whyNot(
  found: RawFailure | { readonly dev: bigint; readonly ino: bigint },
  file: WarmFile,
): WhyNot | undefined {
  if (!isRawFailure(found)) return found.dev === file.dev && found.ino === file.ino ? undefined : REPLACED;
  const failure = toFileFailure(found);
  const { code, message, syscall } = failure;
  // It was a regular file once; these say that something else stands there now.
  if (syscall === 'open' && (code === 'EISDIR' || code === 'EINVAL' || code === 'ENXIO')) return REPLACED;
  return {
    code: 'unreadable',
    message: `${code}: ${message}, ${syscall}`,
    remedy: REMEDIES[code] ?? 'See the error code.',
    failure,
  };
}

const REPLACED: WhyNot = {
  code: 'replaced',
  message: 'Another file took its place meanwhile.',
  remedy: 'Resolve the targets again.',
};

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'It was removed meanwhile.',
  ENOTDIR: 'It was removed meanwhile.',
  EACCES: 'Run as a user who may read it.',
  EPERM: 'Run as a user who may read it.',
  EIO: 'The device or mount could not be read; look into the kernel log.',
  ESTALE: 'The network mount lost track of it; mount it again.',
  ENOTCONN: 'The FUSE daemon is gone; mount it again.',
  EMFILE: 'This process may open no more files: raise its limit (ulimit -n).',
  ENFILE: 'The system may open no more files: raise fs.file-max.',
};
