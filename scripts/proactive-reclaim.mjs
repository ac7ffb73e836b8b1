import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const KDAMONDS = '/sys/kernel/mm/damon/admin/kdamonds';

/** Whether this kernel takes cold pages away although there is memory: DAMON with a `pageout` scheme. */
export function takesColdPages() {
  if (!existsSync(KDAMONDS)) return false;
  return numbered(KDAMONDS).some(
    (kdamond) =>
      readFileSync(path.join(kdamond, 'state'), 'utf8').trim() === 'on' &&
      numbered(path.join(kdamond, 'contexts')).some((context) =>
        numbered(path.join(context, 'schemes')).some(
          (scheme) => readFileSync(path.join(scheme, 'action'), 'utf8').trim() === 'pageout',
        ),
      ),
  );
}

function numbered(directory) {
  return readdirSync(directory)
    .filter((name) => /^\d+$/.test(name))
    .map((name) => path.join(directory, name));
}
