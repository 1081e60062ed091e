/** What was opened, to be closed in the opposite order. */
export interface ClosingStack {
  add(close: () => Promise<unknown> | undefined): void;
  /** Closes everything once, also when one of them fails; then throws what the first one threw. */
  closeAll(): Promise<void>;
}

export function createClosingStack(): ClosingStack {
  const closers: (() => Promise<unknown> | undefined)[] = [];
  let closing: Promise<void> | null = null;

  async function closeInTurn(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of closers.splice(0).reverse())
      await (async () => close())().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }

  return {
    add: (close) => void closers.push(close),
    closeAll() {
      closing ??= closeInTurn();
      return closing;
    },
  };
}
