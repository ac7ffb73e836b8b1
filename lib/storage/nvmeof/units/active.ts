import { runCommand } from '../../../change/index.ts';
import { systemdRuns } from './reload-step.ts';

/** Which of these units run now or are about to. None where no systemd runs. */
export async function activeUnits(names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0 || !(await systemdRuns())) return [];
  const text = await runCommand(['systemctl', 'show', '--property=Id,ActiveState', '--', ...names]);
  return parseActive(text);
}

/** What `systemctl show --property=Id,ActiveState` says of several units, with an empty line between two. Pure. */
export function parseActive(text: string): readonly string[] {
  return text.split(/\n\n+/).flatMap((block) => {
    const id = /^Id=(.+)$/m.exec(block)?.[1];
    const state = /^ActiveState=(.+)$/m.exec(block)?.[1];
    return id !== undefined && state !== undefined && !['inactive', 'failed'].includes(state) ? [id] : [];
  });
}
