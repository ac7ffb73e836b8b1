import { type ChangeOptions, type ChangeRecord, kindOf, listChanges } from '../../change/index.ts';

/** A step that leaves nothing behind to be seen. */
const PASSES = 'systemd-reload';

/** A change, and which of its steps the system still shows. */
export interface ChangeInEffect {
  readonly record: ChangeRecord;
  /** A value for each step, in their order. */
  readonly inEffect: readonly boolean[];
}

/** Changes of one kind that are not removed, oldest first. Reads the journals only as far as it may. */
export async function changesInEffect(
  kind: string,
  options: ChangeOptions,
): Promise<readonly ChangeInEffect[]> {
  const records = (await listChanges(options)).filter((one) => one.kind === kind);
  return Promise.all(
    records.map(async (record) => ({
      record,
      inEffect: await Promise.all(
        record.steps.map((step) => step.do === PASSES || kindOf(step, options.kinds).isDone(step)),
      ),
    })),
  );
}
