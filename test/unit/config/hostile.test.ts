import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_PROBLEMS } from '../../../lib/config/problem.ts';
import { problemsOf, withSets } from './problems.ts';

const MIB = 1 << 20;

/** A billion values in a few lines. */
function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const inner = level === 0 ? '"x"' : `*l${level - 1}`;
    return `l${level}: &l${level} [${Array.from({ length: 10 }, () => inner).join(', ')}]`;
  });
  return levels.join('\n');
}

describe('a hostile file', () => {
  it.each([
    ['an alias bomb', bomb()],
    ['a cycle with branches', 'sets: &a [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]'],
    ['a megabyte of brackets', '['.repeat(MIB)],
    ['closing brackets', ']'.repeat(MIB)],
    ['nested sequences', '- '.repeat(MIB / 2)],
    ['nested sequences below the limit of parts', '- '.repeat(45_000)],
    ['nested brackets below the limit of parts', '['.repeat(90_000)],
    ['quotes', '"'.repeat(MIB)],
    ['directives', '%x\n'.repeat(MIB / 3)],
    ['documents', '---\n'.repeat(MIB / 4)],
    ['many keys', Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n')],
    ['one key many times', 'share: 1\n'.repeat(20_000)],
    ['a long key', `${'k'.repeat(MIB - 10)}: 1`],
    ['a long value', `listen: ${'a.'.repeat(MIB / 2 - 10)}`],
    ['a long number', `share: ${'9'.repeat(MIB - 20)}`],
    ['many sets', `sets:\n${'- 1\n'.repeat(20_000)}`],
    ['sets of one name', `sets:\n${'- {name: a, targets: [x]}\n'.repeat(5000)}`],
    ['long set names', `sets: [{name: ${'a'.repeat(MIB - 50)}, targets: [x]}]`],
  ])('%s is refused, with a place and within bounds', (_name, text) => {
    const problems = problemsOf(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(MOST_PROBLEMS);
    const lines = text.split('\n');
    for (const { line, column, message } of problems) {
      expect(lines[(line ?? 0) - 1]?.length).toBeGreaterThanOrEqual((column ?? 0) - 1);
      expect(message.length).toBeLessThan(500);
    }
  });

  it('of a billion values is told so at the alias that is one too many', () => {
    const messages = problemsOf(bomb()).map(({ line, message }) => `${line}: ${message}`);
    expect(messages).toContainEqual(expect.stringMatching(/^\d: the file has more than 100000 values/));
  });

  // Words that a configuration is made of, so that more than the first character is reached.
  const word = fc.constantFrom(
    ...[
      'sets',
      'name',
      'targets',
      'guard',
      'sweep',
      'interval',
      'listen',
      '/m',
      'a',
      '40GiB',
      '30s',
      '-1',
      '1e999',
    ],
    ...[
      '&a ',
      '*a',
      '<<',
      '!!set',
      '!x',
      '__proto__',
      'constructor',
      '%YAML 1.1',
      '---',
      '...',
      '? ',
      '|',
      '>',
    ],
    ...[
      ': ',
      ':',
      '- ',
      ', ',
      '[',
      ']',
      '{',
      '}',
      '\n',
      '\n  ',
      '\n    ',
      '"',
      "'",
      '#',
      '\t',
      '\0',
      '\ud800',
      '\ufeff',
    ],
  );
  const text = fc.oneof(
    fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.json(),
    fc.json().map((json) => `sets: ${json}\nguard: ${json}\nlisten: ${json}`),
  );

  it('never gets anything but the coded error, with places inside the file', () => {
    fc.assert(
      fc.property(text, fc.boolean(), (given, whole) => {
        const file = whole ? given : withSets(given);
        const lines = file.split('\n');
        for (const { line, column, message } of problemsOf(file)) {
          expect(lines[(line ?? 0) - 1]).toBeDefined();
          expect(column).toBeGreaterThan(0);
          expect(message).not.toContain('\n');
        }
        expect(({} as Record<string, unknown>).enabled).toBeUndefined();
      }),
      { numRuns: 1500 },
    );
  });

  it('nor does a hostile environment', () => {
    const variable = fc.constantFrom(
      'WARMSET_LISTEN',
      'WARMSET_GUARD',
      'WARMSET_SNAPSHOT',
      'WARMSET_SHARE',
      'WARMSET_X',
    );
    fc.assert(
      fc.property(fc.dictionary(variable, fc.string({ unit: 'binary' })), (env) => {
        for (const problem of problemsOf(withSets(''), env)) expect(problem.message).not.toContain('\n');
      }),
      { numRuns: 500 },
    );
  });
});
