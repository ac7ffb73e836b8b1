import { WarmsetError } from '../errors.ts';
import type { TargetFailure } from '../targets/index.ts';
import { systemText } from './render/system-text.ts';

/** A failed target as an error that begins with its name: `/m/x: no such file or directory (ENOENT)`. */
export function describeFailure({ path, code, message, remedy }: TargetFailure): WarmsetError {
  const text = message.startsWith(`${code}: `) ? systemText(code) : undefined;
  const what = text === undefined ? message : `${path}: ${text} (${code})`;
  return new WarmsetError('WARMSET_BAD_TARGET', what, { remedy, subject: path });
}
