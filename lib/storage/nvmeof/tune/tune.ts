import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  applyChange,
  type ChangePlan,
  type ChangeRecord,
  readText,
  readValue,
  removeChange,
} from '../../../change/index.ts';
import { WarmsetError } from '../../../errors.ts';
import { STORAGE_STEPS } from '../../step-kinds.ts';
import type { NvmeofChangeOptions } from '../connect/connect.ts';
import { wrongIp } from '../connect/names.ts';
import { type ChangeInEffect, changesInEffect } from '../in-effect.ts';
import { everyController, readNvmeofStatus } from '../status/read-status.ts';
import { irqbalanceRuns, readWay } from './network.ts';
import { planTune, type SettingReading, TUNE, TUNE_SUBJECT, type TuneWish } from './plan-tune.ts';
import { SETTINGS, type Setting } from './settings.ts';

export const SYSCTL_FILE = '/etc/sysctl.d/90-warmset-nvmeof.conf';

export interface TuneOptions extends TuneWish {
  /** Targets whose way is looked at. @default those that TCP and RDMA controllers are connected to */
  readonly addresses?: readonly string[] | undefined;
  /** Where the settings are kept over a boot; `null`: they aren't. @default {@link SYSCTL_FILE} */
  readonly file?: string | null | undefined;
  /** Sends pings that must not be divided. @default true */
  readonly ping?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What would be set, each with its reason. Changes nothing and needs no root.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` for what is no address.
 */
export async function planNvmeofTune(options: TuneOptions = {}): Promise<ChangePlan> {
  const { addresses = await connectedAddresses(), file = SYSCTL_FILE, ping = true, signal } = options;
  for (const address of addresses) refuseNoAddress(address);
  const [settings, ways, irqbalance] = await Promise.all([
    Promise.all(SETTINGS.map(readSetting)),
    Promise.all(addresses.map((address) => readWay(address, { probe: ping, signal }))),
    irqbalanceRuns(),
  ]);
  const kept = file === null ? null : await readFileFacts(file);
  return planTune(options, { root: process.geteuid?.() === 0, settings, ways, irqbalance, file: kept });
}

/** Applying it again while it is in effect changes nothing. */
export async function applyNvmeofTune(
  options: TuneOptions & NvmeofChangeOptions = {},
): Promise<ChangeRecord | null> {
  const change = { ...options, kinds: STORAGE_STEPS };
  const [there] = await changesInEffect(TUNE, change);
  if (there?.record.state === 'applied' && there.inEffect.every(Boolean)) return there.record;
  const plan = await planNvmeofTune(options);
  if (there === undefined && plan.steps.length === 0) return null;
  return applyChange(plan, change);
}

export async function nvmeofTuneStatus(options: NvmeofChangeOptions = {}): Promise<ChangeInEffect | null> {
  return (await changesInEffect(TUNE, { ...options, kinds: STORAGE_STEPS }))[0] ?? null;
}

/** @throws WarmsetError `WARMSET_CHANGE` where nothing was applied, or a value is neither the old nor the new one. */
export async function removeNvmeofTune(options: NvmeofChangeOptions = {}): Promise<ChangeRecord> {
  const there = await nvmeofTuneStatus(options);
  if (there !== null) return removeChange(there.record.id, { ...options, kinds: STORAGE_STEPS });
  throw new WarmsetError('WARMSET_CHANGE', 'nothing of the network was set', {
    subject: TUNE_SUBJECT,
    remedy: 'warmset nvmeof tune plan shows what would be',
  });
}

async function connectedAddresses(): Promise<readonly string[]> {
  const reached = everyController(await readNvmeofStatus()).filter(
    ({ transport }) => transport === 'tcp' || transport === 'rdma',
  );
  return [...new Set(reached.flatMap(({ address }) => address ?? []))];
}

async function readSetting(setting: Setting): Promise<SettingReading> {
  const [value, facts] = await Promise.all([
    readValue(setting.path).catch(() => null),
    stat(setting.path).catch(() => null),
  ]);
  // In a network namespace of its own some are shown and can't be written, not even by root.
  return { setting, value, writable: facts !== null && (facts.mode & 0o200) !== 0 };
}

async function readFileFacts(path: string) {
  const [before, directory] = await Promise.all([
    readText(path),
    stat(dirname(path)).then(
      (facts) => facts.isDirectory(),
      () => false,
    ),
  ]);
  return { path, before, directory };
}

function refuseNoAddress(address: string): void {
  const wrong = wrongIp(address);
  if (wrong === null) return;
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `--address ${JSON.stringify(address)} ${wrong}`, {
    subject: '--address',
    remedy: 'give the address of a target, such as 10.0.0.7',
  });
}
