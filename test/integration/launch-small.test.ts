import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BARE_ENVIRONMENT, cli, shell, startCli } from '../support/cli.ts';
import { owned } from '../support/owned.ts';
import { run } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';
import { becameSmall, nameOf, UNTIL_SMALL, WAITER } from '../support/waiter.ts';

const QUIET = ['run', '--quiet', '--set', '/nothing/here', '--'];
const WRAPPED = '$W run --quiet --set /nothing/here --log tee --';
const ADDON =
  process.env.WARMSET_ADDON ?? fileURLToPath(new URL('../../build/Release/warmset.node', import.meta.url));

let directory: TemporaryDirectory;
beforeAll(async () => {
  directory = await temporaryDirectory('small');
});
afterAll(() => directory[Symbol.asyncDispose]());

describe('when nothing is left to do', () => {
  it('the same process, with the same child, needs less than 5 MB', async () => {
    const running = owned(await startCli([...QUIET, 'sh', '-c', 'echo "$$ $PPID"; exec sleep 20']));
    const [, server, parent] = await running.saw(/(\d+) (\d+)/);
    expect(Number(parent)).toBe(running.pid);
    await becameSmall(running.pid);
    const status = await readFile(`/proc/${running.pid}/status`, 'utf8');
    expect(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1])).toBeLessThan(5000);
    expect(status).toMatch(/^Threads:\s+1$/m);
    const children = await readFile(`/proc/${running.pid}/task/${running.pid}/children`, 'utf8');
    expect(children.trim()).toBe(server);
    // Whose wrapper it is can be seen in a list of processes.
    const words = await readFile(`/proc/${running.pid}/cmdline`, 'utf8');
    expect(words).toMatch(/\0--\0sh\0-c\0/);
  });

  it('what we say of the start is said before', async () => {
    const script = `printf 'half a line' >&2; sleep 0.5; echo ', whole' >&2; echo hot >&2; ${UNTIL_SMALL} exit 6`;
    const words = ['run', '--readiness', 'log:^hot$', '--set', directory.path, '--', 'sh', '-c', script];
    const { code, stderr } = await cli(words);
    expect(code).toBe(6);
    expect(stderr).toMatch(/^half a line, whole$/m);
    expect(stderr).toMatch(/^hot$/m);
    expect(stderr).toMatch(/^warmset: Ready .* by its log\..*\n$/m);
  });

  it.each([0, 7, 255])('it ends with the server’s code: %d', async (code) => {
    const result = await cli([...QUIET, 'sh', '-c', `${UNTIL_SMALL} echo out; echo err >&2; exit ${code}`]);
    expect(result).toMatchObject({ code, signal: null, stdout: 'out\n', stderr: 'err\n' });
  });

  it.each([
    ['TERM', 143],
    ['KILL', 137],
    ['INT', 130],
  ])('and as by SIG%s: %d', async (name, code) => {
    const script = `${UNTIL_SMALL} kill -${name} $$`;
    expect(await cli([...QUIET, 'sh', '-c', script])).toMatchObject({ code, signal: null });
  });

  it('whenever the server ends: before, while and after', async () => {
    const ends = Array.from({ length: 48 }, (_, at) => at);
    const seen = new Set<string>();
    const one = async (at: number): Promise<void> => {
      const script = `sleep ${(at * 0.02).toFixed(2)}; cat /proc/$PPID/comm; echo done >&2; exit ${at}`;
      const { code, stdout, stderr } = await cli([...QUIET, 'sh', '-c', script]);
      expect({ code, stderr }).toEqual({ code: at, stderr: 'done\n' });
      seen.add(stdout);
    };
    for (let at = 0; at < ends.length; at += 4) await Promise.all(ends.slice(at, at + 4).map(one));
    // Otherwise it says nothing about the moment in between.
    expect([...seen]).toHaveLength(2);
  }, 50_000);
});

describe('the output goes on', () => {
  /** Writes lines all the time, and what they hash to when it is told to end, from both sides of the exchange. */
  const TALKER = `
    const { createHash } = require('node:crypto'); const fs = require('node:fs');
    const sums = [createHash('sha256'), createHash('sha256')]; let n = 0;
    const say = (length) => { for (const fd of [1, 2]) {
      const text = Buffer.from((fd + ':' + n++ + ' ').padEnd(length, String(n)) + '\\n');
      sums[fd - 1].update(text); for (let at = 0; at < text.length;) at += fs.writeSync(fd, text, at); } };
    const until = (end) => { while (Date.now() < end) say(5000); };
    say(1 << 20); let end = null;
    for (;;) {
      until(Date.now() + 5);
      if (end === null && fs.readFileSync('/proc/' + process.ppid + '/comm', 'utf8') === '${WAITER}\\n') end = Date.now() + 200;
      if (end !== null && Date.now() > end) break;
    }
    say(1 << 20);
    fs.writeFileSync(process.argv[1], sums.map((sum) => sum.digest('hex') + '  -\\n').join(''));`;

  it('byte for byte on both streams, while a server never stops talking', async () => {
    for (const round of [1, 2, 3]) {
      const file = directory.file(`sums-${round}`);
      const result = await shell(
        `{ ${WRAPPED} "$NODE" -e "$1" "$2" 2>&3 | sha256sum >&4; } 3>&1 4>"$2.out" | sha256sum > "$2.err"; cat "$2.out" "$2.err"`,
        [TALKER, file],
        { env: { NODE: process.execPath }, timeoutMs: 20_000 },
      );
      expect(result.stdout).toBe(await readFile(file, 'utf8'));
    }
  }, 50_000);

  it('to a file that is appended to', async () => {
    const file = directory.file('appended');
    const result = await shell(
      `echo before > "$1"; ${WRAPPED} sh -c '${UNTIL_SMALL} echo after; exit 3' >> "$1"; echo "rc $?"; cat "$1"`,
      [file],
    );
    expect(result.stdout).toBe('rc 3\nbefore\nafter\n');
  });

  it('in order where both streams are one', async () => {
    const script = `${UNTIL_SMALL} for i in 1 2 3 4 5 6 7 8 9; do echo "o$i"; echo "e$i" >&2; done`;
    const result = await shell(`${WRAPPED} sh -c "$1" 2>&1`, [script]);
    expect(result.stdout.trim().split('\n')).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((number) => [`o${number}`, `e${number}`]),
    );
  });

  it('at the pace of a slow reader, who holds back neither signals nor the other stream', async () => {
    const mark = directory.file('mark');
    const script = `trap 'echo told >&2' USR1; ${UNTIL_SMALL} echo small > "$1"; head -c 3000000 /dev/zero & wait; wait; exit 5`;
    const result = await shell(
      `{ ${WRAPPED} sh -c "$1" sh "$2" & wrapper=$!
         until [ -s "$2" ]; do sleep 0.05; done; sleep 0.5; kill -USR1 $wrapper; wait $wrapper; echo "rc $?" >&2
       } | { sleep 3; wc -c; }`,
      [script, mark],
    );
    expect(result).toMatchObject({ stdout: '3000000\n', stderr: 'told\nrc 5\n' });
  }, 20_000);

  it('until the reader goes away, which the server sees', async () => {
    const said = directory.file('end');
    const script = `${UNTIL_SMALL} trap '' PIPE; while echo line; do :; done 2>/dev/null; echo broken > ${said}; exit 6`;
    const result = await shell(`${WRAPPED} sh -c "$1" | head -1; echo "rc \${PIPESTATUS[0]}"; cat "$2"`, [
      script,
      said,
    ]);
    expect(result.stdout).toBe('line\nrc 6\nbroken\n');
    const ended = await shell(`${WRAPPED} sh -c "$1" | head -1; echo "$PIPESTATUS"`, [
      `${UNTIL_SMALL} exec yes`,
    ]);
    expect(ended.stdout).toBe('y\n141\n');
  });

  it('also that of what the server left running', async () => {
    const out = directory.file('daemon');
    const script = `${UNTIL_SMALL} (sleep 1; echo later; echo "and more") & echo first; exit 4`;
    const result = await shell(`${WRAPPED} sh -c "$1" > >(cat > "$2"); echo "rc $?"`, [script, out]);
    expect(result.stdout).toBe('rc 4\n');
    await expect.poll(() => readFile(out, 'utf8'), { timeout: 8_000 }).toBe('first\nlater\nand more\n');
  });

  it('a reader who takes nothing keeps it from happening until he does', async () => {
    const script = 'head -c 1000000 /dev/zero; sleep 3; cat /proc/$PPID/comm >&2; exit 8';
    const result = await shell(`{ ${WRAPPED} sh -c "$1"; echo "rc $?" >&2; } | { sleep 2; wc -c; }`, [
      script,
    ]);
    expect(result).toMatchObject({ stdout: '1000000\n', stderr: `${WAITER}\nrc 8\n` });
  }, 20_000);
});

it('the small program says that it is not to be started by hand', async () => {
  for (const words of [[], ['server=1'], ['server=x', 'signals=3', 'records=4'], ['carry=1:2']]) {
    const result = await run(path.join(path.dirname(ADDON), WAITER), words);
    expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('warmset run') });
  }
});

describe('it stays what it was', () => {
  const settled = 'sleep 2; cat /proc/$PPID/comm; exit 3';

  it('for a report that is written at the end', async () => {
    const file = directory.file('report.json');
    const result = await cli([...QUIET.slice(0, -1), '--report', file, '--', 'sh', '-c', settled]);
    expect(result).toMatchObject({ code: 3, stdout: expect.not.stringContaining(WAITER) });
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ exitCode: 3 });
  });

  it('without the small program, and where it may not be executed', async () => {
    const addon = path.join(directory.path, 'warmset.node');
    await copyFile(ADDON, addon);
    const env = { ...BARE_ENVIRONMENT, WARMSET_ADDON: addon };
    const words = [...QUIET, 'sh', '-c', settled];
    const without = await cli(words, { env });
    expect(without).toMatchObject({ code: 3, stdout: expect.not.stringContaining(WAITER), stderr: '' });
    await copyFile('/dev/null', path.join(directory.path, WAITER));
    expect(await cli(words, { env })).toEqual(without);
  });

  it('while the server is not ready', async () => {
    const words = [
      'run',
      '--quiet',
      '--set',
      '/nothing/here',
      '--readiness',
      'log:never',
      '--log',
      'tee',
      '--',
    ];
    const running = owned(await startCli([...words, 'sh', '-c', 'echo up; exec sleep 20']));
    await running.saw(/up/);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(nameOf(running.pid ?? 0)).not.toBe(WAITER);
  });

  it('where the program can not be started after all', async () => {
    const addon = path.join(directory.path, 'warmset.node');
    await copyFile(ADDON, addon);
    const broken = path.join(directory.path, WAITER);
    await shell('printf "#!/nothing/here\\n" > "$1"; chmod 755 "$1"', [broken]);
    const env = { ...BARE_ENVIRONMENT, WARMSET_ADDON: addon };
    const script = 'trap "echo got; exit 4" USR1; echo up; while :; do sleep 0.05; done';
    const running = owned(await startCli([...QUIET, 'sh', '-c', script], { env }));
    await running.saw(/up/);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    process.kill(running.pid ?? 0, 'SIGUSR1');
    expect(await running.ended).toMatchObject({ code: 4, stdout: 'up\ngot\n', stderr: '' });
  });
});
