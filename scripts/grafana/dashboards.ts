import { canary } from './canary.ts';
import { guard } from './guard.ts';
import type { Dashboard } from './model.ts';
import { models } from './models.ts';
import { overview } from './overview.ts';
import { renderDashboard } from './render.ts';
import { sets } from './sets.ts';

export const DASHBOARDS: readonly Dashboard[] = [overview, sets, models, guard, canary];

/** Name and text of each file of deploy/grafana. */
export function dashboardFiles(): readonly { readonly file: string; readonly text: string }[] {
  return DASHBOARDS.map((dashboard) => ({
    file: `${dashboard.file ?? dashboard.uid}.json`,
    text: `${JSON.stringify(renderDashboard(dashboard), null, 2)}\n`,
  }));
}
