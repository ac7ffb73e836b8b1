import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRunRequest } from '../../../lib/cli/run/run-request.ts';
import { scanRunWords } from '../../../lib/cli/run/scan-words.ts';
import { WarmsetError } from '../../../lib/errors.ts';

const request = (...words: string[]) => readRunRequest(scanRunWords([...words, '--', 'x']).options);
const refused = (...words: string[]): string => {
  try {
    request(...words);
  } catch (error) {
    if (WarmsetError.is(error)) return `${error.subject}: ${error.message}; ${error.remedy}`;
  }
  return 'not refused';
};

describe('the words of run', () => {
  it('everything behind -- is the command, whatever it looks like', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (command) => {
        const words = ['--set', '/m', '-q', '--', ...command];
        expect(words.slice(scanRunWords(words).commandAt)).toEqual(command);
      }),
    );
  });

  it('whatever the words are, they are understood or refused by name', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('--set', '--rate', '--', '-h', '--quiet', '--log=tee', '-'),
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        try {
          expect(scanRunWords(words).commandAt).toBeLessThanOrEqual(words.length);
        } catch (error) {
          expect(WarmsetError.is(error) && error.code).toBe('WARMSET_BAD_ARGUMENT');
        }
      }),
    );
  });

  it('the first word that is no option begins the command', () => {
    expect(scanRunWords(['--quiet', 'vllm', '--set', 'x'])).toMatchObject({ commandAt: 1, help: false });
    expect(scanRunWords(['--set=/a', '--help'])).toMatchObject({ help: true });
    expect(scanRunWords(['--', '--help'])).toMatchObject({ help: false, commandAt: 1 });
  });

  it('a value may be part of its option or the next word', () => {
    expect(scanRunWords(['--set=/a=b', '--set', '--odd', '--']).options).toEqual([
      { name: '--set', value: '/a=b', valueAt: null },
      { name: '--set', value: '--odd', valueAt: 2 },
    ]);
  });
});

describe('what they ask for', () => {
  it.each([
    ['30%', { share: 0.3, ms: undefined }],
    ['all', { share: 1, ms: undefined }],
    ['10s', { share: undefined, ms: 10_000 }],
    ['50%,2m', { share: 0.5, ms: 120_000 }],
  ])('--wait-for %s', (text, wanted) => {
    expect(request('--wait-for', text).waitFor).toEqual(wanted);
  });

  it('the last of two counts, and nothing given is nothing asked', () => {
    expect(request('--rate', '1MiB/s', '--rate=2MiB/s').rate).toBe(2 << 20);
    expect(request()).toMatchObject({
      waitFor: undefined,
      guard: true,
      log: 'auto',
      readiness: 'auto',
      quiet: false,
    });
    expect(request('--no-guard', '-q', '--max-bytes', '1GiB')).toMatchObject({
      guard: false,
      quiet: true,
      budget: { maxBytes: 2 ** 30 },
    });
  });

  it('readiness by log or address', () => {
    expect(request('--readiness', 'log:^up$').readiness).toEqual({ log: /^up$/ });
    expect(request('--readiness', 'https://h/x').readiness).toEqual({ http: 'https://h/x' });
  });

  it.each([
    [['--readiness', 'log:('], '--readiness: '],
    [['--readiness', 'ftp://x'], 'is not one of auto, none'],
    [['--log', 'file'], 'is not one of tee, inherit'],
    [['--max-bytes', '0'], '--max-bytes: nothing could be read'],
    [['--wait-for', '5'], '--wait-for: '],
    [['--detach-fill', '--wait-for', 'all'], '--detach-fill: '],
    [['--quiet=yes'], '--quiet: it takes no value'],
    [['--set'], '--set: its value is missing'],
    [['--sett', 'x'], 'did you mean --set?'],
  ])('%j is refused', (words, why) => {
    expect(refused(...words)).toContain(why);
  });
});
