import { expect, it } from 'vitest';
import { renderExplanation } from '../../../../lib/cli/render/explanation.ts';
import type { Terminal } from '../../../../lib/cli/render/terminal.ts';
import { displayWidth } from '../../../../lib/cli/render/width.ts';
import type { ExplainedTarget, Explanation } from '../../../../lib/targets/index.ts';

const PIPE: Terminal = { isTTY: false, columns: null, colour: false, unicode: true };
const SCREEN: Terminal = { isTTY: true, columns: 80, colour: false, unicode: true };

function explanation(...targets: readonly Partial<ExplainedTarget>[]): Explanation {
  const whole = targets.map(
    (target): ExplainedTarget => ({
      target: '/m',
      kind: 'directory',
      at: '/m',
      revision: null,
      looked: [],
      notes: [],
      files: [],
      leftOut: [],
      failures: [],
      ...target,
    }),
  );
  const files = whole.flatMap((target) => target.files.map(({ file }) => file));
  const skipped = { sockets: 0, fifos: 0, devices: 0, danglingLinks: 0, duplicates: 0 };
  const size = files.reduce((sum, file) => sum + file.size, 0);
  return { set: { files, failures: [], skipped, size }, targets: whole };
}

function some(count: number): ExplainedTarget['files'] {
  return Array.from({ length: count }, (_, at) => ({
    file: { path: `/m/${at}.bin`, dev: 1n, ino: BigInt(at), size: 1024, role: 'weights' as const },
    why: `weights ${at + 1}`,
  }));
}

it('cuts a long set on a terminal, and nowhere else', () => {
  const long = explanation({
    files: some(100),
    leftOut: some(60).map(({ file }) => ({ ...file, why: 'x' })),
  });
  const lines = renderExplanation(SCREEN, long, false);
  expect(lines.length).toBeLessThan(100);
  expect(lines.join('\n')).toMatch(/and 60 more; --all lists them.*and 20 more; --all lists them/s);
  for (const [terminal, all] of [
    [PIPE, false],
    [SCREEN, true],
  ] as const) {
    const whole = renderExplanation(terminal, long, all).join('\n');
    expect(whole).toContain('99.bin');
    expect(whole).not.toContain('more;');
  }
});

it('tells each reason once to a person, and in every line to a program', () => {
  const leftOut = ['a', 'b'].map((name) => ({ path: `/m/${name}`, size: null, why: 'nobody reads it' }));
  const count = (terminal: Terminal): number =>
    renderExplanation(terminal, explanation({ leftOut }), false).join('\n').split('nobody reads it').length -
    1;
  expect(count(SCREEN)).toBe(1);
  expect(count(PIPE)).toBe(2);
});

it('lets no name steer the terminal, and fits it', () => {
  const evil = '/m/\u001b[2J\n\u202e.bin';
  const file = { path: evil, dev: 1n, ino: 1n, size: 1 };
  const bad = explanation({
    target: evil,
    at: evil,
    notes: [evil],
    looked: [{ path: evil, from: 'default', there: false }],
    files: [{ file, why: 'it was named' }],
    leftOut: [{ path: evil, size: 1, why: evil }],
  });
  for (const terminal of [SCREEN, PIPE, { ...SCREEN, columns: 40 }]) {
    const text = renderExplanation(terminal, bad, false);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    for (const line of text) expect(line).not.toMatch(/[\u0000-\u001f\u202e]/);
    if (terminal.columns !== null)
      for (const line of text) expect(displayWidth(line)).toBeLessThanOrEqual(terminal.columns);
  }
});

it('says of several what they come to together, and what was not found', () => {
  const lines = renderExplanation(
    PIPE,
    explanation({ files: some(2) }, { target: 'hf:a/b', kind: null, at: null }),
    false,
  );
  expect(lines).toContain('hf:a/b not found');
  expect(lines.at(-1)).toBe('2 files in all, 2.00 KiB');
});
