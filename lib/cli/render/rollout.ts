import { kindOf } from '../../change/index.ts';
import {
  bareStep,
  type CheckResult,
  type GateVerdict,
  ROLLOUT_STEPS,
  type RollbackResult,
  type RolloutFile,
  type StageProgress,
  type Undone,
} from '../../rollout/index.ts';
import { formatDuration, formatShare } from '../../units.ts';
import { beside } from './pairs.ts';
import { bad, bold, dim, good, type Style, warn } from './style.ts';
import type { Terminal } from './terminal.ts';
import { pad, printable } from './width.ts';

const STYLES: Readonly<Record<GateVerdict, Style>> = { pass: good, fail: bad, insufficient: warn };
const VERDICT_WIDTH = 'insufficient'.length;

const STATES: Readonly<Record<StageProgress['state'], string>> = {
  done: 'done',
  part: 'half done',
  none: 'to do',
};

/** What each stage does, and how far the rollout has come. */
export function renderRolloutPlan(
  terminal: Terminal,
  file: RolloutFile,
  progress: readonly StageProgress[],
): string[] {
  return progress.flatMap(({ stage, state }, at) => {
    const gates = file.gates.map(({ name }) => name).filter((name) => stage.gates?.includes(name) ?? true);
    const part = stage.footprint === undefined ? '' : `, ${formatShare(stage.footprint)} of the footprint`;
    return [
      `${bold(terminal, `${at + 1}. ${stage.name}`)}${part} (${STATES[state]})`,
      ...stage.actions.flatMap((action) => {
        const step = bareStep(action);
        const kind = kindOf(step, ROLLOUT_STEPS);
        const command = kind.command(step)?.map(shown).join(' ') ?? '';
        return [
          ...beside(terminal, '  do:   ', printable(kind.describe(step)), { keyStyle: dim }),
          ...beside(terminal, '        ', printable(command), { style: dim }),
        ];
      }),
      ...beside(terminal, '  gates:', gates.join(', '), { keyStyle: dim }),
    ];
  });
}

/** An argument as a shell would have to be given it. */
function shown(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** A verdict by gate, with what decided it. @param all also what passed, number by number */
export function renderCheck(terminal: Terminal, check: CheckResult, all: boolean): string[] {
  const span = formatDuration(check.untilMs - check.fromMs);
  const windows = `${span} in windows of ${formatDuration(check.windowMs)}`;
  const skew = Math.abs(check.clockAheadMs);
  return [
    `${bold(terminal, `${check.rollout}, stage ${check.stage}`)}: ${styled(terminal, check.verdict)} (${windows})`,
    ...check.gates.flatMap(({ gate, verdict, findings }) => {
      const told = findings.filter((finding) => all || finding.verdict !== 'pass');
      return [
        `${styled(terminal, verdict)} ${gate}`,
        ...told.flatMap((finding) =>
          beside(terminal, `    ${finding.code}:`, printable(finding.message), { keyStyle: dim }),
        ),
      ];
    }),
    ...(skew < MUCH_SKEW_MS
      ? []
      : beside(
          terminal,
          'note:',
          `our clock differs from that of Prometheus by ${formatDuration(skew)}; its clock counts`,
        )),
  ];
}

const MUCH_SKEW_MS = 30_000;

function styled(terminal: Terminal, verdict: GateVerdict): string {
  return STYLES[verdict](terminal, pad(verdict, VERDICT_WIDTH));
}

const OUTCOMES: Readonly<Record<Undone['outcome'], string>> = {
  undone: 'undone ',
  left: 'left   ',
  failed: 'FAILED ',
};

export function renderRollback(terminal: Terminal, result: RollbackResult): string[] {
  const { rollout, actions, warnings, complete } = result;
  const summary =
    actions.length === 0
      ? 'nothing was done of it'
      : complete
        ? 'rolled back'
        : 'not all of it could be undone';
  return [
    ...actions.flatMap(({ stage, action, outcome, why }) =>
      beside(
        terminal,
        OUTCOMES[outcome],
        printable(`${stage}: ${action}${why === null ? '' : ` (${why})`}`),
        {
          keyStyle: outcome === 'failed' ? bad : dim,
        },
      ),
    ),
    ...warnings.flatMap((warning) => beside(terminal, 'note:', printable(warning), { keyStyle: warn })),
    `${bold(terminal, rollout)}: ${summary}`,
  ];
}
