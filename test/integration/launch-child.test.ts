import { createHash } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, shell, startCli } from '../support/cli.ts';
import { owned } from '../support/owned.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';

const QUIET = ['run', '--quiet', '--set', '/nothing/here', '--'];

let directory: TemporaryDirectory;
beforeAll(async () => {
  directory = await temporaryDirectory('launch');
});
afterAll(() => directory[Symbol.asyncDispose]());

describe('the exit code is the server’s', () => {
  it.each([0, 1, 7, 255])('%d', async (code) => {
    const result = await cli([...QUIET, 'sh', '-c', `exit ${code}`]);
    expect(result).toMatchObject({ code, signal: null, stdout: '', stderr: '' });
  });

  it.each([
    ['TERM', 143],
    ['KILL', 137],
    ['SEGV', 139],
    ['INT', 130],
    ['USR1', 138],
  ])('ended by SIG%s: %d', async (name, code) => {
    expect(await cli([...QUIET, 'sh', '-c', `kill -${name} $$`])).toMatchObject({ code, signal: null });
  });

  it('of what is not there, may not be run or is nothing', async () => {
    const text = directory.file('text');
    await writeFile(text, 'no program');
    expect(await cli(['run', '--', 'warmset-no-such-program', 'x'])).toMatchObject({
      code: 127,
      stdout: '',
      stderr: expect.stringContaining('warmset-no-such-program: there is no such program'),
    });
    expect(await cli(['run', '--', text])).toMatchObject({
      code: 126,
      stderr: expect.stringContaining('may not be executed'),
    });
    expect(await cli(['run', '--'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no command'),
    });
    expect(await cli(['run', '--rat', '1', '--', 'true'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean --rate?'),
    });
  });

  it('a script without a first line runs as the shell would run it', async () => {
    const script = directory.file('script');
    await writeFile(script, 'echo "$1"; exit 5\n');
    await chmod(script, 0o755);
    expect(await cli([...QUIET, script, 'said'])).toMatchObject({ code: 5, stdout: 'said\n' });
  });
});

describe('words and streams', () => {
  it('everything behind -- is passed unchanged, options of ours and empty words included', async () => {
    const words = ['--set', '', '--', '-h', '--help', 'ä b', '$HOME', "'"];
    const result = await cli([...QUIET, 'sh', '-c', 'printf "%s|" "$@"', 'sh', ...words]);
    expect(result.stdout).toBe(words.map((word) => `${word}|`).join(''));
  });

  it('words and variables that are not UTF-8 arrive byte for byte, and so does the exit code', async () => {
    const script = `printf '%s|%s' "$1" "$ODD" | od -An -tx1; exit 9`;
    const result = await shell(
      `ODD=$'v\\xfe' $W run --quiet --set /nothing/here -- sh -c "$1" sh $'a\\xffb'; echo "rc $?"`,
      [script],
    );
    expect(result.stdout).toBe(' 61 ff 62 7c 76 fe\nrc 9\n');
  });

  it('binary output comes through byte for byte on both streams', async () => {
    const script = `
      const { createHash } = require('node:crypto');
      const block = (seed) => { const b = Buffer.alloc(1 << 20); for (let i = 0, x = seed; i < b.length; i++) b[i] = (x = x * 1103515245 + 12345 & 0x7fffffff) >> 16; return b; };
      const fs = require('node:fs');
      for (const seed of [1, 2, 3]) for (const fd of [1, 2]) { const b = block(seed * fd); for (let at = 0; at < b.length;) at += fs.writeSync(fd, b, at); }`;
    const sums = (prefix: string) =>
      shell(
        `${prefix} "$NODE" -e "$1" > "$2/out" 2> "$2/err"; cat "$2/out" | sha256sum; cat "$2/err" | sha256sum`,
        [script, directory.path],
        {
          env: { NODE: process.execPath },
        },
      );
    const piped = (prefix: string) =>
      shell(
        `{ ${prefix} "$NODE" -e "$1" 2>&3 | sha256sum >&4; } 3>&1 4>"$2/sum" | sha256sum; cat "$2/sum"`,
        [script, directory.path],
        {
          env: { NODE: process.execPath },
        },
      );
    const wrapped = '$W run --quiet --log tee --set /nothing/here --';
    const [plain, through] = [await sums(''), await sums(wrapped)];
    expect(through.stdout).toBe(plain.stdout);
    expect((await piped(wrapped)).stdout).toBe((await piped('')).stdout);
    // Not of nothing.
    expect(plain.stdout).not.toContain(createHash('sha256').digest('hex'));
  });

  it('stdin is the server’s own', async () => {
    const result = await cli([...QUIET, 'cat'], { input: 'to the\0end\n' });
    expect(result).toMatchObject({ code: 0, stdout: 'to the\0end\n' });
  });

  it('where both streams are one, they stay in order', async () => {
    const script = 'for i in 1 2 3 4 5 6 7 8 9; do echo "o$i"; echo "e$i" >&2; done';
    const result = await shell('$W run --quiet --set /nothing/here -- sh -c "$1" 2>&1', [script]);
    expect(result.stdout.trim().split('\n')).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((number) => [`o${number}`, `e${number}`]),
    );
  });

  it('/dev/stdout can be opened, as by a server that is told to log there', async () => {
    // Not to a socket, which is what Node would make.
    const result = await shell(
      '$W run --quiet --set /nothing/here --log tee -- sh -c "echo logged > /dev/stdout" | cat',
    );
    expect(result).toMatchObject({ code: 0, stdout: 'logged\n', stderr: '' });
  });

  it('what is said reaches the reader before the line has an end', async () => {
    const running = owned(await startCli([...QUIET, 'sh', '-c', 'printf partly; exec sleep 20']));
    await running.saw(/^partly$/);
    running.kill('SIGKILL');
  });

  it('a reader that takes nothing holds the server back, and not in our memory', async () => {
    const count = directory.file('count');
    const script = `
      const fs = require('node:fs'); const b = Buffer.alloc(1 << 16, 'x');
      for (let n = 1; ; n++) { for (let at = 0; at < b.length;) at += fs.writeSync(1, b, at); fs.writeFileSync(${JSON.stringify(count)}, String(n)); }`;
    const result = await shell(
      `$W run --quiet --set /nothing/here -- "$NODE" -e "$1" | { sleep 3; cat "$2"; }`,
      [script, count],
      { env: { NODE: process.execPath } },
    );
    // The pipes and two buffers hold a few hundred KiB: 64 KiB a time.
    expect(Number(result.stdout)).toBeLessThan(40);
    expect(Number(result.stdout)).toBeGreaterThan(0);
  });

  it('a reader that goes away is seen by the server as without us', async () => {
    const said = directory.file('end');
    const script = `trap '' PIPE; while echo line; do :; done 2>/dev/null; echo broken > ${said}; exit 6`;
    const result = await shell(
      'set -o pipefail; $W run --quiet --set /nothing/here -- sh -c "$1" | head -1; cat "$2"',
      [script, said],
    );
    expect(result.stdout).toBe('line\nbroken\n');
    const ended = await shell('$W run --quiet --set /nothing/here -- yes | head -1; echo "$PIPESTATUS"');
    expect(ended.stdout).toBe('y\n141\n');
  });
});

describe('servers that are not one process', () => {
  it('one that becomes a daemon ends ours with its code, and keeps its output', async () => {
    const out = directory.file('daemon');
    const script = '(sleep 1; echo later; echo "and more") & echo first; exit 4';
    const result = await shell(
      `$W run --quiet --set /nothing/here -- sh -c "$1" > >(cat > "$2"); echo "rc $?"`,
      [script, out],
    );
    expect(result.stdout).toBe('rc 4\n');
    await expect
      .poll(() => shell('cat "$1"', [out]).then(({ stdout }) => stdout), { timeout: 8_000 })
      .toBe('first\nlater\nand more\n');
  });

  it('ours ends with the server, not with what it left running', async () => {
    const script = '$W run --quiet --set /nothing/here -- sh -c "sleep 60 & echo \\$!; exit 3" > "$1" 2>&1';
    const result = await shell(`${script}; echo "rc $?"; kill $(head -1 "$1")`, [directory.file('left')]);
    expect(result).toMatchObject({ stdout: 'rc 3\n', timedOut: false });
  });
});
