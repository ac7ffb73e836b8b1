import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith, fish, itWith, mandoc, zsh } from '../support/capabilities.ts';
import { cli } from '../support/cli.ts';
import { mustRun, run } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';

describe('warmset completion', () => {
  let directory: TemporaryDirectory;
  beforeAll(async () => {
    directory = await temporaryDirectory('completion');
    for (const shell of ['bash', 'zsh', 'fish'])
      await writeFile(directory.file(shell), (await cli(['completion', shell])).stdout);
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  /** What bash offers for the last of these words. */
  async function bash(...words: readonly string[]): Promise<string[]> {
    const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _warmset; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const text = await mustRun('bash', ['--norc', '-c', script, 'bash', directory.file('bash'), ...words]);
    return text.split('\n').filter((line) => line !== '');
  }

  it('completes verbs, the verbs behind them, options and their words in bash', async () => {
    expect(await bash('warmset', 'sta')).toEqual(['status']);
    expect(await bash('warmset', 'snapshot', 're')).toEqual(['restore']);
    expect(await bash('warmset', 'warm', '--no')).toContain('--no-guard');
    expect(await bash('warmset', 'snapshot', 'save', '--js')).toEqual(['--json']);
    expect(await bash('warmset', 'warm', '--engine', '')).toContain('populate');
    expect(await bash('warmset', 'completion', 'f')).toEqual(['fish']);
  });

  it('leaves files to the shell', async () => {
    expect(await bash('warmset', 'warm', '/e')).toEqual([]);
    expect(await bash('warmset', 'keep', '--config', '/e')).toEqual([]);
  });

  it('refuses another shell, and names those that it knows', async () => {
    const { code, stderr } = await cli(['completion', 'tcsh']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/bash, zsh, fish/);
  });

  itWith([fish], 'completes in fish', async () => {
    const offered = async (line: string): Promise<string> =>
      mustRun('fish', ['--no-config', '-c', `source ${directory.file('fish')}; complete -C '${line}'`]);
    expect(await offered('warmset sta')).toMatch(/^status\twhat of these files is in memory$/m);
    expect(await offered('warmset snapshot re')).toMatch(/^restore\t/m);
    expect(await offered('warmset warm --pri')).toMatch(/^--priority\t/m);
    expect(await offered('warmset warm --priority i')).toMatch(/^idle\b/m);
    expect(await offered('warmset completion z')).toMatch(/^zsh\b/m);
  });

  itWith([zsh], 'is what zsh accepts and finds', async () => {
    const script = 'autoload -Uz compinit && compinit -u -D && source "$1" && print $_comps[warmset]';
    const text = await mustRun('zsh', ['-f', '-c', script, 'zsh', directory.file('zsh')]);
    expect(text.trim()).toBe('_warmset');
  });
});

describeWith(mandoc, 'docs/man', () => {
  it('is what man(7) accepts', async () => {
    const pages = await mustRun('sh', ['-c', 'ls docs/man/*.1']);
    const files = pages.trim().split('\n');
    const { stdout, stderr } = await run('mandoc', ['-T', 'lint', '-W', 'warning', ...files]);
    // There is none: the same commands make the same pages.
    const complaints = `${stdout}${stderr}`
      .split('\n')
      .filter((line) => line !== '' && !/missing date/.test(line));
    expect(complaints).toEqual([]);
  });
});
