import { unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WarmsetError } from '../../errors.ts';
import type { JobOptions } from '../../native/job.ts';
import { elsewhereInWords, findOverlaysOf } from '../elsewhere.ts';
import { exists } from '../tree/exists.ts';
import { keepMtime } from '../tree/keep-mtime.ts';
import { type OverlayMarks, readOverlayMarks, removeMarks } from '../tree/overlay-marks.ts';

export interface PlainUpperOptions extends JobOptions {
  /** Called while the marks still say what was deleted; `isHidden`: whether the lower layer's file of that name was. */
  readonly before?: ((isHidden: (path: string) => boolean) => Promise<void>) | undefined;
}

/**
 * Makes an ordinary directory of an upper layer that is mounted no more: what was deleted is deleted, and nothing of
 * overlayfs is left in it. May be called again on what a crash left.
 *
 * @throws WarmsetError `WARMSET_CHANGE` where data of its files lies in the lower layer only
 */
export async function plainUpper(upper: string, options: PlainUpperOptions): Promise<void> {
  if (!(await exists(upper))) return;
  await refuseMounted(upper);
  const marks = await readOverlayMarks(upper, options);
  refuseBorrowed(upper, marks);
  await options.before?.(hiddenBy(marks));
  for (const { path } of marks.whiteouts) {
    const at = join(upper, path);
    await keepMtime([dirname(at)], () => unlink(at));
  }
  await removeMarks(marks.attributes, exists, options.signal);
}

/** Whether a layer's marks hide what a lower one has at a path. Pure. */
export function hiddenBy({ whiteouts, opaque }: Pick<OverlayMarks, 'whiteouts' | 'opaque'>) {
  const gone = new Set(whiteouts.map((one) => one.path));
  const closed = new Set(opaque);
  return (path: string): boolean => {
    if (gone.has(path) || closed.has('')) return true;
    for (let at = dirname(path); at !== '.'; at = dirname(at)) {
      if (gone.has(at) || closed.has(at)) return true;
    }
    return false;
  };
}

/** Another namespace may have a copy of the mount, which outlives ours. */
async function refuseMounted(upper: string): Promise<void> {
  const users = await findOverlaysOf(upper);
  if (users.length === 0) return;
  throw new WarmsetError(
    'WARMSET_CHANGE',
    `${upper} is still the upper layer of an overlay, seen by ${elsewhereInWords(users)}`,
    { subject: upper, remedy: 'end these processes or unmount it there, then run: warmset storage recover' },
  );
}

function refuseBorrowed(upper: string, { metacopies, redirects }: OverlayMarks): void {
  const [first] = [...metacopies, ...redirects];
  if (first === undefined) return;
  throw new WarmsetError(
    'WARMSET_CHANGE',
    `${join(upper, first)} has its content in the lower layer only: it was mounted with metacopy or redirect_dir`,
    {
      subject: upper,
      remedy: 'mount the overlay again, copy such files and directories within it, then try again',
    },
  );
}
