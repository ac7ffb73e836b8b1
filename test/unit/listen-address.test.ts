import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatListen, isLoopback, parseListen } from '../../lib/listen-address.ts';

describe('parseListen', () => {
  it.each([
    ['127.0.0.1:9464', '127.0.0.1', 9464, true],
    ['127.8.9.1:0', '127.8.9.1', 0, true],
    ['localhost:1', 'localhost', 1, true],
    ['[::1]:65535', '::1', 65_535, true],
    ['[::ffff:127.0.0.1]:1', '::ffff:127.0.0.1', 1, true],
    [':9464', '::', 9464, false],
    ['0.0.0.0:80', '0.0.0.0', 80, false],
    ['[::]:80', '::', 80, false],
    ['node-1.example.org:80', 'node-1.example.org', 80, false],
    ['127.0.0.1.example.org:80', '127.0.0.1.example.org', 80, false],
    ['localhost.example.org:80', 'localhost.example.org', 80, false],
  ])('reads %s', (text, host, port, loopback) => {
    const address = parseListen(text);
    expect(address).toEqual({ host, port });
    expect(isLoopback(address)).toBe(loopback);
    expect(parseListen(formatListen(address))).toEqual(address);
  });

  it.each([
    '',
    '9464',
    'localhost',
    '::1:9464',
    '127.0.0.1:65536',
    '127.1:80',
    '[127.0.0.1]:80',
    '[::1]',
    'a b:1',
    'a:-1',
    'a:1x',
    '-a:1',
    'a..b:1',
    `${'a'.repeat(300)}:1`,
    'http://a:1',
  ])('refuses %j', (text) => {
    expect(() => parseListen(text)).toThrow(/is not an address to listen at/);
  });

  it('reads a socket, which nobody reaches from elsewhere', () => {
    const address = parseListen('unix:/run/warmset.sock');
    expect(address).toEqual({ socketPath: '/run/warmset.sock' });
    expect(isLoopback(address)).toBe(true);
    expect(formatListen(address)).toBe('unix:/run/warmset.sock');
  });

  it.each([
    ['unix:warmset.sock', /absolute/],
    ['unix:/a\0b', /absolute/],
    [`unix:/${'x'.repeat(107)}`, /at most 107 bytes/],
  ])('refuses %j', (text, why) => {
    expect(() => parseListen(text, '--listen')).toThrow(why);
  });

  it('gives back what it formats, and refuses everything else by its code', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), fc.nat(65_535), (host, port) => {
        expect(parseListen(formatListen({ host, port }))).toEqual({ host, port });
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          parseListen(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'WARMSET_BAD_ARGUMENT' });
        }
      }),
    );
  });
});
