import { dirname, join } from 'node:path';
import {
  applyChange,
  type ChangePlan,
  type ChangeRecord,
  type Check,
  look,
  type MakeDirectory,
  readText,
  removeChange,
  type Step,
  type Symlink,
  type WriteFile,
} from '../../../change/index.ts';
import { WarmsetError } from '../../../errors.ts';
import { STORAGE_STEPS } from '../../step-kinds.ts';
import type { NvmeofChangeOptions } from '../connect/connect.ts';
import { subjectOf } from '../connect/plan-connect.ts';
import { type ChangeInEffect, changesInEffect } from '../in-effect.ts';
import { activeUnits } from './active.ts';
import { type SystemdReload, systemdRuns } from './reload-step.ts';
import { type UnitFile, unitFiles } from './texts.ts';
import type { UnitsRequest } from './wish.ts';

export const UNITS = 'nvmeof-units';
export const UNITS_DIRECTORY = '/etc/systemd/system';

export interface UnitsOptions {
  /** Where systemd looks for units. @default {@link UNITS_DIRECTORY} */
  readonly unitsDirectory?: string | undefined;
}

/** The files as they will be, and the links that start them at boot. Changes nothing and needs no root. */
export async function planNvmeofUnits(
  request: UnitsRequest,
  options: UnitsOptions = {},
): Promise<ChangePlan> {
  const { unitsDirectory = UNITS_DIRECTORY } = options;
  const files = unitFiles(request);
  const directories = [
    ...new Set(
      files.flatMap(({ name, wantedBy }) => [
        ...(name.includes('/') ? [dirname(name)] : []),
        ...(wantedBy === null ? [] : [`${wantedBy}.wants`]),
      ]),
    ),
  ];
  const missing = await filter(
    directories,
    async (name) => (await look(join(unitsDirectory, name))) === null,
  );
  const steps: Step[] = [
    reloadStep('undone'),
    ...missing.map((name) => directoryStep(join(unitsDirectory, name))),
    ...(await Promise.all(files.map((file) => fileStep(file, unitsDirectory)))),
    ...files.flatMap((file) => linkStep(file, unitsDirectory)),
    reloadStep('done'),
  ];
  const checks = await checksOf(request, files, unitsDirectory);
  return { kind: UNITS, subject: subjectOf(request.connection), checks, steps };
}

/** Writes and enables them. They are started at the next boot, or by `systemctl start`. */
export async function applyNvmeofUnits(
  request: UnitsRequest,
  options: UnitsOptions & NvmeofChangeOptions = {},
): Promise<ChangeRecord> {
  const change = { ...options, kinds: STORAGE_STEPS };
  const plan = await planNvmeofUnits(request, options);
  const there = (await changesInEffect(UNITS, change)).find(({ record }) => record.subject === plan.subject);
  // What was there before stands in the steps, and it isn't there any more once they are done.
  if (there?.record.state === 'applied' && isSame(there.record.steps, plan.steps)) return there.record;
  return applyChange(plan, change);
}

export async function nvmeofUnitsStatus(
  options: NvmeofChangeOptions = {},
): Promise<readonly ChangeInEffect[]> {
  return changesInEffect(UNITS, { ...options, kinds: STORAGE_STEPS });
}

/**
 * @param subject of which connection; `null`: of all
 * @throws WarmsetError `WARMSET_NVMEOF` while one of the units runs.
 */
export async function removeNvmeofUnits(
  subject: string | null,
  options: NvmeofChangeOptions = {},
): Promise<readonly ChangeRecord[]> {
  const there = (await nvmeofUnitsStatus(options)).filter(
    ({ record }) => subject === null || record.subject === subject,
  );
  if (there.length === 0) {
    throw new WarmsetError('WARMSET_CHANGE', 'no units were written', {
      subject: subject ?? UNITS_DIRECTORY,
      remedy: 'warmset nvmeof units plan shows those that would be',
    });
  }
  const removed: ChangeRecord[] = [];
  for (const { record } of there) {
    const active = await activeUnits(namesOf(record.steps));
    if (active.length > 0) {
      throw new WarmsetError('WARMSET_NVMEOF', `these units run: ${active.join(', ')}`, {
        subject: record.subject,
        remedy: `systemctl stop ${active.toReversed().join(' ')}, then try again`,
      });
    }
    removed.push(await removeChange(record.id, { ...options, kinds: STORAGE_STEPS }));
  }
  return removed;
}

function namesOf(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((step) => {
    const name = step.do === 'write-file' ? ((step as WriteFile).path.split('/').at(-1) ?? '') : '';
    return /\.(service|mount)$/.test(name) ? [name] : [];
  });
}

function isSame(before: readonly Step[], now: readonly Step[]): boolean {
  const essence = (steps: readonly Step[]): string =>
    JSON.stringify(
      steps
        .filter((step) => step.do === 'write-file')
        .map((step) => ({ ...(step as WriteFile), before: null })),
    );
  return essence(before) === essence(now);
}

async function checksOf(
  { mount, connection }: UnitsRequest,
  files: readonly UnitFile[],
  unitsDirectory: string,
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const warn = (code: string, message: string, remedy: string): void => {
    checks.push({ code, verdict: 'warn', message, remedy });
  };
  if (process.geteuid?.() !== 0)
    warn('root', 'this needs root, and this is another user', 'apply it as root');
  if ((await look(unitsDirectory)) === null) {
    checks.push({ code: 'directory', verdict: 'refuse', message: `${unitsDirectory} is not there` });
  }
  if (!(await systemdRuns()))
    warn('systemd', 'no systemd runs here: the files are read at the next boot', 'boot it');
  if (mount !== null && /^\/dev\/nvme\d/.test(mount.what)) {
    const message = `${mount.what} is numbered in the order of connecting, and may be another disk after the next boot`;
    warn('what', message, 'use its name below /dev/disk/by-id');
  }
  if (connection.ctrlLossSeconds !== -1) {
    const message = `a target that is gone for ${connection.ctrlLossSeconds} s is given up, and nothing connects again by itself`;
    warn('ctrl-loss', message, 'systemctl restart the unit then, or --ctrl-loss=-1');
  }
  checks.push({ code: 'order', verdict: 'ok', message: files.map(({ name }) => name).join(', then ') });
  return checks;
}

function reloadStep(when: SystemdReload['when']): SystemdReload {
  return { do: 'systemd-reload', when };
}

function directoryStep(path: string): MakeDirectory {
  return { do: 'make-directory', path, mode: 0o755, uid: 0, gid: 0 };
}

async function fileStep({ name, text }: UnitFile, directory: string): Promise<WriteFile> {
  const path = join(directory, name);
  return { do: 'write-file', path, text, mode: 0o644, before: await readText(path) };
}

function linkStep({ name, wantedBy }: UnitFile, directory: string): readonly Symlink[] {
  if (wantedBy === null) return [];
  return [
    { do: 'symlink', path: join(directory, `${wantedBy}.wants`, name), target: `../${name}`, before: null },
  ];
}

async function filter(
  values: readonly string[],
  keep: (value: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const kept = await Promise.all(values.map(keep));
  return values.filter((_, at) => kept[at]);
}
