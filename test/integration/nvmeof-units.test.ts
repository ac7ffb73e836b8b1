import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { parseActive } from '../../lib/storage/nvmeof/units/active.ts';
import { connectName, unitFiles } from '../../lib/storage/nvmeof/units/texts.ts';
import { escapeName, escapePath } from '../../lib/storage/persist/unit-escape.ts';
import { describeWith, root, systemd } from '../support/capabilities.ts';
import { cli } from '../support/cli.ts';
import { mustRun, run } from '../support/run.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { REQUEST } from '../unit/storage/nvmeof/requests.ts';

const NQN = 'nqn.2024-01.org.example:models';
const CONNECTION = [
  '--transport',
  'tcp',
  '--address',
  '10.0.0.7',
  '--nqn',
  NQN,
  '--host-nqn',
  'nqn.2024-01.org.example:%h$me',
];
const MOUNT = ['--what', '/dev/disk/by-id/nvme-models', '--where', '/mnt/my models'];
const OVERLAY = ['--overlay', '/srv/cache', '--upper', '/local/upper', '--work', '/local/work'];
const USER = ['--before-service', 'backend@a.service'];

describeWith(systemd, 'systemd itself', () => {
  const NAMES = fc.stringMatching(/^[ -~äß€/.]{1,20}$/).filter((text) => !text.startsWith('-'));

  function ask(args: readonly string[], texts: readonly string[]): readonly string[] {
    const { stdout } = spawnSync('systemd-escape', [...args, '--', ...texts], { encoding: 'utf8' });
    return stdout.trimEnd().split(' ');
  }

  it('escapes names as we do', () => {
    const [texts = []] = fc.sample(fc.array(NAMES, { minLength: 200, maxLength: 200 }), 1);
    expect(texts.map(escapeName)).toEqual(ask([], texts));
  });

  it('escapes paths as we do', () => {
    const plain = NAMES.filter((text) => !/(^|\/)\.\.?(\/|$)/.test(text)).map((text) => `/${text}`);
    const [texts = []] = fc.sample(fc.array(plain, { minLength: 200, maxLength: 200 }), 1);
    expect([...texts, '/'].map(escapePath)).toEqual(ask(['--path'], [...texts, '/']));
  });
});

describeWith([systemd, root], 'units', () => {
  it('are written, verified by systemd, written once, and removed without a trace', async () => {
    await using directory = await temporaryDirectory('units');
    const dir = directory.file('system');
    await mustRun('mkdir', [dir]);
    const backend = '[Service]\nExecStart=/bin/true\n';
    await writeFile(`${dir}/backend@.service`, backend);
    const before = await readdir(dir, { recursive: true });
    const state = ['--state', directory.file('state')];
    const words = [
      'nvmeof',
      'units',
      'apply',
      ...CONNECTION,
      ...MOUNT,
      ...OVERLAY,
      ...USER,
      '--dir',
      dir,
      ...state,
    ];
    expect((await cli(words)).code).toBe(0);
    const written = (await readdir(dir, { recursive: true })).sort();
    expect(written).toEqual(
      expect.arrayContaining([
        'mnt-my\\x20models.mount',
        'srv-cache.mount',
        'backend@a.service.d/warmset-nvmeof.conf',
        'remote-fs.target.wants/mnt-my\\x20models.mount',
      ]),
    );

    const units = written.filter((name) => /^[^/]+\.(service|mount)$/.test(name) && !name.includes('@'));
    expect(units).toHaveLength(3);
    const verified = await run(
      'systemd-analyze',
      ['verify', '--man=no', ...units.map((name) => `${dir}/${name}`)],
      {
        env: { ...process.env, SYSTEMD_UNIT_PATH: `${dir}:/usr/lib/systemd/system` },
      },
    );
    expect(verified).toMatchObject({ code: 0, stdout: '', stderr: '' });

    const again = await cli([...words, '--json']);
    expect(again.code).toBe(0);
    expect((await readdir(directory.file('state'))).filter((name) => name.endsWith('.jsonl'))).toHaveLength(
      1,
    );
    expect((await cli(['nvmeof', 'units', 'status', ...state])).stdout).toContain(
      'everything is as it was set',
    );
    expect((await cli(['nvmeof', 'units', 'remove', ...state])).code).toBe(0);
    expect(await readdir(dir, { recursive: true })).toEqual(before);
    expect(await readFile(`${dir}/backend@.service`, 'utf8')).toBe(backend);
  });

  it('a line that systemd does not know is found by the same check', async () => {
    await using directory = await temporaryDirectory('units');
    await writeFile(directory.file('x.service'), '[Service]\nType=oneshot\nExecStart=relative/path\n');
    const { code } = await run('systemd-analyze', ['verify', directory.file('x.service')]);
    expect(code).not.toBe(0);
  });

  it('a file that somebody changed is not removed', async () => {
    await using directory = await temporaryDirectory('units');
    const [dir, state] = [directory.file('system'), directory.file('state')];
    await mustRun('mkdir', [dir]);
    await cli(['nvmeof', 'units', 'apply', ...CONNECTION, '--dir', dir, '--state', state]);
    const [name = ''] = (await readdir(dir)).filter((one) => one.endsWith('.service'));
    await writeFile(`${dir}/${name}`, '# mine\n');
    const refused = await cli(['nvmeof', 'units', 'remove', '--state', state]);
    expect(refused.code).not.toBe(0);
    expect(await readFile(`${dir}/${name}`, 'utf8')).toBe('# mine\n');
  });
});

test('each unit requires, follows and is bound to the one before it', () => {
  const files = unitFiles({
    connection: REQUEST,
    program: ['warmset'],
    mount: { what: '/dev/disk/by-id/x', where: '/mnt/models', type: 'xfs', options: ['ro'] },
    overlay: { lower: '/mnt/models', upper: '/l/u', work: '/l/w', where: '/srv/cache' },
    users: ['backend.service'],
  });
  files.slice(1).forEach(({ text }, at) => {
    for (const word of ['Requires', 'After', 'BindsTo'])
      expect(text).toContain(`${word}=${files[at]?.name}\n`);
  });
  expect(files[1]?.text).toContain('Options=ro,_netdev,nofail\n');
});

test('values are systemd’s, not a shell’s: a percent sign and a dollar stay what they are', () => {
  const connection = { ...REQUEST, hostNqn: 'nqn.2024-01.org.example:%h$me' };
  const [connect] = unitFiles({
    connection,
    program: ['/opt/my dir/warmset'],
    mount: null,
    overlay: null,
    users: [],
  });
  expect(connect?.text).toContain('--host-nqn=nqn.2024-01.org.example:%%h$$me');
  expect(connect?.text).toContain('ExecStart="/opt/my dir/warmset" nvmeof connect');
});

test('a name that is too long for a file is cut, and stays different from another', () => {
  const names = ['a', 'b'].map((end) =>
    connectName({ ...REQUEST, nqn: `nqn.2024-01.org.example:${'-'.repeat(150)}${end}` }),
  );
  expect(new Set(names).size).toBe(2);
  for (const name of names) {
    expect(name.length).toBeLessThan(230);
    expect(name).toMatch(/^([A-Za-z0-9_.-]|\\x[0-9a-f]{2})+$/);
  }
});

test('units that run are found in what systemctl shows', () => {
  const text =
    'Id=a.mount\nActiveState=active\n\nId=b.service\nActiveState=inactive\n\nActiveState=activating\nId=c.mount\n';
  expect(parseActive(text)).toEqual(['a.mount', 'c.mount']);
});

test.each([
  [['--where', '/mnt/x'], '--what'],
  [['--what', '/mnt/x', '--where', '/mnt/x'], '--what'],
  [['--what', '/dev/x', '--where', '/'], '--where'],
  [['--what', '/dev/x', '--where', '/mnt/x', '--type', 'xfs;id'], '--type'],
  [['--what', '/dev/x', '--where', '/mnt/x', '--mount-options', 'ro,a b'], '--mount-options'],
  [
    ['--what', '/dev/x', '--where', '/mnt/x', '--overlay', '/c', '--upper', '/a:b', '--work', '/w'],
    '--upper',
  ],
  [['--before-service', 'a/b.service'], '--before-service'],
])('%j is refused with its option', async (words, option) => {
  const { code, stderr } = await cli(['nvmeof', 'units', 'plan', ...CONNECTION, ...words]);
  expect(code).toBe(2);
  expect(stderr).toContain(option);
});
