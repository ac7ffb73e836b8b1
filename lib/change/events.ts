import { z } from 'zod';
import { WarmsetError } from '../errors.ts';
import type { ChangeRecord, ChangeState, Step, StepKinds } from './types.ts';

function isStep(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'do' in value && typeof value.do === 'string';
}

const HEADER = z.strictObject({
  warmset: z.literal('change/1'),
  id: z.string().regex(/^[a-z0-9-]{1,80}$/),
  kind: z.string().regex(/^[a-z0-9-]{1,40}$/),
  subject: z.string().min(1).max(4096),
  atMs: z.number().int().nonnegative(),
  steps: z.array(z.custom<Step>(isStep)).max(10_000),
});

const EVENT = z.discriminatedUnion('event', [
  z.strictObject({ event: z.enum(['begin', 'end', 'undo', 'undone']), step: z.number().int().nonnegative() }),
  z.strictObject({ event: z.enum(['applied', 'removing', 'removed']) }),
  z.strictObject({ event: z.literal('failed'), message: z.string() }),
]);

export type ChangeHeader = z.infer<typeof HEADER>;
export type ChangeEvent = z.infer<typeof EVENT>;

/**
 * Pure reading of a journal. A last line that was cut off by a crash says nothing: what it would have announced was not
 * begun.
 *
 * @throws WarmsetError `WARMSET_CHANGE` for anything else that isn't a journal of ours.
 */
export function readJournal(name: string, text: string, kinds: StepKinds): ChangeRecord {
  const lines = text.split('\n');
  // What ends with a line's end has an empty last piece; otherwise the last line was cut off.
  lines.pop();
  const [first, ...rest] = lines.map((line, index) => parseLine(name, line, index + 1));
  const header = HEADER.safeParse(first);
  if (!header.success) throw damaged(name, 'its first line is not the head of a change');
  const { id, kind, subject, atMs } = header.data;
  const steps = header.data.steps.map((step, index) => readStep(name, step, index, kinds));
  let state: ChangeState = 'applying';
  let failure: string | null = null;
  const begun: number[] = [];
  for (const [index, line] of rest.entries()) {
    const event = EVENT.safeParse(line);
    if (!event.success) throw damaged(name, `line ${index + 2} is not an event`);
    const { data } = event;
    if ('step' in data && data.step >= steps.length) throw damaged(name, `line ${index + 2} names no step`);
    if (data.event === 'begin' && !begun.includes(data.step)) begun.push(data.step);
    if (data.event === 'undone' && begun.includes(data.step)) begun.splice(begun.indexOf(data.step), 1);
    if (data.event === 'applied' || data.event === 'removing' || data.event === 'removed') state = data.event;
    failure = data.event === 'failed' ? data.message : data.event === 'applied' ? null : failure;
  }
  return { id, kind, subject, beganAtMs: atMs, state, steps, begun, failure };
}

function readStep(name: string, step: Step, index: number, kinds: StepKinds): Step {
  const kind = kinds.find((one) => one.do === step.do);
  if (kind === undefined) {
    throw damaged(name, `step ${index + 1} is of a kind that this version doesn't know: ${step.do}`);
  }
  const read = kind.schema.safeParse(step);
  if (!read.success) throw damaged(name, `step ${index + 1} (${step.do}) is not what such a step is`);
  return read.data;
}

function parseLine(name: string, line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw damaged(name, `line ${number} is not JSON`);
  }
}

function damaged(name: string, what: string): WarmsetError {
  return new WarmsetError('WARMSET_CHANGE', `the journal of a change can't be read: ${what}`, {
    subject: name,
    remedy: 'look into it: each line says what was begun; undo that by hand, then remove the file',
  });
}
