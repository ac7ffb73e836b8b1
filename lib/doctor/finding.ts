/**
 * How much a finding matters:
 * - `problem`: what was asked for can't be had here as things stand;
 * - `warning`: it can, and something is lost or someone is hurt;
 * - `note`: to know, or couldn't be found out;
 * - `ok`: looked at and good.
 */
export type Level = 'ok' | 'note' | 'warning' | 'problem';

/** One thing that was looked at. Plain data, fit for JSON. */
export interface Finding {
  /** Names what was looked at or found, in kebab case. Stable; several findings may share one (a disk each, say). */
  readonly id: string;
  readonly level: Level;
  /** One line. */
  readonly title: string;
  /** What was read, with its numbers and where from, and why it matters. */
  readonly evidence: string;
  /** What to change: an exact command or setting where there is one. Null: nothing to do, or nothing can be done. */
  readonly remedy: string | null;
}

/** All findings, the worst first and otherwise in the order of the checks. Plain data, fit for JSON. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** Of the first finding; `ok` when there is none. */
  readonly worst: Level;
}

const WORST_FIRST: readonly Level[] = ['problem', 'warning', 'note', 'ok'];

/** Puts findings into the order of a diagnosis. Pure. */
export function conclude(findings: readonly Finding[]): Diagnosis {
  // toSorted is stable: equals stay as the checks gave them.
  const ordered = findings.toSorted((a, b) => WORST_FIRST.indexOf(a.level) - WORST_FIRST.indexOf(b.level));
  return { findings: ordered, worst: ordered[0]?.level ?? 'ok' };
}

/** What a finding of a known level needs. */
type Write = (id: string, title: string, evidence: string, remedy?: string | null) => Finding;

function writer(level: Level): Write {
  return (id, title, evidence, remedy = null) => ({ id, level, title, evidence, remedy });
}

export const problem: Write = writer('problem');
export const warning: Write = writer('warning');
export const note: Write = writer('note');
export const ok: Write = writer('ok');
