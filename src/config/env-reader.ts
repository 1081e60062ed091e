export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings from the environment and collects everything that is wrong with them, so that all of it is told at
 * once. Problems name the variable and what it must be; they never repeat a value, which may be a secret.
 * An empty variable counts as absent.
 */
export interface EnvReader {
  text(name: string): string | null;
  integer(name: string, rule: IntegerRule): number;
  oneOf<const Choice extends string>(name: string, choices: readonly Choice[], fallback: Choice): Choice;
  isOn(name: string, fallback: boolean): boolean;
  /** Comma-separated; blanks around and empty members are dropped. */
  list(name: string): readonly string[];
  url(name: string, protocols: readonly string[]): URL | null;
  isSet(name: string): boolean;
  problem(sentence: string): void;
  warning(sentence: string): void;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** Every name that was asked for. */
  readonly names: ReadonlySet<string>;
}

interface IntegerRule {
  readonly fallback: number;
  readonly min: number;
  readonly max?: number;
}

export function createEnvReader(env: Env): EnvReader {
  const problems: string[] = [];
  const warnings: string[] = [];
  const names = new Set<string>();

  const text = (name: string): string | null => {
    names.add(name);
    const value = env[name]?.trim();
    return value === undefined || value === '' ? null : value;
  };

  return {
    text,
    integer(name, { fallback, min, max = Number.MAX_SAFE_INTEGER }) {
      const value = text(name);
      if (value === null) return fallback;
      const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
      if (number >= min && number <= max) return number;
      problems.push(`${name} must be a whole number ${describeRange(min, max)}.`);
      return fallback;
    },
    oneOf(name, choices, fallback) {
      const value = text(name);
      if (value === null) return fallback;
      const choice = choices.find((candidate) => candidate === value.toLowerCase());
      if (choice === undefined) problems.push(`${name} must be one of: ${choices.join(', ')}.`);
      return choice ?? fallback;
    },
    isOn(name, fallback) {
      return this.oneOf(name, ['on', 'off'], fallback ? 'on' : 'off') === 'on';
    },
    list: (name) =>
      (text(name) ?? '')
        .split(',')
        .map((member) => member.trim())
        .filter((member) => member !== ''),
    url(name, protocols) {
      const value = text(name);
      if (value === null) return null;
      const url = URL.canParse(value) ? new URL(value) : null;
      if (url !== null && protocols.includes(url.protocol)) return url;
      problems.push(`${name} must be a URL that begins with ${protocols.map((p) => `${p}//`).join(' or ')}.`);
      return null;
    },
    isSet: (name) => text(name) !== null,
    problem: (sentence) => void problems.push(sentence),
    warning: (sentence) => void warnings.push(sentence),
    problems,
    warnings,
    names,
  };
}

const describeRange = (min: number, max: number): string =>
  max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
