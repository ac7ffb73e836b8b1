import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { cc, describeWith } from '../support/capabilities.ts';
import { cli, json } from '../support/cli.ts';
import { run } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const SERVER = fileURLToPath(new URL('../fixtures/token-server.mjs', import.meta.url));

/** One that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describeWith([cc], 'an experiment with a server', () => {
  it('starts it for each trial, takes its first token, and leaves nothing of it', async () => {
    await using directory = await temporaryDirectory('experiment-server');
    const model = directory.file('model.bin');
    await writeRandomFile(model, 4 << 20);
    const port = await freePort();
    const command = `exec ${process.execPath} ${SERVER} ${port} {}`;
    const words = ['--rounds', '3', '--conditions', 'cold,warm', '--seed', '1', '--json'];
    const out = directory.file('out');
    const target = ['--server', command, '--url', `http://127.0.0.1:${port}`, '--out', out, model];
    const result = await cli(['experiment', ...words, ...target], { timeoutMs: 80_000 });
    expect(result.code).toBe(0);
    const { trials } = json(result) as {
      trials: { server: { first: { tokens: number; ttftMs: number } } }[];
    };
    expect(trials).toHaveLength(6);
    for (const { server } of trials) {
      expect(server.first.tokens).toBe(2);
      expect(server.first.ttftMs).toBeGreaterThan(0);
    }
    expect(await readFile(`${out}/first_token_latency.md`, 'utf8')).toMatch(/\| cold\\_\d \| \d/);
    const left = await run('pgrep', ['-f', `token-server.mjs ${port}`]);
    expect(left.stdout).toBe('');
  }, 90_000);

  it('a server that ends before it is ready makes its trials void, and says so', async () => {
    await using directory = await temporaryDirectory('experiment-server');
    const model = directory.file('model.bin');
    await writeRandomFile(model, 1 << 20);
    const words = ['--rounds', '3', '--conditions', 'cold,warm', '--server', 'exit 3 {}'];
    const target = ['--url', 'http://127.0.0.1:1', '--out', directory.file('out'), model];
    const { code, stderr, stdout } = await cli(['experiment', ...words, ...target], { timeoutMs: 80_000 });
    expect(code).not.toBe(0);
    expect(`${stdout}${stderr}`).toMatch(/ended before it was ready/);
  }, 90_000);
});
