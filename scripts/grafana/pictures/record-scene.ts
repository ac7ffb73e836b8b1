import { mustRun } from '../../../test/support/run.ts';
import { DASHBOARDS } from '../dashboards.ts';
import { live } from './life.ts';
import { type Recording, record } from './recording.ts';
import { startScene } from './scene.ts';

/** Plays the scene, and asks for what the dashboards show of it. Takes some two minutes. */
export async function recordScene(): Promise<Recording> {
  // Found out now, and not by waiting for an answer.
  await mustRun('prometheus', ['--version']);
  await using scene = await startScene();
  const start = Math.floor(Date.now() / 1e3);
  await live(scene);
  const { canary, control } = scene;
  const variables = {
    instance: '.*',
    set: '.*',
    canary: `${canary.name}:.*`,
    control: `${control.name}:.*`,
    canary_server: `${canary.name}:.*`,
    control_server: `${control.name}:.*`,
    // Grafana's is four scrapes at least.
    __rate_interval: '6s',
  };
  // Awaited here: what returns a promise takes the scene down before it is kept.
  return await record(scene.prometheus.port, DASHBOARDS, variables, {
    start,
    end: Math.floor(Date.now() / 1e3),
    step: 1,
  });
}
