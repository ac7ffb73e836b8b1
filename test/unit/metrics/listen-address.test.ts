import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WarmsetError } from '../../../lib/errors.ts';
import {
  isLocalHostHeader,
  isLoopback,
  parseListenAddress,
} from '../../../lib/metrics/http/listen-address.ts';

test.each([
  ['127.0.0.1:9464', { host: '127.0.0.1', port: 9464 }],
  ['[::1]:0', { host: '::1', port: 0 }],
  ['localhost:80', { host: 'localhost', port: 80 }],
  ['0.0.0.0:65535', { host: '0.0.0.0', port: 65_535 }],
  ['unix:/run/warmset.sock', { socketPath: '/run/warmset.sock' }],
])('%s', (text, expected) => {
  expect(parseListenAddress(text)).toEqual(expected);
});

test.each([
  ['', /expected an address, a colon and a port/],
  ['9464', /expected an address/],
  [':9464', /the address is missing/],
  ['127.0.0.1:65536', /at most 65535/],
  ['::1:9464', /expected an address/],
  ['[localhost]:1', /brackets are for IPv6/],
  ['unix:warmset.sock', /absolute/],
  [`unix:/${'x'.repeat(107)}`, /at most 107 bytes/],
])('%j is refused', (text, why) => {
  expect(() => parseListenAddress(text, '--listen')).toThrow(why);
});

test('whatever is written, it is an address or a coded error with a remedy', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseListenAddress(text);
      } catch (error) {
        expect(WarmsetError.is(error) && error.code === 'WARMSET_BAD_ARGUMENT' && error.remedy).toBeTruthy();
      }
    }),
  );
});

test('loopback is 127.0.0.0/8, ::1 and localhost', () => {
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', 'localhost']) {
    expect(isLoopback(host), host).toBe(true);
  }
  for (const host of [
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '128.0.0.1',
    '::ffff:10.0.0.1',
    'localhost.example',
    'example',
  ]) {
    expect(isLoopback(host), host).toBe(false);
  }
});

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
