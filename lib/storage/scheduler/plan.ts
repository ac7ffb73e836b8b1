import { type ChangePlan, type Check, readValue, type SetValue } from '../../change/index.ts';
import { WarmsetError } from '../../errors.ts';
import { readDeviceSchedulers } from './read.ts';

/** The kind under which changes of this sort stand in the journal. */
export const SCHEDULER_KIND = 'scheduler';

/**
 * The one disk that a name or path means: schedulers belong to single disks.
 *
 * @throws WarmsetError `WARMSET_STORAGE` where it means several, or none
 */
export async function oneDisk(what: string): Promise<string> {
  const disks = await readDeviceSchedulers(what);
  const [first] = disks;
  if (first !== undefined && disks.length === 1) return first.device;
  throw new WarmsetError('WARMSET_STORAGE', `${what} lies on several disks`, {
    subject: what,
    remedy: `name one of them: ${disks.map(({ device }) => device).join(', ')}`,
  });
}

/** What sets a disk's I/O scheduler until it is removed, or the machine is booted. Looks, changes nothing. */
export async function planScheduler(what: string, scheduler: string): Promise<ChangePlan> {
  const device = await oneDisk(what);
  const [disk] = await readDeviceSchedulers(device);
  const path = `/sys/block/${device}/queue/scheduler`;
  const now = (await readValue(path)) ?? 'none';
  const available = disk?.available ?? [];
  const checks: Check[] = [
    available.includes(scheduler)
      ? { code: 'available', verdict: 'ok', message: `${device} has ${available.join(', ')}` }
      : {
          code: 'available',
          verdict: 'refuse',
          message: `${device} has no scheduler ${scheduler}`,
          remedy: `use one of ${available.join(', ') || 'none'}; others may need modprobe`,
        },
    {
      code: 'boot',
      verdict: 'warn',
      message: 'the kernel forgets it at a boot',
      remedy: 'a udev rule makes it last: ACTION=="add|change", ATTR{queue/scheduler}="NAME"',
    },
  ];
  const set: SetValue = { do: 'set-value', path, from: now, to: scheduler };
  return {
    kind: SCHEDULER_KIND,
    subject: device,
    checks,
    steps: now === scheduler ? [] : [set],
  };
}
