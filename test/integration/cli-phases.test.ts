import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { describeWith } from '../support/capabilities.ts';
import { cli, json, shell, startCli } from '../support/cli.ts';
import { owned } from '../support/owned.ts';
import { inTerminal, pseudoTerminal } from '../support/pseudo-terminal.ts';
import { temporaryDirectory } from '../support/temp.ts';

const FIXTURES = path.join(import.meta.dirname, '..', 'fixtures', 'startup');
const log = (name: string): string => path.join(FIXTURES, `${name}.log`);

describeWith([], 'warmset phases', () => {
  it('prints a table in which nothing is counted twice', async () => {
    const { code, stdout, stderr } = await cli(['phases', log('vllm-v1-compose')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^vllm 0\.15\.1: ready after 55 s\n\nPHASE {2,}SECONDS {2,}SHARE/);
    expect(stdout).toMatch(/^model {2,}14\.50 {2}26\.4 % {2}#+ {2,}said, longest of 2$/m);
    expect(stdout).toMatch(/^ {2}weights {2,}12\.31/m);
    const [, table = ''] = stdout.split('\n\n');
    const outer = [...table.matchAll(/^(?:[a-z]\S*) {2,}(\d+\.\d\d) /gm)].map(([, digits]) => Number(digits));
    expect(outer).toHaveLength(6);
    const total = outer.pop() ?? 0;
    // Each of five figures is rounded to a hundredth.
    expect(Math.abs(outer.reduce((sum, one) => sum + one, 0) - total)).toBeLessThan(0.03);
    expect(stdout).toMatch(/^model {2,}7\.75 GiB\nKV cache {2,}58\.2 GiB\ncompile cache {2,}hit\n$/m);
  });

  it('prints the same from standard input', async () => {
    const input = await readFile(log('ollama'), 'utf8');
    const named = await cli(['phases', log('ollama')]);
    expect(await cli(['phases'], { input })).toEqual(named);
    expect(await cli(['phases', '-'], { input })).toEqual(named);
  });

  it('prints JSON', async () => {
    const document = json(await cli(['phases', '--json', log('llama-cpp')]));
    expect(document).toMatchObject({
      schema: 'warmset.phases/1',
      server: 'llama.cpp',
      ready: true,
      totalSeconds: 5.583299,
      unattributedSeconds: 0.184847,
      overlapSeconds: 0,
    });
  });

  it('exits with 1 where no server is, and says so', async () => {
    expect(await cli(['phases'], { input: 'a\nb\nc' })).toMatchObject({
      code: 1,
      stdout: 'no server recognised in 3 lines\n',
      stderr: '',
    });
    expect(json(await cli(['phases', '--json'], { input: '' }))).toMatchObject({ server: null, lines: 0 });
  });

  it('exits with 1 where it did not get ready', async () => {
    const lines = (await readFile(log('sglang'), 'utf8')).split('\n').slice(0, 10);
    const { code, stdout } = await cli(['phases'], { input: lines.join('\n') });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^sglang: not ready by the end of the log$/m);
    expect(stdout).toMatch(/^weights {2,}21\.00 {2,}stamps, longest of 2$/m);
    expect(stdout).not.toContain('unattributed');
  });

  it('says what is wrong with what it should read', async () => {
    const missing = await cli(['phases', '/nowhere/x.log']);
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toContain('/nowhere/x.log: no such file or directory (ENOENT)');
    const directory = await cli(['phases', FIXTURES]);
    expect(directory).toMatchObject({ code: 2, stdout: '' });
    expect(directory.stderr).toContain('a directory is no log');
  });

  it('says each phase while a stream goes on, and ends at ready though the stream does not', async () => {
    const running = owned(await startCli(['phases', '--follow']));
    const [before = '', after = ''] = (await readFile(log('vllm-2026-ray'), 'utf8')).split(
      /(?<=35\.10 GiB.*\n)/,
    );
    running.stdin.write(before);
    await running.saw(/^weights/m);
    expect(running.stdout).toMatch(/^vllm 0\.23\.0\nprefetch {2,}19\.57 s\nweights {2,}26\.93 s\n$/);
    running.stdin.write(after);
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^engine {2,}66\.81 s\nready\n\nvllm 0\.23\.0: ready after 2 min 10 s$/m);
  });

  it('follows a file as it grows, and as it is written anew', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('server.log');
    const text = await readFile(log('sglang'), 'utf8');
    const lines = text.split(/(?<=\n)/);
    await writeFile(file, `${'an older log '.repeat(999)}\n`);
    const running = owned(await startCli(['phases', '-f', '--json', file]));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await writeFile(file, lines.slice(0, 5).join(''));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await appendFile(file, lines.slice(5).join(''));
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ server: 'sglang', totalSeconds: 55, ready: true });
  });

  it('prints what it knows when it is stopped', async () => {
    const running = owned(await startCli(['phases', '--follow']));
    running.stdin.write('INFO 01-01 00:00:00 [a.py:1] vLLM API server version 9.9\nx\n');
    await running.saw(/^vllm 9\.9$/m);
    running.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    expect(stdout).toContain('vllm 9.9: not ready by the end of the log');
  });

  it('reads no more than it keeps', async () => {
    const script = `yes 'INFO:     10.0.0.1:4000 - "POST /v1/completions HTTP/1.1" 200 OK' | head -c 300000000 | (cat "$1" -; cat "$1") | $W phases --json`;
    const document = json(await shell(script, [log('vllm-v0')], { timeoutMs: 60_000 }));
    expect(document).toMatchObject({ server: 'vllm', starts: 2, ready: true, totalSeconds: 36 });
  }, 90_000);
});

describeWith(pseudoTerminal, 'warmset phases on a terminal', () => {
  it.each([40, 60, 80, 200])('fits into %d columns', async (columns) => {
    const { screen, code } = await inTerminal(['phases', log('vllm-2026-ray')], {
      columns,
      env: { NO_COLOR: '1' },
    });
    expect(code).toBe(0);
    const lines = screen.split('\n').map((line) => line.replace(/\r$/, ''));
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(columns);
    expect(screen).toContain('unattributed');
    expect(screen.includes('█')).toBe(columns >= 60);
  });

  it('asks for a log where there is none', async () => {
    const { screen, code } = await inTerminal(['phases'], { columns: 80 });
    expect(code).toBe(2);
    expect(screen).toContain('no log was given');
  });
});
