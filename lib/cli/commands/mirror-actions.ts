import { resolve } from 'node:path';
import { applyChange, type ChangeRecord, listChanges, removeChange } from '../../change/index.ts';
import { WarmsetError } from '../../errors.ts';
import type { Priority } from '../../native/job.ts';
import {
  followMirror,
  type MirrorOptions,
  type MirrorResult,
  mirror,
  mirrorStatus,
  planMirrorOf,
  planSwitch,
  SWITCH_KIND,
  type SwitchBy,
  stopMirror,
} from '../../storage/mirror/index.ts';
import { STORAGE_STEPS } from '../../storage/step-kinds.ts';
import { EXIT } from '../exit-codes.ts';
import { changePlanJson, changeRecordJson } from '../json-contract-change.ts';
import { mirrorJson, mirrorPlanJson, mirrorStatusJson } from '../json-contract-mirror.ts';
import { renderChangePlan, renderChangeRecord } from '../render/change-plan.ts';
import { stringifyJson } from '../render/json.ts';
import { renderMirror, renderMirrorPlan, renderMirrorStatus } from '../render/mirror-report.ts';
import { createProgress } from '../render/progress.ts';
import { printable } from '../render/width.ts';
import type { Session } from '../session.ts';

export interface MirrorFlags {
  readonly dryRun?: boolean;
  readonly rate?: number;
  readonly maxBytes?: number;
  readonly keepFree?: number;
  readonly verify: 'destination' | 'source';
  readonly warm?: boolean;
  readonly delete?: boolean;
  readonly overwrite?: boolean;
  readonly loop?: number;
  readonly stop?: boolean;
  readonly status?: boolean;
  readonly switch?: string;
  readonly switchBack?: string;
  readonly by?: SwitchBy;
  readonly state?: string;
  readonly priority: Priority;
  readonly guard: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** What `storage mirror` does, each of its ways a method. */
export class MirrorVerb {
  readonly #source: string;
  readonly #local: string;
  readonly #flags: MirrorFlags;
  readonly #session: Session;

  constructor(source: string, local: string, flags: MirrorFlags, session: Session) {
    this.#source = source;
    this.#local = local;
    this.#flags = flags;
    this.#session = session;
  }

  async run(): Promise<number> {
    const { status, stop, switchBack, dryRun, loop, switch: at } = this.#flags;
    if ([status, stop, switchBack, at].filter(Boolean).length > 1 || (loop !== undefined && at)) {
      throw new WarmsetError(
        'WARMSET_BAD_ARGUMENT',
        'only one of --status, --stop, --switch and --switch-back can be done at a time, and none in a loop',
        { remedy: 'give one of them' },
      );
    }
    if (status) return this.#status();
    if (stop) return this.#stop();
    if (switchBack !== undefined) return this.#switchBack(switchBack);
    if (dryRun) return at === undefined ? this.#plan() : this.#planSwitch(at);
    if (loop !== undefined) return this.#follow(loop);
    const result = await this.#withProgress((options) => mirror(this.#source, this.#local, options));
    if (at === undefined || !result.whole) {
      await this.#show(mirrorJson(result), () => renderMirror(this.#session.terminal, result));
      return judge(result);
    }
    await this.#session.err.writeLines(renderMirror(this.#session.errTerminal, result));
    return this.#switch(at);
  }

  async #status(): Promise<number> {
    const found = await mirrorStatus(this.#local);
    if (found === null) throw noMirror(this.#local);
    const switches = (await this.#changes()).filter(({ steps }) =>
      steps.some((step) => Object.values(step).includes(found.local)),
    );
    await this.#show(mirrorStatusJson(found, switches), () => [
      ...renderMirrorStatus(this.#session.terminal, found),
      ...switches.flatMap((one) => renderChangeRecord(this.#session.terminal, one, STORAGE_STEPS)),
    ]);
    return found.whole ? EXIT.done : EXIT.notAllDone;
  }

  async #stop(): Promise<number> {
    const pid = await stopMirror(this.#local, { signal: this.#session.signal });
    await this.#show({ schema: 'warmset.mirrorStop/1', pid }, () => [
      pid === null ? 'nobody works on it' : `process ${pid} has ended`,
    ]);
    return EXIT.done;
  }

  async #plan(): Promise<number> {
    const preview = await planMirrorOf(this.#source, this.#local, this.#options());
    await this.#show(mirrorPlanJson(this.#source, this.#local, preview), () =>
      renderMirrorPlan(this.#session.terminal, preview),
    );
    const refused = preview.plan.actions.some((action) => action.do === 'refuse');
    return refused || preview.tree.failures.length > 0 ? EXIT.notAllDone : EXIT.done;
  }

  async #planSwitch(at: string): Promise<number> {
    const plan = await planSwitch(this.#local, at, { by: this.#flags.by });
    const json = { schema: 'warmset.mirrorSwitchPlan/1', ...changePlanJson(plan, STORAGE_STEPS) };
    await this.#show(json, () => renderChangePlan(this.#session.terminal, plan, STORAGE_STEPS));
    return plan.checks.some(({ verdict }) => verdict === 'refuse') ? EXIT.notAllDone : EXIT.done;
  }

  async #switch(at: string): Promise<number> {
    const there = (await this.#changes()).find(
      ({ subject, state }) => subject === resolve(at) && state === 'applied',
    );
    const plan = await planSwitch(this.#local, at, { by: this.#flags.by });
    const record = there ?? (await applyChange(plan, this.#changeOptions()));
    return this.#showRecord(record);
  }

  async #switchBack(at: string): Promise<number> {
    const found = (await this.#changes()).find(({ subject }) => subject === resolve(at));
    if (found !== undefined) return this.#showRecord(await removeChange(found.id, this.#changeOptions()));
    throw new WarmsetError('WARMSET_STORAGE', `no mirror stands at ${resolve(at)}`, {
      subject: resolve(at),
      remedy: '--status says where it stands in; --state names another directory of journals',
    });
  }

  async #showRecord(record: ChangeRecord): Promise<number> {
    const json = { schema: 'warmset.mirrorSwitch/1', ...changeRecordJson(record, STORAGE_STEPS) };
    await this.#show(json, () => renderChangeRecord(this.#session.terminal, record, STORAGE_STEPS));
    return EXIT.done;
  }

  async #follow(intervalMs: number): Promise<number> {
    this.#session.beService(() => undefined);
    const { terminal, err, signal } = this.#session;
    const last = await followMirror(this.#source, this.#local, {
      ...this.#options(),
      ...{ intervalMs, signal },
      onRound: async (result) => {
        if (result.files.length === 0 && result.deleted.length === 0 && result.whole) return;
        await this.#show(mirrorJson(result), () => [...renderMirror(terminal, result), '']);
      },
      onFailure: ({ message }) => err.writeLines([`this round could not be begun: ${printable(message)}`]),
    });
    return last === null || last.whole || last.stopped?.reason === 'signal' ? EXIT.done : judge(last);
  }

  async #withProgress(work: (options: MirrorOptions) => Promise<MirrorResult>): Promise<MirrorResult> {
    using progress = createProgress(process.stderr, this.#session.errTerminal, { label: 'copying' });
    return await work({
      ...this.#options(),
      onProgress: ({ copied, toCopy, verdict }) => {
        if (this.#flags.quiet) return;
        const held = verdict === null || verdict.action === 'go' ? null : verdict.reason.message;
        progress.update({
          ...{ doneBytes: copied, totalBytes: toCopy },
          ...(held === null ? {} : { note: `held: ${held}` }),
        });
      },
    });
  }

  #options(): MirrorOptions {
    const { rate, maxBytes, keepFree, verify, warm, overwrite, priority, guard } = this.#flags;
    return {
      ...{ rate, maxBytes, keepFree, verify, warm, overwrite, priority, delete: this.#flags.delete },
      ...{ signal: this.#session.signal, guard: guard ? undefined : false },
    };
  }

  #changeOptions() {
    return { kinds: STORAGE_STEPS, directory: this.#flags.state, signal: this.#session.signal };
  }

  async #changes(): Promise<readonly ChangeRecord[]> {
    return (await listChanges(this.#changeOptions())).filter(({ kind }) => kind === SWITCH_KIND);
  }

  async #show(json: object, lines: () => readonly string[]): Promise<void> {
    const { out, terminal } = this.#session;
    if (this.#flags.json) await out.write(`${stringifyJson(terminal, json)}\n`);
    else await out.writeLines([...lines()]);
  }
}

function judge({ whole, stopped, failed, failures }: MirrorResult): number {
  if (failed.files > 0 || failures.length > 0) return EXIT.notAllDone;
  if (stopped !== null && stopped.reason !== 'signal') return EXIT.stopped;
  return whole ? EXIT.done : EXIT.notAllDone;
}

function noMirror(local: string): WarmsetError {
  return new WarmsetError('WARMSET_STORAGE', `${resolve(local)} is no mirror`, {
    subject: resolve(local),
    remedy: 'mirror to it first, without --status',
  });
}
