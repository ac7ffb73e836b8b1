import type { Dashboard, Panel, Query, Row } from './model.ts';
import { type Place, placeRows } from './place.ts';

const SOURCE = { type: 'prometheus', uid: '$datasource' } as const;

/** The JSON that Grafana imports. */
export function renderDashboard(dashboard: Dashboard): Record<string, unknown> {
  return {
    uid: dashboard.uid,
    title: dashboard.title,
    description: dashboard.description,
    tags: ['warmset'],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'browser',
    links: [{ type: 'dashboards', tags: ['warmset'], title: 'warmset', asDropdown: false, keepTime: true }],
    templating: { list: variables(dashboard) },
    panels: place(dashboard.rows),
  };
}

const SERVERS = '{__name__=~"(vllm|sglang):time_to_first_token_seconds_count"}';

function variables({ bySet, compared = false }: Dashboard): readonly Record<string, unknown>[] {
  const choice = (
    name: string,
    label: string,
    metric: string,
    of: string = name,
  ): Record<string, unknown> => ({
    type: 'query',
    name,
    label,
    datasource: SOURCE,
    query: { query: `label_values(${metric}, ${of})`, refId: name },
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    // Not a list of all values: a thousand instances make a query that no server takes.
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
  });
  return [
    { type: 'datasource', name: 'datasource', label: 'Data source', query: 'prometheus' },
    ...(compared
      ? [
          choice('canary_server', 'Canary: servers', SERVERS, 'instance'),
          choice('control_server', 'Control: servers', SERVERS, 'instance'),
          choice('canary', 'Canary: keepers', 'warmset_build_info', 'instance'),
          choice('control', 'Control: keepers', 'warmset_build_info', 'instance'),
        ]
      : [choice('instance', 'Node', 'warmset_build_info')]),
    ...(bySet ? [choice('set', 'Set', 'warmset_target_bytes')] : []),
  ];
}

function place(rows: readonly Row[]): readonly Record<string, unknown>[] {
  return placeRows(rows).map((placed, index) =>
    placed.kind === 'row'
      ? {
          id: index + 1,
          type: 'row',
          title: placed.title,
          collapsed: false,
          gridPos: placed.place,
          panels: [],
        }
      : renderPanel(placed.panel, index + 1, placed.place),
  );
}

function renderPanel(panel: Panel, id: number, gridPos: Place): Record<string, unknown> {
  const { kind, title, description, unit, queries, steps, min, max } = panel;
  return {
    id,
    type: kind,
    title,
    description,
    gridPos,
    datasource: SOURCE,
    targets: queries.map((query, index) => renderQuery(query, index, kind)),
    fieldConfig: {
      defaults: {
        unit,
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
        noValue: 'not known',
        color: { mode: steps === undefined ? 'palette-classic' : 'thresholds' },
        ...(steps === undefined ? {} : { thresholds: { mode: 'absolute', steps } }),
        ...(kind === 'timeseries' ? { custom: lines(panel) } : {}),
      },
      overrides: [],
    },
    options: OPTIONS[kind],
    ...(kind === 'table' ? { transformations: [{ id: 'merge', options: {} }, HIDE_TIME] } : {}),
  };
}

const HIDE_TIME = { id: 'organize', options: { excludeByName: { Time: true } } } as const;

const OPTIONS: Readonly<Record<Panel['kind'], Record<string, unknown>>> = {
  timeseries: {
    legend: { displayMode: 'list', placement: 'bottom' },
    tooltip: { mode: 'multi', sort: 'desc' },
  },
  stat: {
    reduceOptions: { calcs: ['lastNotNull'] },
    colorMode: 'value',
    graphMode: 'area',
    textMode: 'auto',
  },
  table: { showHeader: true },
};

function lines({ stacked }: Panel): Record<string, unknown> {
  return {
    lineWidth: 1,
    fillOpacity: stacked ? 30 : 5,
    // A gap is something that nobody knows.
    spanNulls: false,
    showPoints: 'never',
    stacking: { mode: stacked ? 'normal' : 'none' },
  };
}

function renderQuery(
  { expr, legend, instant }: Query,
  index: number,
  kind: Panel['kind'],
): Record<string, unknown> {
  const now = instant === true;
  return {
    refId: String.fromCharCode('A'.charCodeAt(0) + index),
    datasource: SOURCE,
    expr,
    legendFormat: legend,
    instant: now,
    range: !now,
    ...(kind === 'table' ? { format: 'table' } : {}),
  };
}
