import { expect, test } from 'vitest';
import { isLocalHostHeader } from '../../../lib/metrics/http/local-host.ts';

test('a Host that a browser can have been tricked into is not local; an address or localhost is', () => {
  for (const host of [
    undefined,
    '',
    'localhost',
    'localhost:9464',
    'a.localhost:1',
    '127.0.0.1:1',
    '[::1]:1',
    '10.0.0.1',
  ]) {
    expect(isLocalHostHeader(host), host).toBe(true);
  }
  for (const host of [
    'evil.example',
    'evil.example:9464',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'notlocalhost',
  ]) {
    expect(isLocalHostHeader(host), host).toBe(false);
  }
});
