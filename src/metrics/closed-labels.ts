import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Label names with the only values they take: a label never carries what a caller sent. */
type LabelSets = Readonly<Record<string, readonly string[]>>;
type LabelsOf<Sets extends LabelSets> = { readonly [Name in keyof Sets]: Sets[Name][number] };

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
export function createCounter(registry: Registry, spec: MetricSpec): Counter {
  const counter = new Counter(settingsOf(registry, spec));
  for (const combination of combinationsOf(spec.labels)) counter.inc(combination, 0);
  return counter;
}

/** Every combination is there from the start. */
export function createGauge(registry: Registry, spec: MetricSpec): Gauge {
  const gauge = new Gauge(settingsOf(registry, spec));
  for (const combination of combinationsOf(spec.labels)) gauge.set(combination, 0);
  return gauge;
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

function combinationsOf(labels: LabelSets): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (combinations, [name, values]) =>
      combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value }))),
    [{}],
  );
}
