/** What was opened, to be closed in the opposite order. */
export interface ClosingStack {
  add(close: () => Promise<unknown> | undefined): void;
  /** Closes everything, also when one of them fails; then throws what the first one threw. */
  closeAll(): Promise<void>;
}

export function createClosingStack(): ClosingStack {
  const closers: (() => Promise<unknown> | undefined)[] = [];

  return {
    add: (close) => void closers.push(close),
    async closeAll() {
      const failures: unknown[] = [];
      for (const close of closers.splice(0).reverse())
        await Promise.resolve(close()).catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw failures[0];
    },
  };
}
