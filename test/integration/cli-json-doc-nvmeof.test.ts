import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { nvmeofBaselineJson, nvmeofStatusJson, nvmeofWatchJson } from '../../lib/cli/json-contract-nvmeof.ts';
import { stringifyJson } from '../../lib/cli/render/json.ts';
import { PLAIN } from '../../lib/cli/render/terminal.ts';
import type { NvmeofStatus } from '../../lib/storage/nvmeof/index.ts';
import { baselineOf, judgeBaseline } from '../../lib/storage/nvmeof/index.ts';
import { Transitions } from '../../lib/storage/nvmeof/watch/transitions.ts';
import { capability, describeWith, root, systemd } from '../support/capabilities.ts';
import { cli, json, shell } from '../support/cli.ts';
import { DOCUMENT_GROUPS } from '../support/document-groups.ts';
import { documents } from '../support/documents.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { CONTROLLER } from '../unit/storage/nvmeof/requests.ts';

const netNamespace = capability('network namespaces', () => {
  const { status, stderr } = spawnSync('unshare', ['--net', 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : stderr;
});

const CONNECTION = ['--transport', 'tcp', '--address', '127.0.0.1', '--nqn', 'nqn.2024-01.org.example:x'];

/** What only a machine with a target has: test/vm compares the same with live controllers. */
const CONNECTED = ['controllers'];

const asRead = (document: object) => JSON.parse(stringifyJson(PLAIN, document)) as Record<string, unknown>;
const nvmeof = async (...words: readonly string[]) => json(await cli(['nvmeof', ...words, '--json']));

function status(over: Partial<typeof CONTROLLER> = {}): NvmeofStatus {
  const log = { mediaErrors: 0, errorLogEntries: 1, criticalWarning: 0 };
  const controllers = [{ ...CONTROLLER, log, ...over }];
  const names = { name: 'nvme-subsys1', nqn: CONTROLLER.subsystem, ioPolicy: 'numa' };
  const subsystem = { ...names, model: 'test', serial: '1', controllers };
  return { canConnect: true, ioTimeoutSeconds: 30, nativeMultipath: true, subsystems: [subsystem] };
}

describeWith([root, systemd, netNamespace], 'docs/json.md', () => {
  it('describes connections that are there, seen, and compared', async () => {
    await using directory = await temporaryDirectory('json-nvmeof');
    await nvmeof('status');
    await nvmeof('status', '--baseline', 'save', directory.file('baseline'));
    documents.check(asRead(nvmeofStatusJson(status())));
    const seen = new Transitions();
    seen.observe(status(), 0);
    const [later, atMs] = [status({ state: 'connecting' }), 1];
    const look = { atMs, status: later, transitions: seen.observe(later, atMs), paths: seen.paths() };
    documents.check(asRead(nvmeofWatchJson(look)));
    const compared = judgeBaseline(baselineOf(status(), 0), baselineOf(later, 1), null, {
      reconnects: 0,
      errors: 0,
    });
    documents.check(asRead(nvmeofBaselineJson(compared)));
  });

  it('describes the plan of a connection', async () => {
    await using directory = await temporaryDirectory('json-nvmeof');
    await nvmeof('connect', ...CONNECTION, '--state', directory.file('state'));
  });

  it('describes settings of the network, from their plan to their end', async () => {
    await using directory = await temporaryDirectory('json-nvmeof');
    const result = await shell(
      `export W; unshare --net bash -ec 'echo 0 > /proc/sys/net/ipv4/tcp_mtu_probing
      A="--state $1/state --file $1/90.conf --no-ping --json"; S="--state $1/state --json"
      $W nvmeof tune plan $A; $W nvmeof tune apply $A; $W nvmeof tune status $S; $W nvmeof tune remove $S
      ' bash "$1"`,
      [directory.path],
    );
    const lines = result.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    for (const stdout of lines) json({ ...result, stdout });
  });

  it('describes units, from their plan to their end', async () => {
    await using directory = await temporaryDirectory('json-nvmeof');
    const [dir, state] = [directory.file('system'), ['--state', directory.file('state')]];
    await mkdir(dir);
    for (const action of ['plan', 'apply']) {
      await nvmeof('units', action, ...CONNECTION, '--dir', dir, ...state);
    }
    for (const action of ['status', 'remove']) await nvmeof('units', action, ...state);
  });

  it('and nothing that never comes', () => {
    const never = documents.neverCame(DOCUMENT_GROUPS.nvmeof);
    expect(never.filter((field) => !CONNECTED.includes(field.split(' ').at(-1) ?? ''))).toEqual([]);
  });
});
