import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Label names with the only values they take: a label never carries what a caller sent. */
type LabelSets = Readonly<Record<string, readonly string[]>>;
type LabelsOf<Sets extends LabelSets> = { readonly [Name in keyof Sets]: Sets[Name][number] };
type Labels = Readonly<Record<string, string>>;

export interface MetricSpec {
  readonly name: string;
  readonly help: string;
  readonly labels: LabelSets;
}

/** A counter whose labels take only the listed values. Without labels: `inc({})`. */
export interface LabelledCounter<Sets extends LabelSets> {
  inc(labels: LabelsOf<Sets>, amount?: number): void;
}

/** A gauge whose labels take only the listed values. */
export interface LabelledGauge<Sets extends LabelSets> {
  /** @param difference below zero to go down */
  inc(labels: LabelsOf<Sets>, difference: number): void;
}

export interface LabelledHistogram<Sets extends LabelSets> {
  /** @param seconds what was measured */
  observe(labels: LabelsOf<Sets>, seconds: number): void;
}

/** Every combination starts at zero, so that a rate over it is right from the first event on. */
export function createCounter(registry: Registry, spec: MetricSpec): LabelledCounter<LabelSets> {
  const cells = createCells(spec.labels, (labels) => ({ labels, value: 0 }));
  new Counter({
    ...settingsOf(registry, spec),
    collect() {
      this.reset();
      for (const { labels, value } of cells.all) this.inc(labels, value);
    },
  });
  return {
    inc(labels, amount = 1) {
      const cell = cells.find(labels);
      if (cell !== undefined) cell.value += amount;
    },
  };
}

/** Every combination is there from the start. */
export function createGauge(registry: Registry, spec: MetricSpec): LabelledGauge<LabelSets> {
  const cells = createCells(spec.labels, (labels) => ({ labels, value: 0 }));
  new Gauge({
    ...settingsOf(registry, spec),
    collect() {
      for (const { labels, value } of cells.all) this.set(labels, value);
    },
  });
  return {
    inc(labels, difference) {
      const cell = cells.find(labels);
      if (cell !== undefined) cell.value += difference;
    },
  };
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export const createHistogram = (registry: Registry, spec: MetricSpec): Histogram =>
  new Histogram({ ...settingsOf(registry, spec), buckets: SECONDS });

const settingsOf = (registry: Registry, { name, help, labels }: MetricSpec) => ({
  name,
  help,
  labelNames: Object.keys(labels),
  registers: [registry],
});

interface Cells<Cell> {
  readonly all: readonly Cell[];
  /** Undefined for labels that are not among the listed. */
  find(labels: Labels): Cell | undefined;
}

/**
 * One cell for each combination of labels, found by its place. The library hashes the labels of every event instead, which is
 * several times the cost of counting it: it gets the sums when it is asked for them.
 */
function createCells<Cell>(labels: LabelSets, create: (labels: Labels) => Cell): Cells<Cell> {
  const names = Object.keys(labels);
  const combinations = combinationsOf(labels);
  const all = combinations.map(create);
  const places = new Map<string, ReadonlyMap<string, number>>();
  let stride = all.length;
  for (const name of names) {
    const values = labels[name] ?? [];
    stride /= values.length;
    const step = stride;
    places.set(name, new Map(values.map((value, index) => [value, index * step])));
  }
  return {
    all,
    find(given) {
      let place = 0;
      for (const [name, offsets] of places) place += offsets.get(given[name] ?? '') ?? Number.NaN;
      return all[place];
    },
  };
}

function combinationsOf(labels: LabelSets): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (combinations, [name, values]) =>
      combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value }))),
    [{}],
  );
}
