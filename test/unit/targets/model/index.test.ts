import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkNames } from '../../../../lib/targets/model/read-index.ts';
import { scanIndex } from '../../../../lib/targets/model/scan-index.ts';

function scan(text: string): ReadonlySet<string> {
  const steps = scanIndex(Buffer.from(text));
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

describe('scanIndex', () => {
  it('finds what JSON.parse finds, however it is written', () => {
    const map = fc.dictionary(fc.string(), fc.string());
    const others = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(
        map,
        others,
        others,
        fc.constantFrom(0, 1, '\t', '\n \r'),
        (names, before, after, indent) => {
          const text = JSON.stringify({ ...before, weight_map: names, ...after }, null, indent);
          const parsed: { weight_map: Record<string, string> } = JSON.parse(text);
          fc.pre(parsed.weight_map === undefined || !('weight_map' in after));
          expect([...scan(text)].sort()).toEqual([...new Set(Object.values(parsed.weight_map))].sort());
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never takes what is cut off for whole', () => {
    const text = JSON.stringify({
      metadata: { a: ['x"y', '\\'] },
      weight_map: { 'a"\\': 'é.safetensors', b: 'x' },
    });
    expect(scan(text)).toEqual(new Set(['é.safetensors', 'x']));
    const whole = Buffer.from(text);
    for (let end = 0; end < whole.length; end += 1) {
      expect(() => scan(whole.toString('latin1', 0, end))).toThrow(/no JSON/);
    }
  });

  it.each([
    ['', /no JSON/],
    ['null', /no JSON/],
    ['[]', /no JSON/],
    ['{}', /no weight_map/],
    ['{"weight_map":null}', /no weight_map/],
    ['{"weight_map":["a"]}', /no weight_map/],
    ['{"weight_map":{"a":1}}', /no name/],
    ['{"weight_map":{"a":{"b":"c"}}}', /no name/],
    ['{"weight_map":{"a":"b"}} x', /no JSON/],
    ['{"weight_map":{"a":"b",}}', /no JSON/],
    ['{"weight_map":{a:"b"}}', /no JSON/],
    ['{"weight_map":{"a":"\\q"}}', /no JSON/],
    ['{"weight_map":{"a":"b" "c":"d"}}', /no JSON/],
    [`{"x":${'['.repeat(300_000)}`, /no JSON/],
  ])('refuses %.60s', (text, message) => {
    expect(() => scan(text)).toThrow(message);
  });

  it('ends on every text, with names or with a reason', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', ' ', 'a', '"weight_map"', '1'), {
          maxLength: 30,
        }),
        (parts) => {
          try {
            scan(parts.join(''));
          } catch (error) {
            expect(String(error)).toMatch(/is no JSON|has no weight_map|maps a tensor/);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('pauses in a large one', () => {
    const map = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, at) => [`model.layers.${at}.weight`, `${at % 9}`]),
    );
    const text = JSON.stringify({ metadata: { list: Array(200_000).fill(1) }, weight_map: map });
    const steps = scanIndex(Buffer.from(text));
    let pauses = 0;
    while (!steps.next().done) pauses += 1;
    expect(pauses).toBeGreaterThanOrEqual(3);
  });
});

it('checkNames lets files beside the index pass, and nothing else', () => {
  for (const odd of ['../../etc/passwd', '/etc/passwd', '', '.', '..', 'a\0', 'a/b', 'a'.repeat(256)]) {
    expect(() => checkNames(new Set(['fine', odd]), '/i')).toThrow(
      expect.objectContaining({ code: 'WARMSET_BAD_MODEL', subject: '/i' }),
    );
  }
  fc.assert(
    fc.property(fc.string(), (name) => {
      try {
        for (const one of checkNames(new Set([name]), '/i')) expect(path.basename(one)).toBe(one);
      } catch (error) {
        expect(error).toMatchObject({ code: 'WARMSET_BAD_MODEL' });
      }
    }),
  );
});
