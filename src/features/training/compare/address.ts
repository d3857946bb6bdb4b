// Everything that the Compare page shows, as its address says it: a link restores the view. Pure.
import { oneOf, type LinkRule } from '../../../components/link-values.ts';
import type { FigureKind, GroupBy } from './figures.ts';
import type { BandKind } from './seed-band.ts';

/** What rows are sorted by: a column of the run, or one figure of a metric. */
export interface SortOrder {
  /** `name`, `started`, `step`, or a metric. */
  column: string;
  kind: FigureKind;
  descending: boolean;
}

/** Evaluations or runs as rows of the table for a paper. */
export interface BuilderAddress {
  rows: 'runs' | 'evaluations';
  /** Metrics or `metric@domain`; null: the proposed ones. */
  columns: string[] | null;
  /** Evaluations; null: those of the runs on the page. */
  evals: string[] | null;
  format: 'markdown' | 'latex' | 'csv';
}

export interface CompareAddress {
  /** null: the page proposes the two newest. */
  runs: string[] | null;
  pinned: string[];
  hidden: string[];
  /** Metrics of the run table; null: the usual ones. */
  columns: string[] | null;
  figures: FigureKind[];
  /** The step of `at`; null: none chosen. */
  at: number | null;
  sort: SortOrder | null;
  groupBy: GroupBy;
  /** One mean line per seed group in place of one line per run. */
  means: boolean;
  band: BandKind;
  smoothing: number;
  /** Metrics drawn; null: the usual ones of the algorithm. */
  charts: string[] | null;
  archived: boolean;
  /** The two evaluations whose answers are compared. */
  flips: [string | null, string | null];
  builder: BuilderAddress;
}

const FIGURES: readonly FigureKind[] = ['last', 'best', 'at'];
const GROUPS: readonly GroupBy[] = ['none', 'seeds', 'algorithm', 'group', 'data'];
const FORMATS: readonly BuilderAddress['format'][] = ['markdown', 'latex', 'csv'];
const DEFAULT_SMOOTHING = 0.6;

const list = (text: string | null): string[] | null => (text === null ? null : text.split(',').filter(Boolean));

function numberOf(text: string | null): number | null {
  const value = Number(text);
  return text === null || text === '' || !Number.isFinite(value) ? null : value;
}

/** `reward:best:up`; metric names hold slashes, never colons. */
function parseSort(text: string | null): SortOrder | null {
  const [column = '', kind = 'last', direction] = (text ?? '').split(':');
  return column === '' ? null : { column, kind: oneOf(FIGURES, kind) ?? 'last', descending: direction !== 'up' };
}

/** Reads an address; what it does not know is as if it were not there. */
export function readAddress(params: URLSearchParams): CompareAddress {
  const smoothing = numberOf(params.get('smooth'));
  const figures = (list(params.get('show')) ?? ['last', 'best']).flatMap((text) => oneOf(FIGURES, text) ?? []);
  return {
    runs: list(params.get('runs')),
    pinned: list(params.get('pin')) ?? [],
    hidden: list(params.get('hide')) ?? [],
    columns: list(params.get('cols')),
    figures: figures.length > 0 ? figures : ['last'],
    at: numberOf(params.get('at')),
    sort: parseSort(params.get('sort')),
    groupBy: oneOf(GROUPS, params.get('group')) ?? 'none',
    means: params.get('lines') === 'mean',
    band: params.get('band') === 'sd' ? 'sd' : 'minmax',
    smoothing: smoothing === null ? DEFAULT_SMOOTHING : Math.min(0.95, Math.max(0, smoothing)),
    charts: list(params.get('charts')),
    archived: params.get('archived') === '1',
    flips: [params.get('a'), params.get('b')],
    builder: {
      rows: params.get('rows') === 'evaluations' ? 'evaluations' : 'runs',
      columns: list(params.get('tcols')),
      evals: list(params.get('evals')),
      format: oneOf(FORMATS, params.get('format')) ?? 'markdown',
    },
  };
}

/** Words that a link may use; numbers and ids have rules where they are read. */
export const WORD_RULES: readonly LinkRule[] = [
  { parameter: 'group', what: 'groups of rows by', isKnown: (value) => oneOf(GROUPS, value) !== null, instead: 'no grouping' },
  { parameter: 'lines', what: 'the lines', isKnown: (value) => value === 'mean', instead: 'one line per run' },
  { parameter: 'band', what: 'the band', isKnown: (value) => oneOf(['sd', 'minmax'], value) !== null, instead: 'lowest to highest' },
  { parameter: 'rows', what: 'a table of', isKnown: (value) => oneOf(['runs', 'evaluations'], value) !== null, instead: 'a table of runs' },
  { parameter: 'format', what: 'the format', isKnown: (value) => oneOf(FORMATS, value) !== null, instead: 'Markdown' },
];

/** The address of a view; what is as usual is left out. */
export function writeAddress(view: CompareAddress): URLSearchParams {
  const { sort, builder } = view;
  const entries: [string, string | null][] = [
    ['runs', view.runs?.join(',') ?? null],
    ['pin', view.pinned.join(',') || null],
    ['hide', view.hidden.join(',') || null],
    ['cols', view.columns?.join(',') ?? null],
    ['show', view.figures.join(',') === 'last,best' ? null : view.figures.join(',')],
    ['at', view.at === null ? null : String(view.at)],
    ['sort', sort && `${sort.column}:${sort.kind}:${sort.descending ? 'down' : 'up'}`],
    ['group', view.groupBy === 'none' ? null : view.groupBy],
    ['lines', view.means ? 'mean' : null],
    ['band', view.band === 'sd' ? 'sd' : null],
    ['smooth', view.smoothing === DEFAULT_SMOOTHING ? null : String(view.smoothing)],
    ['charts', view.charts?.join(',') ?? null],
    ['archived', view.archived ? '1' : null],
    ['a', view.flips[0]],
    ['b', view.flips[1]],
    ['rows', builder.rows === 'evaluations' ? 'evaluations' : null],
    ['tcols', builder.columns?.join(',') ?? null],
    ['evals', builder.evals?.join(',') ?? null],
    ['format', builder.format === 'markdown' ? null : builder.format],
  ];
  return new URLSearchParams(entries.flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}
