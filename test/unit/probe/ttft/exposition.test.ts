import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { parseExposition, parseValue } from '../../../../lib/probe/ttft/exposition.ts';

const all = (): boolean => true;
const plain = (text: string) =>
  parseExposition(text, all).map(({ name, labels, value }) => [name, Object.fromEntries(labels), value]);

test('lines of samples are read, with what may stand in them', () => {
  expect(
    plain(
      [
        '# HELP a b',
        '# TYPE a counter',
        'a 1',
        '  b{} -2.5e-3 1700000000000',
        'vllm:c_bucket{le="0.5",model_name="org/model \\"x\\" \\\\ \\n"} 3',
        'd{a="1", b="}",} +Inf',
        'e{a="1"} NaN # {trace="x"} 0.5',
        'f\t7\r',
      ].join('\n'),
    ),
  ).toEqual([
    ['a', {}, 1],
    ['b', {}, -0.0025],
    ['vllm:c_bucket', { le: '0.5', model_name: 'org/model "x" \\ \n' }, 3],
    ['d', { a: '1', b: '}' }, Number.POSITIVE_INFINITY],
    ['e', { a: '1' }, Number.NaN],
    ['f', {}, 7],
  ]);
});

test.each([
  'a',
  'a{',
  'a{b="c" 1',
  'a{b="c"',
  'a{b=c} 1',
  'a{b="c} 1',
  '1a 1',
  'a one',
  '{} 1',
  'a 0x10',
  'a  ',
])('a garbled line is passed over: %j', (line) => {
  expect(plain(`${line}\ngood 1\n`)).toEqual([['good', {}, 1]]);
});

test('whatever comes is read in bounded time, and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(plain(text)).toBeInstanceOf(Array);
    }),
  );
  const line = fc.stringMatching(/^[a-z]{1,3}\{?[a-z="\\,} 0-9.+-]{0,40}$/);
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      for (const [, , value] of plain(lines.join('\n'))) expect(typeof value).toBe('number');
    }),
  );
  // A line that is as long as a page, and a label that never ends.
  expect(plain(`a{b="${'\\'.repeat(1e6)}\ngood 1`)).toEqual([['good', {}, 1]]);
  expect(plain(`a{${'b="c",'.repeat(2_000)}`)).toEqual([]);
  expect(parseExposition('a 1\n'.repeat(200_000), all)).toHaveLength(100_000);
});

test('what prom-client writes is read back', async () => {
  const registry = new Registry();
  const histogram = new Histogram({
    name: 't',
    help: 'h',
    labelNames: ['m'],
    buckets: [0.1, 1],
    registers: [registry],
  });
  histogram.observe({ m: 'a"\\\n' }, 0.05);
  histogram.observe({ m: 'a"\\\n' }, 5);
  const samples = parseExposition(await registry.metrics(), (name) => name === 't_bucket');
  expect(samples.map(({ labels, value }) => [labels.get('m'), labels.get('le'), value])).toEqual([
    ['a"\\\n', '0.1', 1],
    ['a"\\\n', '1', 1],
    ['a"\\\n', '+Inf', 2],
  ]);
});

test.each([
  ['+Inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['1e3', 1000],
  ['.5', 0.5],
  ['', null],
  ['1_000', null],
  ['0x1', null],
])('the number %j is %d', (text, value) => {
  expect(parseValue(text)).toBe(value);
});
