import { type CommandOptions, runCommand } from '../../../change/index.ts';
import { WarmsetError } from '../../../errors.ts';
import { parseSmartLog } from './parse.ts';
import type { ControllerLog } from './types.ts';

const MOST_MS = 5_000;

/** What a controller counts of itself. `null` where nvme-cli is missing, may not ask, or gets no answer in 5 s. */
export async function readControllerLog(
  controller: string,
  options: Pick<CommandOptions, 'signal'> = {},
): Promise<ControllerLog | null> {
  try {
    const command = ['nvme', 'smart-log', `/dev/${controller}`, '--output-format=json'];
    return parseSmartLog(await runCommand(command, { ...options, timeoutMs: MOST_MS }));
  } catch (error) {
    if (WarmsetError.is(error)) return null;
    throw error;
  }
}
