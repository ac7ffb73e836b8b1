import { statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { deviceActivity } from '../../../lib/residency/device-activity.ts';

it('is unknown where the kernel keeps no account: anonymous devices and those that are not there', async () => {
  const anonymous = statSync('/proc/self', { bigint: true }).dev;
  const absent = (4095n << 8n) | 255n;
  const activity = await deviceActivity([anonymous, absent, anonymous]);
  expect([...activity]).toEqual([
    [anonymous, 'unknown'],
    [absent, 'unknown'],
  ]);
});
