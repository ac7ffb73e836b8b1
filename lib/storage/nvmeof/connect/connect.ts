import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import {
  applyChange,
  type ChangeOptions,
  type ChangePlan,
  type ChangeRecord,
  listChanges,
  removeChange,
} from '../../../change/index.ts';
import { WarmsetError } from '../../../errors.ts';
import { STORAGE_STEPS } from '../../step-kinds.ts';
import { isInstalled } from '../installed.ts';
import { everyController, readNvmeofStatus } from '../status/read-status.ts';
import type { NvmeofController } from '../status/types.ts';
import { findControllers } from './connect-now.ts';
import { CANARY_DEFAULTS, canaryQueues, usualService } from './defaults.ts';
import { usersOfDisk } from './disk-users.ts';
import { isController } from './match.ts';
import { uuidOfNqn } from './names.ts';
import { CONNECT, planConnect } from './plan-connect.ts';
import { controllersNamed, DISCONNECT, type PathFilter, planDisconnect } from './plan-disconnect.ts';
import { type ConnectRequest, checkRequest } from './request.ts';
import type { NvmeConnect, NvmeDisconnect } from './steps.ts';

/** What must be said of a connection; the rest has defaults for a canary. */
export type ConnectWish = Pick<ConnectRequest, 'transport' | 'nqn'> &
  Partial<{ readonly [Key in keyof ConnectRequest]: ConnectRequest[Key] | undefined }>;

export type NvmeofChangeOptions = Omit<ChangeOptions, 'kinds'>;

/**
 * A wish with everything that it leaves open filled in: safe defaults, and this host's own NQN and ID.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` with the option that is wrong.
 */
export async function completeRequest(wish: ConnectWish): Promise<ConnectRequest> {
  const hostNqn = wish.hostNqn ?? (await line('/etc/nvme/hostnqn'));
  return checkRequest({
    transport: wish.transport,
    nqn: wish.nqn,
    address: wish.address ?? null,
    service: wish.service ?? usualService(wish.transport),
    hostNqn,
    // The kernel wants one ID for one NQN: of those that are made of a UUID, nvme-cli takes that.
    hostId: wish.hostId ?? (await line('/etc/nvme/hostid')) ?? (hostNqn === null ? null : uuidOfNqn(hostNqn)),
    hostAddress: wish.hostAddress ?? null,
    hostInterface: wish.hostInterface ?? null,
    keepAliveSeconds: wish.keepAliveSeconds ?? CANARY_DEFAULTS.keepAliveSeconds,
    reconnectDelaySeconds: wish.reconnectDelaySeconds ?? CANARY_DEFAULTS.reconnectDelaySeconds,
    ctrlLossSeconds: wish.ctrlLossSeconds ?? CANARY_DEFAULTS.ctrlLossSeconds,
    fastIoFailSeconds: wish.fastIoFailSeconds ?? CANARY_DEFAULTS.fastIoFailSeconds,
    ioQueues: wish.ioQueues ?? canaryQueues(availableParallelism()),
    queueSize: wish.queueSize ?? CANARY_DEFAULTS.queueSize,
    headerDigest: wish.headerDigest ?? CANARY_DEFAULTS.headerDigest,
    dataDigest: wish.dataDigest ?? CANARY_DEFAULTS.dataDigest,
    secret: wish.secret ?? null,
    controllerSecret: wish.controllerSecret ?? null,
  });
}

async function line(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n')[0]?.trim() || null;
}

/** What connecting would do. Changes nothing and needs no root. */
export async function planNvmeofConnect(request: ConnectRequest): Promise<ChangePlan> {
  const [{ canConnect }, nvmeCli, there] = await Promise.all([
    readNvmeofStatus(),
    isInstalled('nvme'),
    findControllers(request),
  ]);
  return planConnect(request, { root: isRoot(), canConnect, nvmeCli, there });
}

/** @throws WarmsetError `WARMSET_CHANGE`, `WARMSET_NVMEOF`: see {@link applyChange}. */
export async function applyNvmeofConnect(
  request: ConnectRequest,
  options: NvmeofChangeOptions = {},
): Promise<{ readonly record: ChangeRecord; readonly controllers: readonly NvmeofController[] }> {
  refuseOthers('connecting');
  const plan = await planNvmeofConnect(request);
  const change = { ...options, kinds: STORAGE_STEPS };
  if ((await findControllers(request)).length === 0) {
    // What was connected before a boot, or was ended by somebody else, is only in the journal.
    await forget(change, (record) => record.kind === CONNECT && record.subject === plan.subject);
  }
  const record = await applyChange(plan, change);
  // Whatever was disconnected there is connected again.
  const connected = everyController(await readNvmeofStatus());
  await forget(
    change,
    (one) => one.kind === DISCONNECT && requestsOf(one).every((path) => isAmong(connected, path)),
  );
  return { record, controllers: await findControllers(request) };
}

/** What disconnecting would do. Changes nothing and needs no root. */
export async function planNvmeofDisconnect(name: string, filter: PathFilter = {}): Promise<ChangePlan> {
  const controllers = controllersNamed(name, await readNvmeofStatus(), filter);
  const disks = [...new Set(controllers.flatMap(({ paths }) => paths.map(({ disk }) => disk)))];
  const [nvmeCli, ...users] = await Promise.all([
    isInstalled('nvme'),
    ...disks.map((disk) => usersOfDisk(disk)),
  ]);
  return planDisconnect(name, controllers, { root: isRoot(), nvmeCli, users: users.flat() });
}

/** Ends connections: those that warmset made by undoing them, others by a change that can be undone. */
export async function applyNvmeofDisconnect(
  name: string,
  options: NvmeofChangeOptions & PathFilter = {},
): Promise<readonly ChangeRecord[]> {
  refuseOthers('disconnecting');
  const change = { ...options, kinds: STORAGE_STEPS };
  const plan = await planNvmeofDisconnect(name, options);
  const refused = plan.checks.find(({ verdict }) => verdict === 'refuse');
  if (refused !== undefined) {
    throw new WarmsetError('WARMSET_NVMEOF', refused.message, {
      subject: name,
      ...(refused.remedy === undefined ? {} : { remedy: refused.remedy }),
    });
  }
  const controllers = controllersNamed(name, await readNvmeofStatus(), options);
  const ended = await forget(
    change,
    (one) => one.kind === CONNECT && requestsOf(one).some((path) => isAmong(controllers, path)),
  );
  // An earlier one of the same name, since connected again by somebody else.
  await forget(change, (one) => one.kind === DISCONNECT && one.subject === name);
  const left = everyController(await readNvmeofStatus()).map((one) => one.name);
  const steps = (plan.steps as readonly NvmeDisconnect[]).filter(({ controller }) =>
    left.includes(controller),
  );
  return steps.length === 0 ? ended : [...ended, await applyChange({ ...plan, steps }, change)];
}

async function forget(
  options: ChangeOptions,
  which: (record: ChangeRecord) => boolean,
): Promise<readonly ChangeRecord[]> {
  const removed: ChangeRecord[] = [];
  for (const { id } of (await listChanges(options)).filter(which))
    removed.push(await removeChange(id, options));
  return removed;
}

function requestsOf(record: ChangeRecord): readonly ConnectRequest[] {
  return (record.steps as readonly (NvmeConnect | NvmeDisconnect)[]).map(({ request }) => request);
}

function isAmong(controllers: readonly NvmeofController[], path: ConnectRequest): boolean {
  return controllers.some((one) => isController(one, path));
}

function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

function refuseOthers(what: string): void {
  if (isRoot()) return;
  throw new WarmsetError('WARMSET_NVMEOF', `${what} needs root, and this is another user`, {
    remedy: 'run it as root; without --apply it only shows what would be done',
  });
}
