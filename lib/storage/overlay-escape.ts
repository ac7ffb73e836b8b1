import { WarmsetError } from '../errors.ts';

/**
 * A path as a value among overlay's mount options: commas part options, colons lower layers, backslashes take their
 * meaning from both (verified with util-linux 2.38 and Linux 6.18). Pure.
 *
 * @throws WarmsetError `WARMSET_STORAGE` for a path with a quotation mark, which begins a quoted value in mount(8) alone
 */
export function escapeLayer(path: string, role: 'lower' | 'upper' | 'work'): string {
  if (/["\n\r\0]/.test(path)) {
    throw new WarmsetError(
      'WARMSET_STORAGE',
      'a quotation mark or line end in the path of a layer can’t be handed to mount',
      {
        subject: path,
        remedy: 'bind-mount the directory at a plainer path, and name that one',
      },
    );
  }
  const escaped = path.replaceAll('\\', '\\\\').replaceAll(',', '\\,');
  return role === 'lower' ? escaped.replaceAll(':', '\\:') : escaped;
}
