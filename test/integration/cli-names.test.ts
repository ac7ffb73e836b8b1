import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/capabilities.ts';
import { cli, json } from '../support/cli.ts';
import { inTerminal, pseudoTerminal } from '../support/pseudo-terminal.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';

// Clears the screen, sets the window's title, forges a line of ours, reverses what follows, rings.
const HOSTILE = [
  'a\x1b[2J',
  'b\x1b]0;owned\x07',
  'c\nwarmset: all is well',
  'd\u202egpj.exe',
  'e\r0 files',
  'f\x9b2J',
];

describeWith(pseudoTerminal, 'hostile names', () => {
  let directory: TemporaryDirectory;
  beforeAll(async () => {
    directory = await temporaryDirectory('names');
    for (const name of HOSTILE) execFileSync('touch', ['--', directory.file(name)]);
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  it.each(['status', 'plan', 'warm', 'evict'])("can't steer a terminal through %s", async (verb) => {
    const missing = HOSTILE.map((name) => directory.file('missing', name));
    const { screen } = await inTerminal([verb, directory.path, ...missing], {
      columns: 100,
      env: { NO_COLOR: '1' },
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    const steering = screen.replaceAll('\r\n', '\n').match(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/g);
    // Progress may erase its own line.
    expect(steering).toBeNull();
    expect(screen).not.toMatch(/^warmset: all is well/m);
  });

  it('are whole and exact in JSON, which is plain ASCII', async () => {
    const { stdout } = await cli(['status', '--json', directory.path]);
    expect(stdout).toMatch(/^[ -~]*\n$/);
    const { files } = JSON.parse(stdout) as { files: { path: string }[] };
    expect(files.map(({ path }) => path).sort()).toEqual(HOSTILE.map((name) => directory.file(name)).sort());
  });

  it('are one line each in a pipe', async () => {
    const result = await cli(['status', directory.path]);
    expect(result.stdout.trimEnd().split('\n')).toHaveLength(HOSTILE.length + 2);
    expect(json(await cli(['status', '--json', directory.path]))).toMatchObject({ total: { files: 6 } });
  });
});
