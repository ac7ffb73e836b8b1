import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { capability, describeWith, root } from '../support/capabilities.ts';
import { json, shell } from '../support/cli.ts';
import { run } from '../support/run.ts';
import { temporaryDirectory } from '../support/temp.ts';

const netNamespace = capability('network namespaces', () => {
  const { status, stderr } = spawnSync('unshare', ['--net', 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : stderr;
});

const SHOW = 'cd /proc/sys/net/ipv4; cat tcp_rmem tcp_wmem tcp_mtu_probing tcp_slow_start_after_idle; cd /';
const USUAL = `cd /proc/sys/net/ipv4
  echo "4096 131072 6291456" > tcp_rmem; echo "4096 16384 4194304" > tcp_wmem
  echo 0 > tcp_mtu_probing; echo 1 > tcp_slow_start_after_idle; cd /`;

/** A shell whose network is its own: `$W` is the program, `$1` a directory. */
function inNamespace(script: string, directory: string) {
  return shell(`export W; unshare --net bash -ec '${USUAL}\n${script}' bash "$1"`, [directory]);
}

describeWith([root, netNamespace], 'tuning in a network of its own', () => {
  it('apply, status, apply again, remove: the settings are set, kept, and as they were', async () => {
    await using directory = await temporaryDirectory('tune');
    const { stdout, stderr, code } = await inNamespace(
      `A="--state $1/state --file $1/90.conf --no-ping"
      ${SHOW}; echo =; $W nvmeof tune plan $A --json > $1/plan; ${SHOW}; echo =
      $W nvmeof tune apply $A > /dev/null; ${SHOW}; cat $1/90.conf > $1/kept; echo =
      $W nvmeof tune apply $A > /dev/null; $W nvmeof tune status --state $1/state | tail -1; echo =
      $W nvmeof tune remove --state $1/state > /dev/null; ${SHOW}; test ! -e $1/90.conf`,
      directory.path,
    );
    expect([code, stderr.includes('warmset:')]).toEqual([0, false]);
    const [before, planned, applied, status, removed] = stdout.split('=\n');
    expect(planned).toBe(before);
    expect(applied).toBe('4096\t131072\t16777216\n4096\t16384\t16777216\n1\n0\n');
    expect(status).toBe('everything is as it was set\n');
    expect(removed).toBe(before);
    expect(await readFile(directory.file('kept'), 'utf8')).toContain('net.ipv4.tcp_mtu_probing = 1\n');
    const plan = JSON.parse(await readFile(directory.file('plan'), 'utf8')) as { schema: string };
    expect(plan.schema).toBe('warmset.nvmeofTune/1');
  });

  it('what is set since by somebody else is said, and not overwritten', async () => {
    await using directory = await temporaryDirectory('tune');
    const { stdout, stderr } = await inNamespace(
      `A="--state $1/state --no-persist --no-ping"
      $W nvmeof tune apply $A > /dev/null; echo 2 > /proc/sys/net/ipv4/tcp_mtu_probing
      $W nvmeof tune status --state $1/state | tail -1
      $W nvmeof tune remove --state $1/state > /dev/null || echo refused; cat /proc/sys/net/ipv4/tcp_mtu_probing`,
      directory.path,
    );
    expect(stdout).toMatch(/^no longer as it was set: step \d\nrefused\n2\n$/);
    expect(stderr).toContain('tcp_mtu_probing is 2');
  });

  it('after a crash at any step, before or after it was done, removing brings everything back', async () => {
    await using directory = await temporaryDirectory('tune');
    const first = await inNamespace(
      `$W nvmeof tune apply --state $1/state --file $1/90.conf --no-ping --json`,
      directory.path,
    );
    const [change] = json(first).changes as readonly { id: string; steps: readonly { step: Step }[] }[];
    const steps = (change?.steps ?? []).map(({ step }) => step);
    expect(steps.length).toBeGreaterThan(4);
    const journal = directory.file('state', `${change?.id}.jsonl`);
    const [head, ...events] = (await readFile(journal, 'utf8')).trimEnd().split('\n');
    // Every prefix of the journal is what a crash may have left; the last begun step was done or not.
    const crashes = events.flatMap((_, at) => {
      const kept = events.slice(0, at + 1);
      const begun = kept.filter((line) => line.includes('"begin"')).length;
      const open = kept.at(-1)?.includes('"begin"') === true;
      return (open ? [begun - 1, begun] : [begun]).map((done) => ({ kept, done }));
    });
    expect(crashes.length).toBeGreaterThan(10);
    for (const [at, { kept, done }] of crashes.entries()) {
      const place = directory.file(`crash${at}`);
      await run('mkdir', ['-p', place]);
      await writeFile(`${place}/${change?.id}.jsonl`, `${[head, ...kept].join('\n')}\n{"event":"be`);
      await writeFile(`${place}/do.sh`, steps.slice(0, done).map(commandOf).join('\n'));
      await run('rm', ['-f', directory.file('90.conf')]);
      const { stdout, stderr } = await inNamespace(
        `${SHOW}; echo =; . $1/do.sh; $W nvmeof tune remove --state $1 > /dev/null 2> $1/log || cat $1/log; ${SHOW}
         test ! -e $1/../90.conf`,
        place,
      );
      const [before, after] = stdout.split('=\n');
      expect([kept.length, done, after, stderr]).toEqual([kept.length, done, before, '']);
    }
  }, 60_000);

  it('the MTU of a path: a network card that promises too much is found out', async () => {
    await using directory = await temporaryDirectory('tune');
    const { stdout } = await inNamespace(
      `ip link set lo up; $W nvmeof tune plan --address 127.0.0.1 --state $1/s --no-persist | grep mtu:
       $W nvmeof tune plan --address 10.9.9.9 --state $1/s --no-persist --no-ping | grep mtu:`,
      directory.path,
    );
    expect(stdout).toContain('lo, MTU 65536, to 127.0.0.1');
    expect(stdout).toContain('nobody knows the way to 10.9.9.9');
  });
});

interface Step {
  readonly do: string;
  readonly path?: string;
  readonly to?: string;
  readonly text?: string;
}

/** What doing a step comes to, in a shell. */
function commandOf({ do: kind, path = '', to = '', text = '' }: Step): string {
  return `printf %s $'${(kind === 'set-value' ? to : text).replaceAll('\n', '\\n')}' > ${path}`;
}
