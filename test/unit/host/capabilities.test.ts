import { expect, test } from 'vitest';
import { parseCapabilities, readCapabilities } from '../../../lib/host/capabilities.ts';
import { fixtureRoot } from './fixture-root.ts';

const status = (effective: string): string =>
  `Name:\tx\nCapPrm:\tffffffffffffffff\nCapEff:\t${effective}\nCapBnd:\tff\n`;

test.each([
  ['0000000000000000', []],
  ['0000000000000002', ['CAP_DAC_OVERRIDE']],
  ['0000000000000004', ['CAP_DAC_READ_SEARCH']],
  ['0000000000000008', ['CAP_FOWNER']],
  ['0000000000004000', ['CAP_IPC_LOCK']],
  ['0000000000200000', ['CAP_SYS_ADMIN']],
  ['0000000000800000', ['CAP_SYS_NICE']],
  ['0000000001000000', ['CAP_SYS_RESOURCE']],
  // What Docker grants by default.
  ['00000000a80425fb', ['CAP_DAC_OVERRIDE', 'CAP_FOWNER']],
])('CapEff %s', (hex, names) => {
  expect([...(parseCapabilities(status(hex)) ?? ['none read'])].sort()).toEqual(names);
});

test('a missing or garbled line is unknown, which is not the same as having none', () => {
  expect(parseCapabilities('')).toBeNull();
  expect(parseCapabilities('CapEff:\txyz\n')).toBeNull();
});

test('reads this process and a fixture', async () => {
  expect(await readCapabilities()).toBeInstanceOf(Set);
  const host = await fixtureRoot({ '/proc/7/status': status('8') });
  expect(await readCapabilities(7, host)).toEqual(new Set(['CAP_FOWNER']));
  expect(await readCapabilities(8, host)).toBeNull();
});
