import type { LaunchEvent, LaunchedServer, LaunchResult } from '../../launch/options.ts';
import { describeTerminal } from '../render/terminal.ts';
import { Narration } from './narrate.ts';
import { ReportFile } from './report-file.ts';
import type { RunRequest } from './run-request.ts';
import type { Voice } from './voice.ts';

/**
 * Tells of a server's start and end, and writes its report.
 *
 * @param listen hands over the events, the past ones too
 * @param settle called when nothing is left to do but to wait for its end
 */
export async function follow(
  server: LaunchedServer,
  request: RunRequest,
  voice: Voice,
  listen: (listener: (event: LaunchEvent) => void) => void,
  settle: () => Promise<void>,
): Promise<LaunchResult> {
  const terminal = describeTerminal(voice.stream(), process.env);
  const narration = new Narration(terminal, request.quiet, (lines) => voice.say(lines));
  listen((event) => narration.onEvent(event));
  const file =
    request.report === undefined
      ? null
      : new ReportFile(request.report, (message) => {
          voice.say([`warmset: the report ${request.report} could not be written: ${message}`]);
        });
  let over = false;
  const started = Promise.all([server.ready, server.filled]).then(async () => {
    if (over || server.pid === null) return;
    narration.start(server.report());
    await file?.write(server.report());
    await settle();
  });
  const result = await server.exited;
  over = true;
  await started.catch(() => {});
  if (result.exit.state !== 'not-started') narration.start(result.report);
  narration.end(result);
  await file?.write(result.report);
  await voice.end();
  return result;
}
